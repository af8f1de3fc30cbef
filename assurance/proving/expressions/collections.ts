// Sets, lists and the entries of maps: their elements one by one, and the operators on them.

import type { SymbolicEncoding } from '../facts/encoding.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import { type Formula, type Literal, no, yes } from '../formula/formula.ts';
import { createConstantTerm } from '../formula/linear.ts';
import {
  createNumberValue,
  createTruthValue,
  hasUsableValue,
  toTruth,
} from '../symbolic/algebra.ts';
import { countAtLeast } from '../symbolic/cardinality.ts';
import { buildNumbersKey, findIdentity } from '../symbolic/identity.ts';
import type {
  Finite,
  NumberCase,
  NumberSet,
  NumberValue,
  OpenNumbers,
  Symbolic,
  TextValue,
  Truth,
} from '../symbolic/symbolic.ts';
import { combineTexts } from '../symbolic/text-sets.ts';
import { type Collection, isCollectionValue } from './instances.ts';
import { encodeNumberCount, encodeTextCount } from './open-sizes.ts';
import { encodeSomeElement } from './some.ts';

/** A Bool as one of two values, and any other scalar as it is. */
export function asFinite(value: Symbolic<SymbolicFact>): ReadonlyMap<Finite, Literal> | undefined {
  if (value.kind === 'choice') return value.values;
  if (value.kind !== 'truth') return undefined;
  const both: readonly (readonly [Finite, Literal])[] = [
    [true, value.yes],
    [false, value.no],
  ];
  return new Map(both);
}

/** Whether the value is in the collection; unknown if either has no usable value. */
export function encodeMembership(
  encoding: SymbolicEncoding,
  value: Symbolic<SymbolicFact>,
  collection: Collection,
): Truth {
  const { formula } = encoding;
  const usable = hasUsableValue(formula, collection);
  if (collection.kind === 'open numbers') {
    const known = formula.and(usable, hasUsableValue(formula, value));
    const literal = openLiteral(encoding, `${findIdentity(value)} in ${collection.key}`);
    return createTruthValue(formula.and(known, literal), formula.and(known, -literal));
  }
  if (value.kind === 'text' && collection.kind === 'texts') {
    const found = value.cases.map(({ guard, term }) => ({ guard, has: collection.has(term) }));
    return createTruthValue(
      formula.any(found.map(({ guard, has }) => formula.and(usable, guard, has))),
      formula.any(found.map(({ guard, has }) => formula.and(usable, guard, -has))),
    );
  }
  const has = (present: Literal, guard: Literal) => formula.and(usable, guard, present);
  if (value.kind === 'number' && collection.kind === 'numbers') {
    const found = value.cases.map(({ guard, term }) => ({
      guard,
      present: formula.any(
        collection.items.map((item) => formula.and(item.present, formula.equal(item.term, term))),
      ),
    }));
    return createTruthValue(
      formula.any(found.map(({ guard, present }) => has(present, guard))),
      formula.any(found.map(({ guard, present }) => has(-present, guard))),
    );
  }
  const elements = collection.kind === 'set' ? collection.elements : new Map<Finite, Literal>();
  const values = [...(asFinite(value) ?? [])];
  return createTruthValue(
    formula.any(values.map(([each, guard]) => has(elements.get(each) ?? no, guard))),
    formula.any(values.map(([each, guard]) => has(-(elements.get(each) ?? no), guard))),
  );
}

