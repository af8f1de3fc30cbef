// Deterministic automata that read strings by code points, and label each string by what conditions of a policy say
// about it: patterns, prefixes, suffixes, parts, lengths, and the form of SPIFFE IDs.

import type { BuiltinName, Pattern } from '@nhipol/language/types';

/** Strings with equal labels by all monitors of a component are interchangeable in it. */
export interface Monitor {
  /** Code points that begin a range of code points that it does not distinguish. */
  readonly cuts: readonly number[];
  /** Code points with one number are not distinguished, or `undefined` if those of one range of `cuts` are not. */
  readonly classOf?: ((codePoint: number) => number) | undefined;
  readonly start: number;
  readonly next: (state: number, codePoint: number) => number;
  readonly label: (state: number) => number;
}

export function createPatternMonitor({ dfa }: Pattern): Monitor {
  const { alphabet, start, accepting, next } = dfa;
  const { segments, size } = alphabet;
  const classifyLetter = (codePoint: number) => {
    let [low, high] = [0, segments.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((segments[middle]?.first ?? 0) <= codePoint) low = middle;
      else high = middle - 1;
    }
    return segments[low]?.letter ?? 0;
  };
  return {
    cuts: segments.map(({ first }) => first),
    classOf: classifyLetter,
    start,
    next: (state, codePoint) => next[state * size + classifyLetter(codePoint)] ?? 0,
    label: (state) => Number(accepting[state]),
  };
}

export type Affix = 'starts_with' | 'ends_with' | 'contains';

/** The builtins that compare a string with a part of it, which is their second operand. */
const partTests: ReadonlySet<BuiltinName> = new Set([
  'starts_with',
  'ends_with',
  'contains',
  'under',
] as const);

export function isPartTest(name: BuiltinName): boolean {
  return partTests.has(name);
}

/** Follows how much of a constant the string has matched. */
export function createAffixMonitor(form: Affix, text: string): Monitor {
  const wanted = [...text].map((character) => character.codePointAt(0) ?? 0);
  const failed = wanted.length + 1;
  const step = createFollower(wanted);
  return {
    cuts: wanted.flatMap((codePoint) => [codePoint, codePoint + 1]),
    start: 0,
    next: (state, codePoint) => {
      if (form === 'ends_with') return step(state, codePoint);
      if (state >= wanted.length) return state;
      if (form === 'contains') return step(state, codePoint);
      return wanted[state] === codePoint ? state + 1 : failed;
    },
    label: (state) => Number(state === wanted.length),
  };
}

/** The automaton of Knuth, Morris and Pratt: the longest prefix of the wanted ones that the read ones end with. */
function createFollower(wanted: readonly number[]): (state: number, codePoint: number) => number {
  const borders = [0, 0];
  const step = (from: number, codePoint: number): number => {
    let state = from;
    for (;;) {
      if (state < wanted.length && wanted[state] === codePoint) return state + 1;
      if (state === 0) return 0;
      state = borders[state] ?? 0;
    }
  };
  for (let index = 1; index < wanted.length; index += 1)
    borders.push(step(borders[index] ?? 0, wanted[index] ?? 0));
  return step;
}

/** Labels a string by where its length is among the thresholds: at, below or between them. */
export function createLengthMonitor(thresholds: readonly number[]): Monitor {
  const max = Math.max(...thresholds);
  return {
    cuts: [],
    start: 0,
    next: (state) => Math.min(state + 1, max + 1),
    label: (state) =>
      thresholds.filter((threshold) => threshold <= state).length * 2 +
      Number(thresholds.includes(state)),
  };
}

const scheme = 'spiffe://';
const [invalid, domainStart, domain, pathStart, oneDot, twoDots, segment] = [
  -1, 100, 101, 102, 103, 104, 105,
] as const as readonly [number, number, number, number, number, number, number];

/** Labels valid SPIFFE IDs, except for the limits of their lengths. */
export const spiffeMonitor: Monitor = {
  cuts: [...'spife:/.', '-', '_', '0', ':', 'A', '[', 'a', '{', '`']
    .map((character) => character.charCodeAt(0))
    .flatMap((code) => [code, code + 1]),
  start: 0,
  next: (state, codePoint) => {
    const character = String.fromCodePoint(codePoint);
    if (state === invalid) return invalid;
    if (state < scheme.length) {
      if (scheme[state] !== character) return invalid;
      return state + 1 === scheme.length ? domainStart : state + 1;
    }
    if (state === domainStart || state === domain) {
      if (/^[a-z0-9._-]$/.test(character)) return domain;
      return character === '/' && state === domain ? pathStart : invalid;
    }
    if (character === '/') return state === segment ? pathStart : invalid;
    if (character === '.') {
      if (state === pathStart) return oneDot;
      return state === oneDot ? twoDots : segment;
    }
    return /^[A-Za-z0-9_-]$/.test(character) ? segment : invalid;
  },
  label: (state) => Number(state === domain || state === segment),
};
