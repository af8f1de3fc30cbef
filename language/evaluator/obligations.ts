// Collects the obligations of an answer: the obligations of its reasons, each once and with all reasons that
// demand it. The answer's access request is the first one that a reason demands.

import type { AnswerAccessRequest, AnswerObligation, JsonValue } from '@nhipol/runtime/abi';
import type { Demand } from '../model/model.ts';
import { toJson } from '../types/values.ts';
import { type ExpressionEvaluator, extractScalars } from './expressions.ts';

/** A reason with the obligations that it demands. */
export interface ObligationRequest {
  readonly id: string;
  readonly demands: readonly Demand[];
}

/** In the order of the reasons, and for each reason in source order. */
export function evaluateObligations(
  reasons: readonly ObligationRequest[],
  expressions: ExpressionEvaluator,
): readonly AnswerObligation[] {
  const obligations = new Map<string, AnswerObligation>();
  for (const { id, demands } of reasons) {
    for (const demand of demands) {
      if (isAccessRequest(demand)) continue;
      const properties = evaluateProperties(demand, expressions);
      // An obligation with an unknown value cannot be carried out; a rule that would grant does not
      // fire then.
      if (properties === undefined) continue;
      const { name, type } = demand.obligation;
      const key = JSON.stringify([name, properties], (_, value) =>
        typeof value === 'bigint' ? `${value}` : value,
      );
      const before = obligations.get(key);
      obligations.set(key, {
        name,
        type,
        properties,
        reasons: [...new Set([...(before?.reasons ?? []), id])],
      });
    }
  }
  return [...obligations.values()];
}

/** Undefined without an instant: the expiry would be unknown. */
export function evaluateAccessRequest(
  reasons: readonly ObligationRequest[],
  expressions: ExpressionEvaluator,
  now: bigint | undefined,
): AnswerAccessRequest | undefined {
  const source = reasons.find(({ demands }) => demands.some(isAccessRequest));
  const demand = source?.demands.find(isAccessRequest);
  if (source === undefined || demand === undefined || now === undefined) return undefined;
  const properties = evaluateProperties(demand, expressions);
  const expiresIn = demand.properties.find(({ name }) => name === 'expires_in');
  if (properties === undefined || expiresIn === undefined) return undefined;
  return {
    name: demand.obligation.name,
    properties,
    reason: source.id,
    evaluatedAt: now,
    expiresAt: now + (expressions.evaluate(expiresIn.value).value as bigint),
  };
}

function isAccessRequest({ obligation }: Demand): boolean {
  return obligation.type === 'access_request';
}

/** Returns the values of the properties, or `undefined` if one of them is unknown. */
function evaluateProperties(
  { properties }: Demand,
  expressions: ExpressionEvaluator,
): Readonly<Record<string, JsonValue>> | undefined {
  const entries: (readonly [string, JsonValue])[] = [];
  for (const { name, value } of properties) {
    const scalars = extractScalars(expressions.evaluate(value).value);
    if (scalars === undefined) return undefined;
    entries.push([name, toJson(value.type, scalars)]);
  }
  return Object.fromEntries(entries);
}
