// Observers of the evaluation of one request.

import type { Expr } from '../model/model.ts';
import type { RequestError } from '../request/errors.ts';
import type { Contribution } from './contribution.ts';
import type { EvaluatedValue } from './outcome.ts';

/** Callbacks for the steps of one evaluation. */
export interface Trace {
  /** Receives each sub-expression whenever it is evaluated; some are evaluated twice. */
  readonly expression: (expr: Expr, outcome: EvaluatedValue) => void;
  /**
   * Receives the contributions of all rules and scores that apply, before conflicts are resolved,
   * and the error of an invalid request, for which only revokes count.
   */
  readonly judged?: (
    contributions: readonly Contribution[],
    error: RequestError | undefined,
  ) => void;
}