/** Whether an element of the first collection is (`common`) or is not in the second one. */
export function encodeSome(
  encoding: SymbolicEncoding,
  a: Collection,
  b: Collection,
  isCommon: boolean,
): Literal {
  const { formula } = encoding;
  if (a.kind === 'texts' && b.kind === 'texts')
    return encodeSomeElement(encoding, a, { kind: a.element }, ({ value }) => {
      const membership = encodeMembership(encoding, value, { ...b, held: yes, unusable: no });
      return isCommon ? membership.yes : membership.no;
    });
  const open = areOpen(a, b);
  if (open !== undefined)
    return openLiteral(encoding, `${isCommon} ${open.map(buildNumbersKey).join(' in ')}`);
  if (a.kind === 'numbers' && b.kind === 'numbers') {
    return formula.any(
      a.items.map(({ present, term }) => {
        const other = hasTerm(formula, b, term);
        return formula.and(present, isCommon ? other : -other);
      }),
    );
  }
  if (a.kind !== 'set') return no;
  const others = b.kind === 'set' ? b.elements : new Map<Finite, Literal>();
  return formula.any(
    [...a.elements].map(([each, present]) => {
      const other = others.get(each) ?? no;
      return formula.and(present, isCommon ? other : -other);
    }),
  );
}

/** Whether nothing is known of one of two sets of numbers. */
function areOpen(a: Collection, b: Collection): readonly [AnyNumbers, AnyNumbers] | undefined {
  if (a.kind !== 'numbers' && a.kind !== 'open numbers') return undefined;
  if (b.kind !== 'numbers' && b.kind !== 'open numbers') return undefined;
  return a.kind === 'open numbers' || b.kind === 'open numbers' ? [a, b] : undefined;
}

type AnyNumbers = NumberSet | OpenNumbers;

/** A literal about sets of which nothing is known; the same for equal sets. */
function openLiteral(encoding: SymbolicEncoding, about: string): Literal {
  const { formula } = encoding;
  return (encoding.once(`open ${about}`, () => toTruth(formula.variable(about))) as Truth).yes;
}

function hasTerm(formula: Formula, set: NumberSet, term: NumberCase['term']): Literal {
  return formula.any(
    set.items.map((item) => formula.and(item.present, formula.equal(item.term, term))),
  );
}

export type SetOperator = 'union' | 'intersect' | 'minus';

export function isSetOperator(name: string): name is SetOperator {
  return name === 'union' || name === 'intersect' || name === 'minus';
}

/** The result of a set operator; unknown if an operand has no usable value. */
export function combineSets(
  encoding: SymbolicEncoding,
  operator: SetOperator,
  a: Collection,
  b: Collection,
): Collection {
  const { formula } = encoding;
  const held = formula.and(hasUsableValue(formula, a), hasUsableValue(formula, b));
  if (a.kind === 'texts' && b.kind === 'texts') return combineTexts(formula, operator, a, b, held);
  const open = areOpen(a, b);
  if (open !== undefined) {
    const key = `(${operator} ${open.map(buildNumbersKey).join(' ')})`;
    return { kind: 'open numbers', held, unusable: no, size: undefined, key };
  }
  if (a.kind === 'numbers' && b.kind === 'numbers') {
    const leftItems = a.items.map((item) => {
      const other = hasTerm(formula, b, item.term);
      if (operator === 'union') return item;
      return { ...item, present: formula.and(item.present, operator === 'minus' ? -other : other) };
    });
    const items = operator === 'union' ? [...leftItems, ...b.items] : leftItems;
    return { kind: 'numbers', held, items, unusable: no, size: undefined };
  }
  if (a.kind !== 'set' || b.kind !== 'set') return { ...a, held };
  const elements = new Map<Finite, Literal>();
  for (const each of new Set([...a.elements.keys(), ...b.elements.keys()])) {
    const [inA, inB] = [a.elements.get(each) ?? no, b.elements.get(each) ?? no];
    if (operator === 'union') elements.set(each, formula.or(inA, inB));
    else elements.set(each, formula.and(inA, operator === 'minus' ? -inB : inB));
  }
  return { kind: 'set', held, elements, unusable: no, size: undefined };
}

