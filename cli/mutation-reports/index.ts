// The formats in which mutation testing is reported.

import { jsonReport } from './json.ts';
import { prettyReport } from './pretty.ts';
import type { MutationReport, MutationReportOptions } from './report.ts';

export const mutationFormats = ['pretty', 'json'] as const;
export type MutationFormat = (typeof mutationFormats)[number];

export const reports: Readonly<
  Record<MutationFormat, (options: MutationReportOptions) => MutationReport>
> = { pretty: prettyReport, json: jsonReport };
