// The values of history terms for proofs: those of any session, and unknown outside of sessions. Terms about the same
// events have linked values, also in the decisions about two requests: one number of events, and one sum, that each
// is compared with.

import { fieldText, patternText, windowText } from '@nhipol/language';
import type { HistoryExpr, Policy } from '@nhipol/language/model';
import { hasPlace } from '../domains/flow.ts';
import type { Expressions, HistoryValues } from '../expressions/expressions.ts';
import { freeValue } from '../expressions/free.ts';
import type { Fact } from '../facts/fact.ts';
import { constant } from '../formula/linear.ts';
import { either, truth, unknownOf, where } from '../symbolic/algebra.ts';
import type { NumberValue, Symbolic } from '../symbolic/symbolic.ts';
import { identityOfContents, identityOfDeclarations, keysIn } from './identity.ts';
import { compareTotal, countOf, totalOf } from './totals.ts';

export class AnyHistory implements HistoryValues {
  readonly #declarations: string;

  constructor(policy: Policy) {
    this.#declarations = identityOfDeclarations(policy);
  }

  valueOf(expr: HistoryExpr, expressions: Expressions): Symbolic<Fact> {
    const { encoding, facts } = expressions;
    const { formula } = encoding;
    encoding.approximate('history', expr.span, facts.inSession);
    let value: Symbolic<Fact> = unknownOf(expr.type);
    for (const { guard, identity } of keysIn(expr, expressions)) {
      const own = where(
        formula,
        formula.and(facts.inSession, guard),
        this.#value(expr, expressions, identity),
      );
      value = either(encoding, value, own);
    }
    return value;
  }

  /** `keys`: the identity of the keys in the request; terms with one text and equal keys are about the same events. */
  #value(expr: HistoryExpr, expressions: Expressions, keys: string | undefined): Symbolic<Fact> {
    const { encoding } = expressions;
    const { formula } = encoding;
    const { term } = expr;
    const contents = identityOfContents(term);
    const keyOf = (text: string) =>
      keys === undefined ? undefined : `history ${this.#declarations} ${contents} ${keys} ${text}`;
    switch (term.form) {
      case 'once': {
        const total = countOf(encoding, term, keyOf);
        return compareTotal(formula, '>', total, constant(0n));
      }
      case 'count': {
        const { operator, threshold } = term;
        const total = countOf(encoding, term, keyOf);
        return compareTotal(formula, operator, total, constant(threshold));
      }
      case 'sum': {
        const { operator, bound, member, pattern, window } = term;
        const events = `${patternText(pattern)}${windowText(window)}`;
        const total = totalOf(encoding, keyOf(`sum of ${fieldText(member)} ${events}`));
        const limit = expressions.value(bound) as NumberValue;
        const found = limit.cases.map(({ guard, term: own }) => ({
          guard,
          value: compareTotal(formula, operator, total, own),
        }));
        return truth(
          formula.any(found.map(({ guard, value }) => formula.and(guard, value.yes))),
          formula.any(found.map(({ guard, value }) => formula.and(guard, value.no))),
        );
      }
      default: {
        const { flow, analysis } = encoding.domains;
        const place = flow.placeOf(expr) ?? `history ${term.text}`;
        const list = hasPlace(expr.type) ? analysis.groups.root(place) : '';
        const key = keyOf(`${list} ${expr.type.kind} ${term.text}`);
        return encoding.once(key, () => freeValue(encoding, expr, place));
      }
    }
  }
}
