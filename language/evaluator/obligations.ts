// The obligations of an answer: what its reasons ask for, each once with all that asked for it.

import type { AnswerObligation } from '../answer.ts';
import type { Demand } from '../model.ts';
import { type JsonValue, toJson } from '../values.ts';
import { type Expressions, scalars } from './expressions.ts';

/** What a reason asks for. */
export interface Asked {
  readonly id: string;
  readonly demands: readonly Demand[];
}

/** In the order of the reasons, and of each as it is written. */
export function obligationsOf(
  reasons: readonly Asked[],
  expressions: Expressions,
): readonly AnswerObligation[] {
  const found = new Map<string, AnswerObligation>();
  for (const { id, demands } of reasons) {
    for (const { obligation, properties } of demands) {
      const said = properties.map(({ name, value }): readonly [string, JsonValue | undefined] => {
        const known = scalars(expressions.evaluate(value).value);
        return [name, known === undefined ? undefined : toJson(value.type, known)];
      });
      // Nobody can do what is not said whole; a rule that would grant does not fire then.
      if (said.some(([, value]) => value === undefined)) continue;
      const key = JSON.stringify([obligation.name, said], (_, value) =>
        typeof value === 'bigint' ? `${value}` : value,
      );
      const before = found.get(key);
      found.set(key, {
        name: obligation.name,
        type: obligation.type,
        properties: Object.fromEntries(said) as Record<string, JsonValue>,
        reasons: [...new Set([...(before?.reasons ?? []), id])],
      });
    }
  }
  return [...found.values()];
}
