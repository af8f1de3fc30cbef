// What the tests of a policy have shown of it, as plain data that may go from thread to thread: its rules,
// the bands of its scores and its conditions, each with the outcomes that some request can bring about
// and how many decisions brought them.

import type { EffectName } from '@nhipol/runtime/abi';

export interface TestCoverage {
  /** The policy's own. */
  readonly name: string;
  readonly version: string;
  /** That the policy was read from. */
  readonly path: string;
  /** Those of the policy that have points, in order of their paths. */
  readonly files: readonly CoveredFile[];
}

export interface CoveredFile {
  /** As whoever read it called it. */
  readonly path: string;
  readonly text: string;
  /** In order of place. */
  readonly points: readonly Point[];
}

export interface Point {
  readonly kind: 'rule' | 'count' | 'band' | 'condition';
  /** A rule's id, what a band begins with, a condition as it is written; on one line. */
  readonly name: string;
  readonly effect: EffectName | undefined;
  /** Of a condition the rules that it is part of, of a band or a count its score; as `deny too_late`. */
  readonly of: readonly string[];
  /** In UTF-16 units of the text. */
  readonly start: number;
  readonly end: number;
  /** Both count from 1; the column counts code points. */
  readonly line: number;
  readonly column: number;
  /** Those that can be; none: it never does anything. */
  readonly outcomes: readonly SeenOutcome[];
}

/**
 * Of a condition what it is worth, of whatever else whether it fired: as it is written, or as the `deny`
 * that a narrow, a challenge and a revoke may turn into.
 */
export type OutcomeName = 'true' | 'false' | 'unknown' | 'fired' | 'denied';

export interface SeenOutcome {
  readonly outcome: OutcomeName;
  /** In how many decisions. */
  readonly times: number;
}
