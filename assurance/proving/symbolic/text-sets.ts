// Sets of texts as functions of terms: those with known elements, and the results of set operators.

import { type Formula, type Literal, no, yes } from '../formula/formula.ts';
import type { Linear } from '../formula/linear.ts';
import type { Term, Terms, TextKind } from '../terms/terms.ts';
import { createOneOfTest } from '../terms/tests.ts';
import type { TextCase, TextSet } from './symbolic.ts';

/** A set with these elements, each where its guard is true. */
export function listFixedTexts(
  { formula, terms }: { readonly formula: Formula; readonly terms: Terms },
  element: TextKind,
  elements: readonly TextCase[],
  held: Literal,
  size: Linear | undefined,
): TextSet {
  const fixed = [...new Set(elements.map(({ term }) => term))];
  const constants = listConstants(terms, elements);
  const has = (term: Term): Literal => {
    // A large set of constants is one test: it needs neither an equality for each, nor clauses for pairs.
    if (constants !== undefined && constants.length > maxEqualities)
      return terms.test(createOneOfTest(constants), [term]);
    return formula.any(
      elements.map(({ guard, term: each }) => formula.and(guard, terms.equal(each, term))),
    );
  };
  const key = `{${elements.map(({ guard, term }) => `${guard}:${term}`).join(' ')}}`;
  return { kind: 'texts', held, unusable: no, size, element, key, bases: [], fixed, has };
}

const maxEqualities = 8;

/** The values, if all are constants that are certainly in the set. */
function listConstants(terms: Terms, elements: readonly TextCase[]): readonly string[] | undefined {
  const values = elements.flatMap(({ guard, term }) =>
    guard === yes ? (terms.findValue(term) ?? []) : [],
  );
  return values.length === elements.length ? values : undefined;
}

export function combineTexts(
  formula: Formula,
  operator: 'union' | 'intersect' | 'minus',
  a: TextSet,
  b: TextSet,
  held: Literal,
): TextSet {
  const isUnion = operator === 'union';
  const has = (term: Term): Literal => {
    const [inA, inB] = [a.has(term), b.has(term)];
    if (isUnion) return formula.or(inA, inB);
    return formula.and(inA, operator === 'minus' ? -inB : inB);
  };
  return {
    kind: 'texts',
    held,
    unusable: no,
    size: undefined,
    element: a.element,
    key: `(${a.key} ${operator} ${b.key})`,
    bases: isUnion ? [...new Set([...a.bases, ...b.bases])] : a.bases,
    fixed: isUnion ? [...new Set([...a.fixed, ...b.fixed])] : a.fixed,
    has,
  };
}

/** The elements that all sets have whose guard is true; there is at least one. */
export function intersectTexts(
  formula: Formula,
  sets: readonly { readonly guard: Literal; readonly set: TextSet }[],
  held: Literal,
): TextSet {
  const [first] = sets;
  if (first === undefined) throw new Error('broken invariant: there is no set');
  return {
    kind: 'texts',
    held,
    unusable: no,
    size: undefined,
    element: first.set.element,
    key: `common ${sets.map(({ guard, set }) => `${guard}:${set.key}`).join(' ')}`,
    bases: [...new Set(sets.flatMap(({ set }) => set.bases))],
    fixed: [...new Set(sets.flatMap(({ set }) => set.fixed))],
    has: (term) => formula.all(sets.map(({ guard, set }) => formula.or(-guard, set.has(term)))),
  };
}
