// Sets, lists and the entries of maps: their elements one by one, and the operators on them.

import type { Type } from '../../language/index.ts';
import type { Encoding } from '../facts/encoding.ts';
import type { Fact } from '../facts/fact.ts';
import { type Formula, type Literal, no } from '../formula/formula.ts';
import { constant } from '../formula/linear.ts';
import { choice, decided, isUsable, number, truth, unknownOf } from '../symbolic/algebra.ts';
import { atLeast } from '../symbolic/cardinality.ts';
import type {
  Finite,
  ListValue,
  NumberCase,
  NumberSet,
  NumberValue,
  SetValue,
  Symbolic,
  Truth,
} from '../symbolic/symbolic.ts';
import type { Bound } from './environment.ts';

export type Collection = SetValue | NumberSet | ListValue<Fact>;

export function isCollectionValue(value: Symbolic<Fact>): value is Collection {
  return value.kind === 'set' || value.kind === 'numbers' || value.kind === 'list';
}

/** An element that a collection may have. */
export interface Instance {
  readonly present: Literal;
  readonly bound: Bound;
}

/** All elements that the collection may have; one of no use stands for all of them. */
export function instancesOf(value: Collection, element: Type): readonly Instance[] {
  if (value.kind === 'list')
    return value.elements.map(({ present, fact }) => ({
      present,
      bound: { fact, value: fact.value },
    }));
  const unusable = {
    present: value.unusable,
    bound: { fact: undefined, value: unknownOf(element) },
  };
  const known =
    value.kind === 'set'
      ? [...value.elements].map(([each, present]) => ({
          present,
          bound: { fact: undefined, value: finiteConstant(element, each) },
        }))
      : value.items.map(({ present, term }) => ({
          present,
          bound: { fact: undefined, value: number([{ guard: 1, term }]) },
        }));
  return [...known, unusable].filter(({ present }) => present !== no);
}

function finiteConstant(type: Type, value: Finite): Symbolic<Fact> {
  return type.kind === 'Bool' ? decided(value === true ? 1 : -1) : choice(new Map([[value, 1]]));
}

/** A Bool as one of two values, and any other scalar as it is. */
export function asFinite(value: Symbolic<Fact>): ReadonlyMap<Finite, Literal> | undefined {
  if (value.kind === 'choice') return value.values;
  if (value.kind !== 'truth') return undefined;
  const both: readonly (readonly [Finite, Literal])[] = [
    [true, value.yes],
    [false, value.no],
  ];
  return new Map(both);
}

/** Whether the value is in the collection; unknown if either has no usable value. */
export function isIn(formula: Formula, value: Symbolic<Fact>, collection: Collection): Truth {
  const usable = isUsable(formula, collection);
  const has = (present: Literal, guard: Literal) => formula.and(usable, guard, present);
  if (value.kind === 'number' && collection.kind === 'numbers') {
    const found = value.cases.map(({ guard, term }) => ({
      guard,
      present: formula.any(
        collection.items.map((item) => formula.and(item.present, formula.equal(item.term, term))),
      ),
    }));
    return truth(
      formula.any(found.map(({ guard, present }) => has(present, guard))),
      formula.any(found.map(({ guard, present }) => has(-present, guard))),
    );
  }
  const elements = collection.kind === 'set' ? collection.elements : new Map<Finite, Literal>();
  const values = [...(asFinite(value) ?? [])];
  return truth(
    formula.any(values.map(([each, guard]) => has(elements.get(each) ?? no, guard))),
    formula.any(values.map(([each, guard]) => has(-(elements.get(each) ?? no), guard))),
  );
}

/** Whether an element of the first collection is (`common`) or is not in the second one. */
export function someIn(formula: Formula, a: Collection, b: Collection, isCommon: boolean): Literal {
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
  formula: Formula,
  operator: SetOperator,
  a: Collection,
  b: Collection,
): Collection {
  const held = formula.and(isUsable(formula, a), isUsable(formula, b));
  if (a.kind === 'numbers' && b.kind === 'numbers') {
    const own = a.items.map((item) => {
      const other = hasTerm(formula, b, item.term);
      if (operator === 'union') return item;
      return { ...item, present: formula.and(item.present, operator === 'minus' ? -other : other) };
    });
    const items = operator === 'union' ? [...own, ...b.items] : own;
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
export function sizeOf(
  encoding: Encoding,
  value: Collection,
  limit: number,
): { readonly size: NumberValue; readonly isMore: Literal } {
  const { formula } = encoding;
  const known = value.kind === 'list' ? value.held : isHeldForSize(formula, value);
  if (value.size !== undefined)
    return { size: number([{ guard: known, term: value.size }]), isMore: no };
  if (value.kind === 'list') return { size: number([]), isMore: no };
  const isNumbers = value.kind === 'numbers';
  const literals = isNumbers
    ? value.items.map(({ present }) => present)
    : [...value.elements.values()];
  return sizeUpTo(encoding, known, literals, isNumbers ? 0 : limit);
}

/** The number of true literals, each of which stands for a different element. */
export function sizeUpTo(
  encoding: Encoding,
  known: Literal,
  literals: readonly Literal[],
  limit: number,
): { readonly size: NumberValue; readonly isMore: Literal } {
  const { formula } = encoding;
  const max = Math.min(limit, literals.length);
  const counts = atLeast(formula, literals, max + 1);
  const cases = Array.from({ length: max + 1 }, (_, count) => ({
    guard: formula.and(known, counts[count] ?? no, -(counts[count + 1] ?? no)),
    term: constant(BigInt(count)),
  }));
  const isMore = formula.and(known, counts[max + 1] ?? no);
  if (isMore === no) return { size: number(cases), isMore };
  const more = encoding.numberIn('a larger size', BigInt(max + 1), BigInt(Number.MAX_SAFE_INTEGER));
  return { size: number([...cases, { guard: isMore, term: more }]), isMore };
}

/** The size of a list counts elements of no use; the size of a set with one is unknown. */
function isHeldForSize(formula: Formula, value: SetValue | NumberSet): Literal {
  return value.size === undefined ? isUsable(formula, value) : value.held;
}

/** Whether two values of one type are equal where both are usable. */
export function areEqual(formula: Formula, a: Symbolic<Fact>, b: Symbolic<Fact>): Literal {
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
      isUsable(formula, a),
      isUsable(formula, b),
      -someIn(formula, a, b, false),
      -someIn(formula, b, a, false),
    );
  const [left, right] = [asFinite(a), asFinite(b)];
  if (left === undefined || right === undefined) return no;
  return formula.any(
    [...left].map(([each, literal]) => formula.and(literal, right.get(each) ?? no)),
  );
}