/** The number of elements up to a limit; `more` is a number beyond it. */
export function encodeSize(
  encoding: SymbolicEncoding,
  value: Collection,
  limit: number,
): { readonly size: NumberValue; readonly isMore: Literal } {
  const { formula } = encoding;
  const known = 'unusable' in value ? isHeldForSize(formula, value) : value.held;
  if (value.size !== undefined)
    return { size: createNumberValue([{ guard: known, term: value.size }]), isMore: no };
  if (value.kind === 'list' || value.kind === 'open list')
    return { size: createNumberValue([]), isMore: no };
  if (value.kind === 'texts')
    return {
      size: createNumberValue([{ guard: known, term: encodeTextCount(encoding, value, limit) }]),
      isMore: no,
    };
  if (value.kind === 'open numbers')
    return {
      size: createNumberValue([{ guard: known, term: encodeNumberCount(encoding, value) }]),
      isMore: no,
    };
  const isNumbers = value.kind === 'numbers';
  const literals = isNumbers
    ? value.items.map(({ present }) => present)
    : [...value.elements.values()];
  return encodeSizeLimit(encoding, known, literals, isNumbers ? 0 : limit);
}

/** The number of true literals, each of which stands for a different element. */
export function encodeSizeLimit(
  encoding: SymbolicEncoding,
  known: Literal,
  literals: readonly Literal[],
  limit: number,
): { readonly size: NumberValue; readonly isMore: Literal } {
  const { formula } = encoding;
  const max = Math.min(limit, literals.length);
  const counts = countAtLeast(formula, literals, max + 1);
  const cases = Array.from({ length: max + 1 }, (_, count) => ({
    guard: formula.and(known, counts[count] ?? no, -(counts[count + 1] ?? no)),
    term: createConstantTerm(BigInt(count)),
  }));
  const isMore = formula.and(known, counts[max + 1] ?? no);
  if (isMore === no) return { size: createNumberValue(cases), isMore };
  const more = encoding.createNumber(
    'a larger size',
    BigInt(max + 1),
    BigInt(Number.MAX_SAFE_INTEGER),
  );
  return { size: createNumberValue([...cases, { guard: isMore, term: more }]), isMore };
}

/** The size of a list counts elements of no use; the size of a set with one is unknown. */
function isHeldForSize(
  formula: Formula,
  value: Exclude<Collection, { kind: 'list' | 'open list' }>,
): Literal {
  return value.size === undefined ? hasUsableValue(formula, value) : value.held;
}

/** Whether two values of one type are equal where both are usable. */
export function areEqual(
  encoding: SymbolicEncoding,
  a: Symbolic<SymbolicFact>,
  b: Symbolic<SymbolicFact>,
): Literal {
  const { formula } = encoding;
  if (a.kind === 'text' || b.kind === 'text') return areSameText(encoding, a, b);
  if (a.kind === 'number' && b.kind === 'number')
    return formula.any(
      a.cases.flatMap((left) =>
        b.cases.map((right) =>
          formula.and(left.guard, right.guard, formula.equal(left.term, right.term)),
        ),
      ),
    );
  if (isCollectionValue(a) && isCollectionValue(b))
    return formula.and(
      hasUsableValue(formula, a),
      hasUsableValue(formula, b),
      -encodeSome(encoding, a, b, false),
      -encodeSome(encoding, b, a, false),
    );
  const [left, right] = [asFinite(a), asFinite(b)];
  if (left === undefined || right === undefined) return no;
  return formula.any(
    [...left].map(([each, literal]) => formula.and(literal, right.get(each) ?? no)),
  );
}

function areSameText(
  encoding: SymbolicEncoding,
  a: Symbolic<SymbolicFact>,
  b: Symbolic<SymbolicFact>,
): Literal {
  const { formula, terms } = encoding;
  const [left, right] = [listCases(encoding, a), listCases(encoding, b)];
  return formula.any(
    left.flatMap((one) =>
      right.map((other) => formula.and(one.guard, other.guard, terms.equal(one.term, other.term))),
    ),
  );
}

/** Lists the strings that a value may be; those of an enum are the names of its members. */
function listCases({ terms }: SymbolicEncoding, value: Symbolic<SymbolicFact>): TextValue['cases'] {
  if (value.kind === 'text') return value.cases;
  if (value.kind !== 'choice') return [];
  return [...value.values].map(([name, guard]) => ({ guard, term: terms.constant(String(name)) }));
}
