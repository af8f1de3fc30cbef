// Bounds the steps of the functions of the assembly library that expressions call, one row each: from the
// sizes of the arguments to the maximum number of steps and the size of the result. A call is a step, and
// so is each iteration of a loop, including the one that ends it. Except for `contains`, steps grow at
// most linearly with each size, so that a bound for the average is a bound for the sum.

import { findLongestBytes, networkBytes, nothing, type Size } from './size.ts';

export interface Cost {
  readonly steps: number;
  readonly size: Size;
}

type Row = (a: Size, b: Size) => Cost;

/**
 * `equalBytes`: up to eight bytes at once, then eight bytes per iteration. Nine bytes take the maximum number of steps
 * per byte.
 */
export function countEqualBytesSteps(bytes: number): number {
  return 1 + (2 * bytes) / minCompared;
}

/** Shorter strings are compared as one word. */
const minCompared = 9;

/** The steps of `sameBytes`. */
export function countSameBytesSteps(a: Size, b: Size): number {
  return 1 + countEqualBytesSteps(Math.min(a.bytes, b.bytes));
}

/**
 * `hasBytes`: an iteration for each element. If a longer string starts like an element there is one more,
 * and elements of the same length are compared.
 */
function hasBytes(text: number, set: Size): number {
  const again = (set.count * text) / minCompared;
  return 3 + set.count + again + countCompareSteps(Math.min(set.count * text, set.bytes));
}

/** `equalBytes` of strings of at least this length, by their total bytes. */
function countCompareSteps(bytes: number): number {
  return (countEqualBytesSteps(minCompared) * bytes) / minCompared;
}

function hasWord(set: Size): number {
  return 2 + set.count;
}

/** Looks up each element of `a` in `b`. */
function countPairwiseBytes(a: Size, b: Size): number {
  const again = (b.count * a.bytes) / minCompared;
  const longer = countCompareSteps(Math.min(a.bytes * b.count, b.bytes * a.count));
  return 1 + a.count * (1 + hasBytes(0, b)) + again + longer;
}

function countPairwiseWords(a: Size, b: Size): number {
  return 1 + a.count * (1 + hasWord(b));
}

/** `dedupe…`: looks up each element among those before it. */
export function dedupe(set: Size, holds: 'Words' | 'Bytes'): number {
  const half: Size = { count: set.count / 2, bytes: set.bytes / 2 };
  return 1 + (holds === 'Bytes' ? countPairwiseBytes(set, half) : countPairwiseWords(set, half));
}

/** `tryAllocate`, which can record that memory is exhausted, and `allocate`. */
const allocating = 2;
const allocatingAnyhow = 1 + allocating;

export function countSetSteps(set: Size, holds: 'Words' | 'Bytes'): number {
  return allocatingAnyhow + dedupe(set, holds);
}

const gives = (steps: number, size: Size = nothing): Cost => ({ steps, size });
const costConstant: Row = () => gives(1);
const costScan: Row = (text) => gives(4 + text.bytes, text);

/** The digits of the longest Int, with its sign. */
const digits = 20;

/** `pathAfter`: an iteration for each byte, and a call for each character of three bytes. */
function countPathSteps(text: Size): number {
  return 3 + (4 * text.bytes) / 3;
}

const costSubset =
  (each: typeof countPairwiseBytes): Row =>
  (a, b) =>
    gives(2 + each(a, b));
const costUnion =
  (each: typeof countPairwiseBytes): Row =>
  (a, b) =>
    gives(4 + allocating + a.count + each(b, a), {
      count: a.count + b.count,
      bytes: a.bytes + b.bytes,
    });
const costPart =
  (each: typeof countPairwiseBytes): Row =>
  (a, b) =>
    gives(3 + allocating + each(a, b), a);

/** `ipInCidr`: at most two bytes in addition to whole words. */
const inNetwork = 1 + countEqualBytesSteps(networkBytes);

/**
 * At most 45 bytes: parsed as a dotted quad, then as groups, possibly followed by a quad; then stored.
 */
const parsing = 150;
const address: Cost['size'] = { count: 0, bytes: networkBytes };

