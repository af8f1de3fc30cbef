// The values of history terms for proofs: those of any session, and unknown outside of sessions. Terms about the same
// events have linked values, also in the decisions about two requests: one number of events, and one sum, that each
// is compared with.

import { formatEventPattern, formatField, formatHistoryWindow } from '@nhipol/language';
import type { HistoryExpr, PolicyModel } from '@nhipol/language/model';
import { hasPlace } from '../domains/flow.ts';
import type { Expressions, HistoryValues } from '../expressions/expressions.ts';
import { createFreeValue } from '../expressions/free.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import { createConstantTerm } from '../formula/linear.ts';
import { createTruthValue, createUnknown, guardValue, mergeEither } from '../symbolic/algebra.ts';
import type { NumberValue, Symbolic } from '../symbolic/symbolic.ts';
import { identifyContents, identifyDeclarations, listKeys } from './identity.ts';
import { compareTotal, countMatches, createTotal } from './totals.ts';

export class AnyHistory implements HistoryValues {
  readonly #declarations: string;

  constructor(policy: PolicyModel) {
    this.#declarations = identifyDeclarations(policy);
  }

  encodeTerm(expr: HistoryExpr, expressions: Expressions): Symbolic<SymbolicFact> {
    const { encoding, facts } = expressions;
    const { formula } = encoding;
    encoding.approximate('history', expr.span, facts.inSession);
    let value: Symbolic<SymbolicFact> = createUnknown(expr.type);
    for (const { guard, identity } of listKeys(expr, expressions)) {
      const own = guardValue(
        formula,
        formula.and(facts.inSession, guard),
        this.#value(expr, expressions, identity),
      );
      value = mergeEither(encoding, value, own);
    }
    return value;
  }

  /** `keys`: the identity of the keys in the request; terms with one text and equal keys are about the same events. */
  #value(
    expr: HistoryExpr,
    expressions: Expressions,
    keys: string | undefined,
  ): Symbolic<SymbolicFact> {
    const { encoding } = expressions;
    const { formula } = encoding;
    const { term } = expr;
    const contents = identifyContents(term);
    const toKey = (text: string) =>
      keys === undefined ? undefined : `history ${this.#declarations} ${contents} ${keys} ${text}`;
    switch (term.form) {
      case 'once': {
        const total = countMatches(encoding, term, toKey);
        return compareTotal(formula, '>', total, createConstantTerm(0n));
      }
      case 'count': {
        const { operator, threshold } = term;
        const total = countMatches(encoding, term, toKey);
        return compareTotal(formula, operator, total, createConstantTerm(threshold));
      }
      case 'sum': {
        const { operator, bound, member, pattern, window } = term;
        const events = `${formatEventPattern(pattern)}${formatHistoryWindow(window)}`;
        const total = createTotal(encoding, toKey(`sum of ${formatField(member)} ${events}`));
        const limit = expressions.value(bound) as NumberValue;
        const found = limit.cases.map(({ guard, term: own }) => ({
          guard,
          value: compareTotal(formula, operator, total, own),
        }));
        return createTruthValue(
          formula.any(found.map(({ guard, value }) => formula.and(guard, value.yes))),
          formula.any(found.map(({ guard, value }) => formula.and(guard, value.no))),
        );
      }
      default: {
        term.form satisfies 'since' | 'last';
        const { flow, analysis } = encoding.domains;
        const place = flow.findPlace(expr) ?? `history ${term.text}`;
        const list = hasPlace(expr.type) ? analysis.groups.root(place) : '';
        const key = toKey(`${list} ${expr.type.kind} ${term.text}`);
        return encoding.once(key, () => createFreeValue(encoding, expr, place));
      }
    }
  }
}
