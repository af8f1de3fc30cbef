// Finds how far a pattern follows a string: the longest prefix of the string with which some match
// begins, and what can follow it. For explanations only; a module only knows whether a pattern
// matches.

import { quote } from '../syntax/print/spelling.ts';
import type { Dfa } from '../types/patterns/automata/dfa.ts';
import type { Pattern } from '../types/patterns/pattern.ts';
import {
  type CodePointRange,
  type CodePoints,
  complement,
  createCodePoints,
} from '../types/patterns/unicode/code-points.ts';

/** How far a pattern followed a string. */
export interface PatternProgress {
  /** The prefix of the string with which some match begins. */
  readonly followed: string;
  /** In code points. */
  readonly length: number;
  /** The next character of the string; undefined at its end. */
  readonly found: string | undefined;
  /** The characters that could follow instead, in words. */
  readonly expected: string;
}

/** Returns how far a string matches a pattern, or `undefined` if the pattern matches no string. */
export function followPattern({ dfa }: Pattern, text: string): PatternProgress | undefined {
  if (dfa.start === dead) return undefined;
  let state = dfa.start;
  let followed = '';
  let length = 0;
  for (const character of text) {
    const next = stepState(dfa, state, character);
    if (next === dead)
      return { followed, length, found: character, expected: describeExpected(dfa, state) };
    state = next;
    followed += character;
    length += 1;
  }
  return { followed, length, found: undefined, expected: describeExpected(dfa, state) };
}

/**
 * The shortest prefix that decides that the string matches: for a search, up to the end of a match.
 */
export function findDecidingPrefix({ dfa }: Pattern, text: string): string {
  let state = dfa.start;
  let read = '';
  for (const character of text) {
    if (acceptsAll(dfa, state)) return read;
    state = stepState(dfa, state, character);
    read += character;
  }
  return read;
}

const dead = 0;

function stepState({ alphabet, next }: Dfa, state: number, character: string): number {
  const codePoint = character.codePointAt(0) ?? 0;
  const { segments, size } = alphabet;
  let [low, high] = [0, segments.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((segments[middle]?.first ?? 0) <= codePoint) low = middle;
    else high = middle;
  }
  return next[state * size + (segments[low]?.letter ?? 0)] ?? dead;
}

function acceptsAll({ accepting, alphabet, next }: Dfa, state: number): boolean {
  if (!accepting[state]) return false;
  for (let letter = 0; letter < alphabet.size; letter += 1) {
    if (next[state * alphabet.size + letter] !== state) return false;
  }
  return true;
}

// --- in words ------------------------------------------------------------------------------------

const maxRun = 24;
const maxRanges = 4;

function describeExpected(dfa: Dfa, state: number): string {
  const run = findForcedRun(dfa, state);
  if (run !== '') return quote(run);
  const continuations = listContinuations(dfa, state);
  const character = continuations.length === 0 ? [] : [describeSet(continuations)];
  return [...character, ...(dfa.accepting[state] ? ['the end'] : [])].join(' or ');
}

/** The characters that must follow, as long as there is only one way. */
function findForcedRun(dfa: Dfa, from: number): string {
  let run = '';
  let state = from;
  for (let length = 0; length < maxRun && !dfa.accepting[state]; length += 1) {
    const [way, ...others] = listContinuations(dfa, state);
    if (way === undefined || others.length > 0 || way[0] !== way[1]) break;
    const character = String.fromCodePoint(way[0]);
    run += character;
    state = stepState(dfa, state, character);
  }
  return run;
}

/** The code points with which some match continues. */
function listContinuations({ alphabet, next }: Dfa, state: number): CodePoints {
  const live = alphabet.segments.filter(
    ({ letter }) => next[state * alphabet.size + letter] !== dead,
  );
  return createCodePoints(live.map(({ first, last }): CodePointRange => [first, last]));
}

function describeSet(set: CodePoints): string {
  const others = complement(set);
  if (others.length === 0) return 'any character';
  const [fewer, prefix] =
    others.length < set.length ? [others, 'any character except '] : [set, ''];
  if (fewer.length > maxRanges) return 'another character';
  return `${prefix}${fewer.map(describeRange).join(', ')}`;
}

function describeRange([first, last]: CodePointRange): string {
  return first === last ? nameCharacter(first) : `${nameCharacter(first)}–${nameCharacter(last)}`;
}

function nameCharacter(codePoint: number): string {
  const character = String.fromCodePoint(codePoint);
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character)
    ? quote(character)
    : `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}
