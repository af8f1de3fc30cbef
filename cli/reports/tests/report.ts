// What a report of test runs is made of: what is told of each policy as soon as its turn comes, and what is
// told at the end of all.

import type { Colors } from '../../io/console.ts';
import type { PolicyRun, Summary } from '../../test-run/policy-run.ts';

export interface Look {
  readonly colors: Colors;
  /** Characters of a line. */
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
