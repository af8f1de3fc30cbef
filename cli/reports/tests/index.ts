// The output formats of test runs, by the value of `--format`.

import { jsonTestReport } from './json.ts';
import { junit } from './junit.ts';
import { prettyTestReport } from './pretty.ts';
import type { TestReport } from './report.ts';

export const testReports = {
  pretty: prettyTestReport,
  json: jsonTestReport,
  junit,
} satisfies Record<string, TestReport>;

export type TestFormatName = keyof typeof testReports;
