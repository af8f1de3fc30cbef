// The truth values of a condition before and after something is withheld, as a set of pairs: nine
// bits. Operands are combined as if they were independent, so a set is never too small.

import { onlyFalse, onlyTrue, onlyUnknown, type TruthSet } from './truth-set.ts';

/** A set of pairs of truth values, before and after. */
export type Pairs = number;

type Truth = 0 | 1 | 2;

const truths = [0, 1, 2] as const;
const [no, unknown, yes]: readonly [Truth, Truth, Truth] = truths;

const noPairs: Pairs = 0;

function createPair(before: Truth, after: Truth): Pairs {
  return 1 << (before * 3 + after);
}

/** The same value before and after. */
export const unchanged: Pairs =
  createPair(no, no) | createPair(unknown, unknown) | createPair(yes, yes);
/** The same value, or unknown after. */
export const lost: Pairs = unchanged | createPair(no, unknown) | createPair(yes, unknown);

function has(pairs: Pairs, before: Truth, after: Truth): boolean {
  return (pairs & createPair(before, after)) !== 0;
}

function listTruths(truthSet: TruthSet): readonly Truth[] {
  return [
    ...(truthSet & onlyFalse ? [no] : []),
    ...(truthSet & onlyUnknown ? [unknown] : []),
    ...(truthSet & onlyTrue ? [yes] : []),
  ];
}

const truthSets: readonly TruthSet[] = [onlyFalse, onlyUnknown, onlyTrue];

function toTruthSet(truth: number): TruthSet {
  return truthSets[truth] as TruthSet;
}

/** Every pair of the two sets. */
export function pairTruths(before: TruthSet, after: TruthSet): Pairs {
  return filterPairs(before, after, () => true);
}

/** The pairs of the two sets that are possible. */
export function filterPairs(
  before: TruthSet,
  after: TruthSet,
  may: (before: TruthSet, after: TruthSet) => boolean,
): Pairs {
  let found = noPairs;
  for (const a of listTruths(before)) {
    for (const b of listTruths(after)) {
      if (may(toTruthSet(a), toTruthSet(b))) found |= createPair(a, b);
    }
  }
  return found;
}

/** Whether some pair leads from one set of values to the other. */
export function leads(pairs: Pairs, from: TruthSet, to: TruthSet): boolean {
  return (pairs & pairTruths(from, to)) !== 0;
}

/** Applies the same operation to the values before and after, for all combinations of operands. */
function combinePairs(
  operands: readonly Pairs[],
  operate: (values: readonly Truth[]) => Truth,
): Pairs {
  let found = noPairs;
  const [before, after]: [Truth[], Truth[]] = [[], []];
  const choose = (index: number): void => {
    const pairs = operands[index];
    if (pairs === undefined) {
      found |= createPair(operate(before), operate(after));
      return;
    }
    for (const a of truths) {
      for (const b of truths) {
        if (!has(pairs, a, b)) continue;
        before[index] = a;
        after[index] = b;
        choose(index + 1);
      }
    }
  };
  choose(0);
  return found;
}

export function negatePairs(operand: Pairs): Pairs {
  return combinePairs([operand], ([a]) => (yes - (a as Truth)) as Truth);
}

export function joinPairs(kind: 'And' | 'Or', operands: readonly Pairs[]): Pairs {
  const join = kind === 'And' ? Math.min : Math.max;
  return operands.reduce((all, operand) =>
    combinePairs([all, operand], ([a, b]) => join(a as Truth, b as Truth) as Truth),
  );
}

export function choosePairs(condition: Pairs, then: Pairs, otherwise: Pairs): Pairs {
  return combinePairs([condition, then, otherwise], ([c, a, b]) =>
    c === yes ? (a as Truth) : c === no ? (b as Truth) : a === b ? (a as Truth) : unknown,
  );
}

export function combineElse(value: Pairs, fallback: Pairs): Pairs {
  return combinePairs([value, fallback], ([a, b]) => (a === unknown ? b : a) as Truth);
}

/** `any` and `all` over any number of elements, each with any of the pairs. */
export function quantifyPairs(quantifier: 'any' | 'all', body: Pairs): Pairs {
  const kind = quantifier === 'any' ? 'Or' : 'And';
  let found = quantifier === 'any' ? createPair(no, no) : createPair(yes, yes);
  for (let before = noPairs; before !== found; ) {
    before = found;
    found |= joinPairs(kind, [found, body]);
  }
  return found;
}

/** Whether enough of any number of elements match, each with any of the pairs. */
export function combineThreshold(each: Pairs): Pairs {
  let found = createPair(no, no) | createPair(yes, yes) | each;
  for (let before = noPairs; before !== found; ) {
    before = found;
    found |= joinPairs('Or', [found, each]) | joinPairs('And', [found, each]);
  }
  return found;
}
