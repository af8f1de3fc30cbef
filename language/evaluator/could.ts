// Defines whether a request could be permitted for some value of what is not known yet: every member that is absent,
// also a required one or an ID, can have any value or none. Types and names are required.

import type { PolicyModel } from '../model/model.ts';
import { toPossibilityForm } from '../possibility/possibility.ts';
import { decodeOpen, type RequestClock } from '../request/decode.ts';
import type { RequestError } from '../request/errors.ts';
import type { Facts } from '../request/facts.ts';
import type { EvaluatedAnswer } from './answer.ts';
import { answerInvalidRequest, decideFacts } from './decide.ts';

/** Whether some completion of a request may be permitted. */
export interface EvaluatedPossibility {
  /** False: no completion of the request is permitted. */
  readonly possible: boolean;
  /** If it is not possible, the rules that restrict every completion, or `default_deny` if no permit can fire. */
  readonly reasons: readonly string[];
  /** The first instant at which time alone could change it, or `undefined` for never. */
  readonly validUntil: number | undefined;
  readonly error: RequestError | undefined;
}

/** Evaluates the possibility of `request`, an AuthZEN evaluation request as UTF-8 JSON without some of its members. */
export function could(
  policy: PolicyModel,
  request: Uint8Array,
  clock: RequestClock,
): EvaluatedPossibility {
  const { facts, error } = decodeOpen(policy, request, clock);
  if (facts === undefined) {
    if (error === undefined) throw new Error('broken invariant: neither facts nor an error');
    return toPossibility(answerInvalidRequest(error));
  }
  return couldFacts(policy, facts, error);
}

/** Evaluates the possibility of decoded facts in which absent members are faulty. */
export function couldFacts(
  policy: PolicyModel,
  facts: Facts,
  error: RequestError | undefined,
): EvaluatedPossibility {
  return toPossibility(answerPossibility(policy, facts, error));
}

/** The answer of the possibility form, which permits if it is possible, and otherwise denies. */
export function answerPossibility(
  policy: PolicyModel,
  facts: Facts,
  error: RequestError | undefined,
): EvaluatedAnswer {
  return decideFacts(toPossibilityForm(policy), facts, error);
}

/** The possibility that an answer of the possibility form states, or one that denies every completion. */
export function toPossibility({
  decision,
  reasons,
  validUntil,
  error,
}: EvaluatedAnswer): EvaluatedPossibility {
  return { possible: decision, reasons: decision ? [] : reasons, validUntil, error };
}
