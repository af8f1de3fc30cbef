// The output formats of mutation testing.

import { createJsonReport } from './json.ts';
import type { MutationReport, MutationReportOptions } from './report.ts';
import { createTextReport } from './text.ts';

const mutationFormats = ['text', 'json'] as const;
export type MutationFormat = (typeof mutationFormats)[number];

export const reports: Readonly<
  Record<MutationFormat, (options: MutationReportOptions) => MutationReport>
> = { text: createTextReport, json: createJsonReport };
