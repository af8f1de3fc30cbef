// The coverage of a policy by its tests, as plain data that can be sent between threads: its rules, the bands of
// its scores and its conditions, each with the outcomes that a request can produce and the number of decisions
// that produced them.

import type { EffectName } from '@nhipol/runtime/abi';

export interface TestCoverage {
  /** The policy's own name. */
  readonly name: string;
  readonly version: string;
  /** The path of the policy. */
  readonly path: string;
  /** The files of the policy that have points, in the order of their paths. */
  readonly files: readonly CoveredFile[];
}

export interface CoveredFile {
  /** The path given by the reader. */
  readonly path: string;
  readonly text: string;
  /** In the order of positions. */
  readonly points: readonly Point[];
}

export interface Point {
  readonly kind: 'rule' | 'count' | 'band' | 'condition';
  /** A rule's id, the start of a band, or the source of a condition; on one line. */
  readonly name: string;
  readonly effect: EffectName | undefined;
  /** For a condition the rules that it is part of, for a band or a count its score; such as `deny too_late`. */
  readonly of: readonly string[];
  /** In UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** Both start at 1; the column counts code points. */
  readonly line: number;
  readonly column: number;
  /** The outcomes that are possible; none: it never has an effect. */
  readonly outcomes: readonly SeenOutcome[];
}

/**
 * For a condition its value; otherwise whether it fired: as written, or as the `deny` that a narrow, a challenge
 * and a revoke may become.
 */
export type OutcomeName = 'true' | 'false' | 'unknown' | 'fired' | 'denied';

interface SeenOutcome {
  readonly outcome: OutcomeName;
  /** The number of decisions. */
  readonly times: number;
}
