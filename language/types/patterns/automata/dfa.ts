// A deterministic automaton over classes of code points.

import type { Alphabet } from './alphabet.ts';

export interface Dfa {
  readonly alphabet: Alphabet;
  readonly start: number;
  /** Whether each state accepts. State 0 is dead. */
  readonly accepting: readonly boolean[];
  /** The transitions: a row for each state, a column for each class. */
  readonly next: Int32Array;
}
