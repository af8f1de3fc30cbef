// The interface of output formats of test runs: the output for each policy, in order, and the output at the end.

import type { Colors } from '../../io/console.ts';
import type { PolicyRun, TestSummary } from '../../test-run/policy-run.ts';

export interface ReportStyle {
  readonly colors: Colors;
  /** The width of a line in characters. */
  readonly width: number;
}

export interface TestTotal extends TestSummary {
  readonly policies: readonly PolicyRun[];
  readonly milliseconds: number;
}

export interface TestReport {
  readonly each: (run: PolicyRun, look: ReportStyle) => string;
  readonly end: (total: TestTotal, look: ReportStyle) => string;
}
