// The interface of output formats of test runs: the output for each policy, in order, and the output at the end.

import type { Colors } from '../../io/console.ts';
import type { PolicyRun, Summary } from '../../test-run/policy-run.ts';

export interface Look {
  readonly colors: Colors;
  /** The width of a line in characters. */
  readonly width: number;
}

export interface Total extends Summary {
  readonly policies: readonly PolicyRun[];
  readonly milliseconds: number;
}

export interface TestReport {
  readonly each: (run: PolicyRun, look: Look) => string;
  readonly end: (total: Total, look: Look) => string;
}
