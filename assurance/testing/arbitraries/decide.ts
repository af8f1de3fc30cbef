// Decides a request that is an object with the evaluator, with the types of the policy's bindings.

import type { PolicyModel } from '@nhipol/language/model';
import { stringify } from '@nhipol/runtime';
import { noTables, type TableTexts } from '../generate/tables.ts';
import { ask } from '../runner/ask.ts';
import type { DecisionOf, RequestOf } from './typed-policy.ts';

export interface AskOptions {
  /** The host's clock, in milliseconds since the epoch; default: the request's own time. */
  readonly now?: bigint | number;
  /** The contents of external tables. */
  readonly tables?: TableTexts;
}

export function decide<P extends PolicyModel>(
  policy: P,
  request: RequestOf<P>,
  { now, tables = noTables }: AskOptions = {},
): DecisionOf<P> {
  const instant = now === undefined ? undefined : BigInt(now);
  return ask(policy, { text: stringify(request), now: instant, tables }) as DecisionOf<P>;
}
