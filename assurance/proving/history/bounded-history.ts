// The values of history terms over a bounded number of events. Each corresponds to one in
// `language/evaluator/history.ts`.

import type {
  CountTerm,
  HistoryExpr,
  HistoryTerm,
  LastTerm,
  OnceTerm,
  SinceTerm,
  SumTerm,
} from '@nhipol/language/model';
import type { Expressions, HistoryValues } from '../expressions/expressions.ts';
import { compareTerms } from '../expressions/numbers.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import { type Literal, no } from '../formula/formula.ts';
import { add, createConstantTerm, type Linear } from '../formula/linear.ts';
import {
  createTruthValue,
  createUnknown,
  guardValue,
  isHeld,
  mergeEither,
} from '../symbolic/algebra.ts';
import { countAtLeast } from '../symbolic/cardinality.ts';
import type { NumberValue, Symbolic, Truth } from '../symbolic/symbolic.ts';
import type { SymbolicEvent } from './events.ts';
import { createMatches, isInWindow, type PatternMatches } from './matching.ts';

export class BoundedHistory implements HistoryValues {
  readonly #events: readonly SymbolicEvent[];
  readonly #between: readonly [bigint, bigint];

  /** `between`: the instants at which terms are evaluated. */
  constructor(events: readonly SymbolicEvent[], between: readonly [bigint, bigint]) {
    this.#events = events;
    this.#between = between;
  }

  encodeTerm({ term, type }: HistoryExpr, expressions: Expressions): Symbolic<SymbolicFact> {
    const { formula } = expressions.encoding;
    const matched = this.#inWindow(
      term,
      createMatches(term.pattern, this.#events, expressions),
      expressions,
    );
    const value = this.#value(term, type, matched, expressions);
    return guardValue(formula, matched.known, value);
  }

  #inWindow(
    term: HistoryTerm,
    patternMatches: PatternMatches,
    expressions: Expressions,
  ): PatternMatches {
    const { formula } = expressions.encoding;
    const matches = patternMatches.matches.map((match) => {
      const inside = isInWindow(expressions, term, match.event.facts.now, this.#between);
      return {
        ...match,
        certain: formula.and(match.certain, inside),
        possible: formula.and(match.possible, inside),
      };
    });
    return { ...patternMatches, matches };
  }

  #value(
    term: HistoryTerm,
    type: HistoryExpr['type'],
    matched: PatternMatches,
    expressions: Expressions,
  ): Symbolic<SymbolicFact> {
    switch (term.form) {
      case 'once':
      case 'count':
        return countEvents(term, matched, expressions);
      case 'since':
        return this.#since(term, matched, expressions);
      case 'last':
        return encodeLast(term, type, matched, expressions);
      case 'sum':
        return sumEvents(term, matched, expressions);
    }
  }

  #since(
    term: SinceTerm,
    { matches }: PatternMatches,
    expressions: Expressions,
  ): Symbolic<SymbolicFact> {
    const { formula } = expressions.encoding;
    const started = createMatches(term.start, this.#events, expressions);
    const follows = (own: 'certain' | 'possible', other: 'certain' | 'possible') =>
      formula.any(
        matches.map((match, index) => {
          const later = started.matches.slice(index).map((eventMatch) => eventMatch[other]);
          return formula.and(match[own], -formula.any(later));
        }),
      );
    const value = createTruthValue(follows('certain', 'possible'), -follows('possible', 'certain'));
    return guardValue(formula, started.known, value);
  }
}

function countEvents(
  term: OnceTerm | CountTerm,
  { matches }: PatternMatches,
  { encoding }: Expressions,
): Truth {
  const { formula } = encoding;
  const [operator, threshold] =
    term.form === 'once' ? (['>', 0] as const) : [term.operator, Number(term.threshold)];
  const counts = (which: 'certain' | 'possible') =>
    countAtLeast(
      formula,
      matches.map((match) => match[which]),
      matches.length,
    );
  const [certain, possible] = [counts('certain'), counts('possible')];
  const has = (of: readonly Literal[], count: number) => (count <= 0 ? 1 : (of[count] ?? no));
  switch (operator) {
    case '>':
      return createTruthValue(has(certain, threshold + 1), -has(possible, threshold + 1));
    case '>=':
      return createTruthValue(has(certain, threshold), -has(possible, threshold));
    case '<':
      return createTruthValue(-has(possible, threshold), has(certain, threshold));
    case '<=':
      return createTruthValue(-has(possible, threshold + 1), has(certain, threshold + 1));
    default: {
      operator satisfies 'is' | 'is not';
      const isEqual = formula.and(has(certain, threshold), -has(possible, threshold + 1));
      const differs = formula.or(has(certain, threshold + 1), -has(possible, threshold));
      return operator === 'is'
        ? createTruthValue(isEqual, differs)
        : createTruthValue(differs, isEqual);
    }
  }
}

function encodeLast(
  { field }: LastTerm,
  type: HistoryExpr['type'],
  { matches }: PatternMatches,
  { encoding }: Expressions,
): Symbolic<SymbolicFact> {
  const { formula } = encoding;
  let value: Symbolic<SymbolicFact> = createUnknown(type);
  for (const [index, { certain, judge }] of matches.entries()) {
    const later = matches.slice(index + 1).map(({ possible }) => possible);
    const isNewest = formula.and(certain, -formula.any(later));
    if (isNewest !== no)
      value = mergeEither(encoding, value, guardValue(formula, isNewest, judge(field)));
  }
  return value;
}

/** Known where each event that may count certainly does, with a known amount. */
function sumEvents(
  { member, operator, bound }: SumTerm,
  { matches }: PatternMatches,
  expressions: Expressions,
): Truth {
  const { encoding } = expressions;
  const { formula } = encoding;
  let sum: Linear = createConstantTerm(0n);
  const areKnown: Literal[] = [];
  for (const { certain, possible, judge } of matches) {
    if (possible === no) continue;
    const amount = judge(member) as NumberValue;
    const part = formula.number('part of a sum');
    const counts = formula.and(certain, isHeld(formula, amount));
    areKnown.push(formula.or(-possible, counts));
    encoding.require(formula.or(possible, formula.equal(part, createConstantTerm(0n))));
    for (const { guard, term } of amount.cases)
      encoding.require(formula.implies(formula.and(counts, guard), formula.equal(part, term)));
    sum = add(sum, part);
  }
  const limit = expressions.value(bound) as NumberValue;
  const holds = limit.cases.map(({ guard, term }) => ({
    guard,
    isTrue: compareTerms(formula, operator, sum, term),
  }));
  const known = formula.all(areKnown);
  return createTruthValue(
    formula.any(holds.map(({ guard, isTrue }) => formula.and(known, guard, isTrue))),
    formula.any(holds.map(({ guard, isTrue }) => formula.and(known, guard, -isTrue))),
  );
}
