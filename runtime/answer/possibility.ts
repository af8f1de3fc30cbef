// Whether a request could be permitted for some value of the members that it does not have, as callers get it.

import type { Answer, AnswerError } from '../contract/index.ts';

export interface Possibility {
  /** False: no completion of the request is permitted. True: some completion may be. */
  readonly possible: boolean;
  /**
   * If it is not possible, the names of the rules that restrict every completion, or `default_deny` if no permit can
   * fire.
   */
  readonly reasons: readonly string[];
  /** When time alone could change it, in milliseconds since the epoch, or `undefined` for never. */
  readonly validUntil: number | undefined;
  /** The error that makes every completion invalid. */
  readonly error: AnswerError | undefined;
}

/** The answer of the possibility form: a permit if it is possible, and otherwise a deny. */
export function readPossibility({ decision, reasons, validUntil, error }: Answer): Possibility {
  return { possible: decision, reasons: decision ? [] : reasons, validUntil, error };
}
