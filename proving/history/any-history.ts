// The values of history terms for proofs: any value in a session, and unknown outside of sessions.

import type { HistoryExpr, Policy } from '../../language/index.ts';
import { hasPlace } from '../domains/flow.ts';
import type { Expressions, HistoryValues } from '../expressions/expressions.ts';
import { freeValue } from '../expressions/free.ts';
import type { Fact } from '../facts/fact.ts';
import { where } from '../symbolic/algebra.ts';
import type { Symbolic } from '../symbolic/symbolic.ts';

export class AnyHistory implements HistoryValues {
  readonly #signals: string;

  constructor(policy: Policy) {
    this.#signals = signalsOf(policy);
  }

  /** Terms with one text have one value in every session, also in two versions of a policy with the same signals. */
  valueOf(expr: HistoryExpr, { encoding, facts }: Expressions): Symbolic<Fact> {
    const { formula } = encoding;
    const isShared = encoding.domains.flow.freeIn(expr).size === 0 && !hasPlace(expr.type);
    const key = isShared
      ? `history ${this.#signals} ${expr.type.kind} ${expr.term.text}`
      : undefined;
    const place = encoding.domains.flow.placeOf(expr) ?? `history ${expr.term.text}`;
    const free = encoding.once(key, () => freeValue(encoding, expr, place));
    encoding.approximate('history', expr.span, facts.inSession);
    return where(formula, facts.inSession, free);
  }
}

/** The declarations that the events of a policy depend on. */
function signalsOf(policy: Policy): string {
  return JSON.stringify(
    [policy.signals, policy.subjects, policy.actions, policy.resources, policy.enums],
    (name, value: unknown) => {
      if (name === 'span') return undefined;
      if (value instanceof Map || value instanceof Set) return [...value];
      return typeof value === 'bigint' ? String(value) : value;
    },
  );
}
