// Who looks on while one request is decided.

import type { Expr } from '../model/model.ts';
import type { RequestError } from '../request/errors.ts';
import type { Contribution } from './fired.ts';
import type { Outcome } from './outcome.ts';

export interface Trace {
  /** Hears of each sub-expression, as often as it is judged: nothing is left out, and some is judged twice. */
  readonly expression: (expr: Expr, outcome: Outcome) => void;
  /**
   * Hears how all rules and scores that apply bear on the answer, each by itself, once they are judged; and
   * what is wrong with a faulty request, of which only revokes count.
   */
  readonly judged?: (halves: readonly Contribution[], error: RequestError | undefined) => void;
}
