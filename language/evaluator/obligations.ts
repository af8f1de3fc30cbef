// The obligations of an answer: what its reasons ask for, each once with all that asked for it. And
// its access request, the first that a reason asks for.

import type { AnswerAccessRequest, AnswerObligation, JsonValue } from '@nhipol/runtime/abi';
import type { Demand } from '../model/model.ts';
import { toJson } from '../types/values.ts';
import { type Expressions, scalars } from './expressions.ts';

/** What a reason asks for. */
export interface ObligationRequest {
  readonly id: string;
  readonly demands: readonly Demand[];
}

/** In the order of the reasons, and of each as it is written. */
export function obligationsOf(
  reasons: readonly ObligationRequest[],
  expressions: Expressions,
): readonly AnswerObligation[] {
  const found = new Map<string, AnswerObligation>();
  for (const { id, demands } of reasons) {
    for (const demand of demands) {
      if (isAccessRequest(demand)) continue;
      const said = saidBy(demand, expressions);
      // Nobody can do what is not said whole; a rule that would grant does not fire then.
      if (said === undefined) continue;
      const { name, type } = demand.obligation;
      const key = JSON.stringify([name, said], (_, value) =>
        typeof value === 'bigint' ? `${value}` : value,
      );
      const before = found.get(key);
      found.set(key, {
        name,
        type,
        properties: said,
        reasons: [...new Set([...(before?.reasons ?? []), id])],
      });
    }
  }
  return [...found.values()];
}

/** None where there is no instant: nobody could tell until when. */
export function accessRequestOf(
  reasons: readonly ObligationRequest[],
  expressions: Expressions,
  now: bigint | undefined,
): AnswerAccessRequest | undefined {
  const asking = reasons.find(({ demands }) => demands.some(isAccessRequest));
  const demand = asking?.demands.find(isAccessRequest);
  if (asking === undefined || demand === undefined || now === undefined) return undefined;
  const properties = saidBy(demand, expressions);
  const lasts = demand.properties.find(({ name }) => name === 'expires_in');
  if (properties === undefined || lasts === undefined) return undefined;
  return {
    name: demand.obligation.name,
    properties,
    reason: asking.id,
    evaluatedAt: now,
    expiresAt: now + (expressions.evaluate(lasts.value).value as bigint),
  };
}

function isAccessRequest({ obligation }: Demand): boolean {
  return obligation.type === 'access_request';
}

/** Undefined where a value is not known. */
function saidBy(
  { properties }: Demand,
  expressions: Expressions,
): Readonly<Record<string, JsonValue>> | undefined {
  const said: (readonly [string, JsonValue])[] = [];
  for (const { name, value } of properties) {
    const known = scalars(expressions.evaluate(value).value);
    if (known === undefined) return undefined;
    said.push([name, toJson(value.type, known)]);
  }
  return Object.fromEntries(said);
}
