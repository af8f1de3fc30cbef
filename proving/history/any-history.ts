// The values of history terms for proofs: those of any session, and unknown outside of sessions. Terms about the same
// events have linked values, also in the decisions about two requests: one number of events, and one sum, that each
// is compared with.

import { exprText } from '../../language/evaluator/history/text.ts';
import type { Comparison, HistoryExpr, Policy } from '../../language/index.ts';
import { patternsOf } from '../../language/index.ts';
import { hasPlace } from '../domains/flow.ts';
import { asFinite } from '../expressions/collections.ts';
import type { Expressions, HistoryValues } from '../expressions/expressions.ts';
import { freeValue } from '../expressions/free.ts';
import type { Encoding } from '../facts/encoding.ts';
import type { Fact } from '../facts/fact.ts';
import { type Formula, type Literal, yes } from '../formula/formula.ts';
import { constant, type Linear } from '../formula/linear.ts';
import { either, isUsable, number, truth, unknownOf, where } from '../symbolic/algebra.ts';
import { identityOfAll } from '../symbolic/identity.ts';
import type { NumberValue, Symbolic, Truth } from '../symbolic/symbolic.ts';

/** What the events that match certainly, and those that may match, add up to. */
interface Total {
  readonly least: Linear;
  readonly most: Linear;
}

export class AnyHistory implements HistoryValues {
  readonly #signals: string;

  constructor(policy: Policy) {
    this.#signals = signalsOf(policy);
  }

  valueOf(expr: HistoryExpr, expressions: Expressions): Symbolic<Fact> {
    const { encoding, facts } = expressions;
    const { formula } = encoding;
    encoding.approximate('history', expr.span, facts.inSession);
    let value: Symbolic<Fact> = unknownOf(expr.type);
    for (const { guard, identity } of keysOf(expr, expressions)) {
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
    const keyOf = (text: string) =>
      keys === undefined ? undefined : `history ${this.#signals} ${keys} ${text}`;
    switch (term.form) {
      case 'once': {
        const total = totalOf(encoding, keyOf(term.text.replace(/^once/, 'count')));
        return compareTotal(formula, '>', total, constant(0n));
      }
      case 'count': {
        const { operator, threshold, text } = term;
        const total = totalOf(encoding, keyOf(without(text, ` ${operator} ${threshold}`)));
        return compareTotal(formula, operator, total, constant(threshold));
      }
      case 'sum': {
        const { operator, bound, text } = term;
        const total = totalOf(encoding, keyOf(without(text, ` ${operator} ${exprText(bound)}`)));
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
        const list = hasPlace(expr.type) ? analysis.root(place) : '';
        const key = keyOf(`${list} ${expr.type.kind} ${term.text}`);
        return encoding.once(key, () => freeValue(encoding, expr, place));
      }
    }
  }
}

/** Values of the keys of a term; without an identity, they may differ from those of any other term. */
interface Keys {
  readonly guard: Literal;
  readonly identity: string | undefined;
}

/** More values have one identity together. */
const maxSeparate = 64;

/** The values that the keys of a term can have in a request, of which at most one guard is true; a term needs no key. */
function keysOf({ term }: HistoryExpr, expressions: Expressions): readonly Keys[] {
  const { formula, domains } = expressions.encoding;
  const reads = patternsOf(term).flatMap(({ key }) => key?.ofRequest ?? []);
  const values = reads.map((read) => expressions.value(read));
  const whole = {
    guard: formula.all(values.map((each) => isUsable(formula, each))),
    identity: identityOfAll(values),
  };
  let found: readonly Keys[] = [{ guard: yes, identity: '' }];
  for (const [index, read] of reads.entries()) {
    const options = asFinite(values[index] as Symbolic<Fact>);
    if (options === undefined || options.size * found.length > maxSeparate) return [whole];
    const place = domains.flow.placeOf(read);
    const list = place === undefined ? '' : domains.analysis.root(place);
    found = found.flatMap(({ guard, identity }) =>
      [...options].map(([value, is]) => ({
        guard: formula.and(guard, is),
        identity: `${identity} ${JSON.stringify([list, value])}`,
      })),
    );
  }
  return found;
}

function without(text: string, end: string): string {
  if (!text.endsWith(end)) throw new Error(`broken invariant: ${text} does not end with ${end}`);
  return text.slice(0, -end.length);
}

/** More than any number that a total is compared with. */
const maxTotal = 2n ** 65n;

/** Any total that is not negative. */
function totalOf(encoding: Encoding, key: string | undefined): Total {
  const part = (name: string): Linear => {
    const made = encoding.once(key && `${key} ${name}`, () => {
      const term = encoding.numberIn(`the ${name} of a history term`, 0n, maxTotal);
      return number([{ guard: 1, term }]);
    });
    return ((made as NumberValue).cases[0] as { readonly term: Linear }).term;
  };
  const [least, most] = [part('least'), part('most')];
  encoding.require(encoding.formula.atMost(least, most));
  return { least, most };
}

/** As `comparesAll` of the evaluator. */
function compareTotal(
  formula: Formula,
  operator: Comparison,
  { least, most }: Total,
  bound: Linear,
): Truth {
  switch (operator) {
    case '<':
      return truth(formula.below(most, bound), formula.atMost(bound, least));
    case '<=':
      return truth(formula.atMost(most, bound), formula.below(bound, least));
    case '>':
      return truth(formula.below(bound, least), formula.atMost(most, bound));
    case '>=':
      return truth(formula.atMost(bound, least), formula.below(most, bound));
    default: {
      const isEqual = formula.and(formula.equal(least, bound), formula.equal(most, bound));
      const differs = formula.or(formula.below(bound, least), formula.below(most, bound));
      return operator === 'is' ? truth(isEqual, differs) : truth(differs, isEqual);
    }
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