const rows: Readonly<Record<string, Row>> = {
  add: costConstant,
  sub: costConstant,
  mul: costConstant,
  div: costConstant,
  neg: costConstant,
  addChecked: costConstant,
  subChecked: costConstant,
  mulChecked: costConstant,
  divChecked: costConstant,
  negChecked: costConstant,
  toMillionths: costConstant,
  toMillionthsChecked: () => gives(2),
  decimalProduct: () => gives(5),
  // Bit by bit if neither the dividend nor the divisor is short.
  decimalQuotient: () => gives(5 + 65),
  decimalShare: () => gives(4),

  inBytes: (text, set) => gives(1 + hasBytes(text.bytes, set)),
  notInBytes: (text, set) => gives(1 + hasBytes(text.bytes, set)),
  inWords: (_, set) => gives(1 + hasWord(set)),
  notInWords: (_, set) => gives(1 + hasWord(set)),
  withinBytes: costSubset(countPairwiseBytes),
  withinWords: costSubset(countPairwiseWords),
  notWithinBytes: costSubset(countPairwiseBytes),
  notWithinWords: costSubset(countPairwiseWords),
  intersectsBytes: costSubset(countPairwiseBytes),
  intersectsWords: costSubset(countPairwiseWords),
  unionBytes: costUnion(countPairwiseBytes),
  unionWords: costUnion(countPairwiseWords),
  intersectBytes: costPart(countPairwiseBytes),
  intersectWords: costPart(countPairwiseWords),
  minusBytes: costPart(countPairwiseBytes),
  minusWords: costPart(countPairwiseWords),
  sameSetBytes: costSubset(countPairwiseBytes),
  sameSetWords: costSubset(countPairwiseWords),
  readCount: costConstant,

  startsWith: (text, other) => gives(1 + countEqualBytesSteps(Math.min(text.bytes, other.bytes))),
  endsWith: (text, other) => gives(1 + countEqualBytesSteps(Math.min(text.bytes, other.bytes))),
  // At each position the other string can differ in its last byte only.
  contains: (text, other) =>
    gives(2 + text.bytes * (1 + countEqualBytesSteps(findLongestBytes(other)))),
  lowerAscii: (text) => gives(2 + allocating + text.bytes, text),
  normalPath: (text) => gives(5 + countPathSteps(text), text),
  nonEmpty: (text) => gives(1, text),
  segment: (text) => gives(6 + countPathSteps(text) + text.bytes, text),
  rootSegment: (text) => gives(12 + 2 * countPathSteps(text) + text.bytes, text),
  pathAfter: (_, text) => gives(countPathSteps(text)),
  afterRoot: (text, other) =>
    gives(2 + countEqualBytesSteps(Math.min(text.bytes, other.bytes)), text),
  underPath: (text, root) =>
    gives(
      10 +
        countPathSteps(text) +
        countPathSteps(root) +
        countEqualBytesSteps(Math.min(text.bytes, root.bytes)),
    ),
  underParts: (_, text) => gives(5 + countPathSteps(text)),
  afterText: (text, other) =>
    gives(1 + countEqualBytesSteps(Math.min(text.bytes, other.bytes)), text),
  beforeText: (text, other) =>
    gives(1 + countEqualBytesSteps(Math.min(text.bytes, other.bytes)), text),
  afterInteger: (text) => gives(2 + digits + countEqualBytesSteps(digits), text),
  beforeInteger: (text) => gives(2 + digits + countEqualBytesSteps(digits), text),
  isFound: costConstant,
  isConsumed: costConstant,
  pathAfterInteger: () => gives(2 + digits + countPathSteps({ count: 0, bytes: digits })),
  afterRootInteger: (text) => gives(3 + digits + countEqualBytesSteps(digits), text),
  joinText: (text, other) => gives(1, { count: 0, bytes: text.bytes + other.bytes }),
  joinInteger: (text) => gives(3 + 2 * digits, { count: 0, bytes: text.bytes + digits }),
  codePointCount: costScan,
  // If a glob has no automaton, at worst each segment is empty: it is found, and compared in two calls.
  matches: (text, pattern) =>
    pattern.count === 0 ? costScan(text, text) : gives(9 + 4 * text.bytes),
  toSpiffe: (text) => gives(6 + 2 * text.bytes, text),
  spiffeTrustDomain: costScan,
  spiffePath: costScan,

  // At most 20 bytes: checked, then parsed.
  toInt: () => gives(5 + 3 * digits),
  // A quotient by each power of five, or a product by each power of ten.
  toQuantity: (text) => gives(80 + 2 * text.bytes),

  toIp: () => gives(parsing, address),
  toCidr: (text) => gives(parsing + 8 + text.bytes, address),
  addressVersion: costConstant,
  prefixLength: costConstant,
  ipInCidr: () => gives(inNetwork),
  ipNotInCidr: () => gives(1 + inNetwork),
  ipInCidrs: (_, set) => gives(2 + set.count * (1 + inNetwork)),
  ipNotInCidrs: (_, set) => gives(3 + set.count * (1 + inNetwork)),
  cidrWithin: () => gives(1 + inNetwork),
  cidrNotWithin: () => gives(2 + inNetwork),
  cidrIntersects: () => gives(3 + 2 * inNetwork),
};

export function costCall(name: string, args: readonly Size[]): Cost {
  const row = rows[name];
  if (row === undefined) throw new Error(`broken invariant: no bound for ${name}`);
  return row(args[0] ?? nothing, args[1] ?? nothing);
}
