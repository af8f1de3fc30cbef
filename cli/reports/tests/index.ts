// The output formats of test runs, by the value of `--format`.

import { json } from './json.ts';
import { junit } from './junit.ts';
import { pretty } from './pretty.ts';
import type { TestReport } from './report.ts';

export const testReports = { pretty, json, junit } satisfies Record<string, TestReport>;

export type TestFormatName = keyof typeof testReports;
