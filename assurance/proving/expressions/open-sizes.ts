// The sizes of sets and lists of which not all elements occur: a size that is large enough has elements, and elements
// that differ make it large enough.

import type { SymbolicEncoding } from '../facts/encoding.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import { maxElements } from '../facts/sizes.ts';
import { type Formula, type Literal, no, yes } from '../formula/formula.ts';
import { createConstantTerm, type Linear } from '../formula/linear.ts';
import { createNumberValue } from '../symbolic/algebra.ts';
import { countAtLeast } from '../symbolic/cardinality.ts';
import type {
  GuardedPool,
  ListElement,
  NumberValue,
  OpenNumbers,
  Symbolic,
  TextSet,
} from '../symbolic/symbolic.ts';
import type { Term } from '../terms/terms.ts';

/** Sizes from this one on are not distinguished. */
const maxCounted = 32;

/** A set needs no more elements that are witnesses. */
const maxWitnesses = 4;

/** The number of elements of a set, wherever it is held and has no element of no use. */
export function encodeTextCount(encoding: SymbolicEncoding, set: TextSet, limit: number): Linear {
  const made = encoding.once(`size ${limit} ${set.held} ${set.unusable} ${set.key}`, () => {
    const term = encoding.createNumber('a size', 0n, BigInt(Number.MAX_SAFE_INTEGER));
    const known = encoding.formula.and(set.held, -set.unusable);
    if (set.bases.length === 0) requireExact(encoding, set, term, known);
    else {
      requireWitnesses(encoding, set, term, known, Math.min(limit + 1, maxWitnesses));
      requireDifferent(encoding, set, term, known);
    }
    return createNumberValue([{ guard: yes, term }]);
  });
  return createTerm(made);
}

function createTerm(value: Symbolic<SymbolicFact>): Linear {
  const [only] = (value as NumberValue).cases;
  if (only === undefined) throw new Error('broken invariant: a size is a number');
  return only.term;
}

/** The number of elements of numbers of which nothing else is known. */
export function encodeNumberCount(encoding: SymbolicEncoding, { size, key }: OpenNumbers): Linear {
  if (size !== undefined) return size;
  const made = encoding.once(`size of ${key}`, () => {
    const max = BigInt(Number.MAX_SAFE_INTEGER);
    return createNumberValue([
      { guard: yes, term: encoding.createNumber('an open size', 0n, max) },
    ]);
  });
  return createTerm(made);
}

/** The number of elements of a list of texts of the request, which can repeat values. */
export function encodeTextListSize(
  encoding: SymbolicEncoding,
  place: string,
  list: TextSet,
): Linear {
  const { formula, require } = encoding;
  const { held, unusable } = list;
  const size = encoding.createNumber(`size of ${place}`, 0n, maxElements);
  require(formula.implies(formula.and(held, unusable), isAtLeast(formula, size, 1)));
  requireWitnesses(encoding, list, size, formula.and(held, -unusable), 1);
  requireDifferent(encoding, list, size, held);
  return size;
}

/** The number of elements of a list of records, or of the entries of a map. */
export function encodeListSize(
  encoding: SymbolicEncoding,
  place: string,
  pools: readonly GuardedPool<SymbolicFact>[],
): Linear {
  const { formula, require, elements } = encoding;
  const size = encoding.createNumber(`size of ${place}`, 0n, maxElements);
  const isMore = isAtLeast(formula, size, 1);
  for (const { guard, pool } of pools)
    elements.visitPool(pool, ({ present }) =>
      require(formula.implies(formula.and(guard, present), isMore)),
    );
  return size;
}

/** The number of entries of a map, which have different keys. */
export function encodeEntryCount(
  encoding: SymbolicEncoding,
  place: string,
  pools: readonly GuardedPool<SymbolicFact>[],
  findKey: (element: ListElement<SymbolicFact>) => Term | undefined,
): Linear {
  const { formula, elements, terms } = encoding;
  const size = encoding.createNumber(`size of ${place}`, 0n, maxElements);
  const count = createCounter(encoding, size);
  const seen: { readonly present: Literal; readonly key: Term }[] = [];
  for (const { guard, pool } of pools)
    elements.visitPool(pool, (element) => {
      const key = findKey(element);
      if (key === undefined) return;
      const present = formula.and(guard, element.present);
      const same = seen.map((each) => formula.and(each.present, terms.equal(each.key, key)));
      seen.push({ present, key });
      count(formula.and(present, -formula.any(same)));
    });
  return size;
}

/** Each known element counts once. */
function requireExact(
  encoding: SymbolicEncoding,
  set: TextSet,
  size: Linear,
  known: Literal,
): void {
  const { formula, require, terms } = encoding;
  const isNew = set.fixed.map((term, index) => {
    const before = set.fixed
      .slice(0, index)
      .map((other) => formula.and(set.has(other), terms.equal(term, other)));
    return formula.and(set.has(term), -formula.any(before));
  });
  const counts = countAtLeast(formula, isNew, isNew.length + 1);
  for (const [count, literal] of counts.entries())
    require(formula.implies(known, formula.equivalent(literal, isAtLeast(formula, size, count))));
}

/** A set with a size has as many different elements, up to `count`. */
function requireWitnesses(
  encoding: SymbolicEncoding,
  set: TextSet,
  size: Linear,
  known: Literal,
  count: number,
): void {
  const { formula, require, elements, terms } = encoding;
  if (!elements.mayAdd) return;
  const witnesses: Term[] = [];
  for (let index = 0; index < count; index += 1) witnesses.push(elements.newElement(set));
  elements.stateWitness(() => {
    for (const [index, term] of witnesses.entries()) {
      const differs = witnesses.slice(0, index).map((other) => -terms.equal(term, other));
      const guard = formula.and(known, isAtLeast(formula, size, index + 1));
      require(formula.implies(guard, formula.and(set.has(term), ...differs)));
    }
  });
}

/** A set with different elements has at least as many. */
function requireDifferent(
  encoding: SymbolicEncoding,
  set: TextSet,
  size: Linear,
  known: Literal,
): void {
  const { formula, elements, terms } = encoding;
  const count = createCounter(encoding, size);
  const seen: Term[] = [];
  elements.visitTerms(set, (term) => {
    const has = formula.and(known, set.has(term));
    const before = seen.map((other) => formula.and(set.has(other), terms.equal(term, other)));
    seen.push(term);
    count(formula.and(has, -formula.any(before)));
  });
}

/** Counts elements that are new where a literal is true: the size is at least their number. */
function createCounter(
  { formula, require }: SymbolicEncoding,
  size: Linear,
): (isNew: Literal) => void {
  /** Whether there are at least 1, 2 and so on so far. */
  let counts: readonly Literal[] = [];
  return (isNew) => {
    const before = [yes, ...counts].slice(0, maxCounted);
    counts = before.map((fewer, index) =>
      formula.or(counts[index] ?? no, formula.and(fewer, isNew)),
    );
    for (const [index, literal] of counts.entries())
      require(formula.implies(literal, isAtLeast(formula, size, index + 1)));
  };
}

function isAtLeast(formula: Formula, size: Linear, count: number): Literal {
  return count === 0 ? yes : formula.atMost(createConstantTerm(BigInt(count)), size);
}
