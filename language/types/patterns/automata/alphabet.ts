// Divides code points into classes that a pattern does not distinguish, so that an automaton has a column for
// each class, not for each code point. Takes the sets of code points of a pattern.

import { type CodePoints, everyCodePoint } from '../unicode/code-points.ts';

interface AlphabetSegment {
  readonly first: number;
  readonly last: number;
  readonly letter: number;
}

export interface Alphabet {
  /** The number of classes, which are numbered from 0. */
  readonly size: number;
  /** Ranges of code points with their classes, in order; they cover all code points. */
  readonly segments: readonly AlphabetSegment[];
  /** One code point of each class. */
  readonly samples: readonly number[];
}

/** Returns the alphabet and the classes of each set. */
export function makeAlphabet(sets: readonly CodePoints[]): {
  readonly alphabet: Alphabet;
  readonly lettersBySet: ReadonlyMap<CodePoints, readonly number[]>;
} {
  const starts = listBoundaries(sets);
  const classes: number[] = starts.map(() => 0);
  let used = 1;
  const covered = new Map<CodePoints, readonly number[]>();
  for (const set of sets) {
    if (covered.has(set)) continue;
    const inside = listSegments(set, starts);
    covered.set(set, inside);
    const split = new Map<number, number>();
    for (const at of inside) {
      const before = classes[at] ?? 0;
      const after = split.get(before) ?? used++;
      split.set(before, after);
      classes[at] = after;
    }
  }
  const letters = new Map<number, number>();
  const samples: number[] = [];
  const segments = starts.map((first, index): AlphabetSegment => {
    const own = classes[index] ?? 0;
    const letter = letters.get(own) ?? samples.push(first) - 1;
    letters.set(own, letter);
    return { first, last: (starts[index + 1] ?? 0x110000) - 1, letter };
  });
  const lettersBySet = new Map(
    [...covered].map(([set, inside]) => [
      set,
      [...new Set(inside.map((at) => segments[at]?.letter ?? 0))],
    ]),
  );
  // The gap of the surrogates does not begin a segment.
  const trimmed = segments.map((segment) =>
    segment.last === 0xdfff ? { ...segment, last: 0xd7ff } : segment,
  );
  return { alphabet: { size: samples.length, segments: trimmed, samples }, lettersBySet };
}

/** The code points at which a set begins or ends, in order. */
function listBoundaries(sets: readonly CodePoints[]): readonly number[] {
  const starts = new Set(everyCodePoint.map(([first]) => first));
  for (const [first, last] of sets.flat()) {
    starts.add(first);
    if (last !== 0xd7ff && last !== 0x10ffff) starts.add(last + 1);
  }
  return [...starts].sort((a, b) => a - b);
}

function listSegments(set: CodePoints, starts: readonly number[]): readonly number[] {
  const inside: number[] = [];
  for (const [first, last] of set) {
    for (let index = findStart(starts, first); (starts[index] ?? Infinity) <= last; index += 1)
      inside.push(index);
  }
  return inside;
}

function findStart(sorted: readonly number[], wanted: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
