// The sizes of sets and lists of which not all elements occur: a size that is large enough has elements, and elements
// that differ make it large enough.

import type { Encoding } from '../facts/encoding.ts';
import type { Fact } from '../facts/fact.ts';
import { maxElements } from '../facts/sizes.ts';
import { type Formula, type Literal, yes } from '../formula/formula.ts';
import { constant, type Linear } from '../formula/linear.ts';
import { number } from '../symbolic/algebra.ts';
import { atLeast } from '../symbolic/cardinality.ts';
import type { GuardedPool, NumberValue, TextSet } from '../symbolic/symbolic.ts';
import type { Term } from '../terms/terms.ts';

/** A set needs no more elements that are witnesses. */
const maxWitnesses = 4;

/** The number of elements of a set, wherever it is held and has no element of no use. */
export function sizeOfTexts(encoding: Encoding, set: TextSet, limit: number): Linear {
  const made = encoding.once(`size ${limit} ${set.held} ${set.unusable} ${set.key}`, () => {
    const term = encoding.numberIn('a size', 0n, BigInt(Number.MAX_SAFE_INTEGER));
    const known = encoding.formula.and(set.held, -set.unusable);
    if (set.bases.length === 0) requireExact(encoding, set, term, known);
    else {
      requireWitnesses(encoding, set, term, known, Math.min(limit + 1, maxWitnesses));
      requireTwo(encoding, set, term, known);
    }
    return number([{ guard: yes, term }]);
  });
  const [only] = (made as NumberValue).cases;
  if (only === undefined) throw new Error('broken invariant: a size is a number');
  return only.term;
}

/** The number of elements of a list of texts of the request, which can repeat values. */
export function sizeOfTextList(encoding: Encoding, place: string, list: TextSet): Linear {
  const { formula, require } = encoding;
  const { held, unusable } = list;
  const size = encoding.numberIn(`size of ${place}`, 0n, maxElements);
  require(formula.implies(formula.and(held, unusable), isAtLeast(formula, size, 1)));
  requireWitnesses(encoding, list, size, formula.and(held, -unusable), 1);
  requireTwo(encoding, list, size, held);
  return size;
}

/** The number of elements of a list of records, or of the entries of a map. */
export function sizeOfList(
  encoding: Encoding,
  place: string,
  pools: readonly GuardedPool<Fact>[],
): Linear {
  const { formula, require, elements } = encoding;
  const size = encoding.numberIn(`size of ${place}`, 0n, maxElements);
  const isMore = isAtLeast(formula, size, 1);
  for (const { guard, pool } of pools)
    elements.eachOf(pool, ({ present }) =>
      require(formula.implies(formula.and(guard, present), isMore)),
    );
  return size;
}

/** Each known element counts once. */
function requireExact(encoding: Encoding, set: TextSet, size: Linear, known: Literal): void {
  const { formula, require, terms } = encoding;
  const isNew = set.fixed.map((term, index) => {
    const before = set.fixed
      .slice(0, index)
      .map((other) => formula.and(set.has(other), terms.equal(term, other)));
    return formula.and(set.has(term), -formula.any(before));
  });
  const counts = atLeast(formula, isNew, isNew.length + 1);
  for (const [count, literal] of counts.entries())
    require(formula.implies(known, formula.equivalent(literal, isAtLeast(formula, size, count))));
}

/** A set with a size has as many different elements, up to `count`. */
function requireWitnesses(
  encoding: Encoding,
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

/** A set with an element has a size of at least 1; one with two that differ, of at least 2. */
function requireTwo(encoding: Encoding, set: TextSet, size: Linear, known: Literal): void {
  const { formula, require, elements, terms } = encoding;
  const seen: Term[] = [];
  elements.eachIn(set, (term) => {
    const has = formula.and(known, set.has(term));
    require(formula.implies(has, isAtLeast(formula, size, 1)));
    for (const other of seen) {
      const both = formula.and(has, set.has(other), -terms.equal(term, other));
      require(formula.implies(both, isAtLeast(formula, size, 2)));
    }
    seen.push(term);
  });
}

function isAtLeast(formula: Formula, size: Linear, count: number): Literal {
  return count === 0 ? yes : formula.atMost(constant(BigInt(count)), size);
}
