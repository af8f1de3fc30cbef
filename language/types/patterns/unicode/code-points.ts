// Sets of code points as sorted, inclusive ranges that are neither adjacent nor overlapping. Surrogates are in
// no set, since valid strings do not contain them.

export type CodePointRange = readonly [first: number, last: number];
export type CodePoints = readonly CodePointRange[];

const lastCodePoint = 0x10ffff;
const surrogates: CodePointRange = [0xd800, 0xdfff];

export const everyCodePoint: CodePoints = [
  [0, surrogates[0] - 1],
  [surrogates[1] + 1, lastCodePoint],
];

/** Creates a set from ranges in any order. */
export function createCodePoints(ranges: readonly CodePointRange[]): CodePoints {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [first, last] of sorted) {
    const before = merged.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged.flatMap(withoutSurrogates);
}

function withoutSurrogates([first, last]: CodePointRange): readonly CodePointRange[] {
  if (last < surrogates[0] || first > surrogates[1]) return [[first, last]];
  const parts: CodePointRange[] = [
    [first, surrogates[0] - 1],
    [surrogates[1] + 1, last],
  ];
  return parts.filter(([from, to]) => from <= to);
}

export function makeSingleCodePoint(codePoint: number): CodePoints {
  return [[codePoint, codePoint]];
}

export function uniteCodePoints(...sets: readonly CodePoints[]): CodePoints {
  return createCodePoints(sets.flat());
}

export function complement(set: CodePoints): CodePoints {
  const gaps: CodePointRange[] = [];
  let next = 0;
  for (const [first, last] of set) {
    if (first > next) gaps.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= lastCodePoint) gaps.push([next, lastCodePoint]);
  return createCodePoints(gaps);
}

export function subtractCodePoints(set: CodePoints, other: CodePoints): CodePoints {
  return complement(uniteCodePoints(complement(set), other));
}

export function has(set: CodePoints, codePoint: number): boolean {
  let [low, high] = [0, set.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const [first, last] = set[middle] as CodePointRange;
    if (codePoint < first) high = middle;
    else if (codePoint > last) low = middle + 1;
    else return true;
  }
  return false;
}
