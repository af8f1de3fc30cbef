// Explains in words why a pattern matches or not: how far it followed the string, and what it
// expected next.

import { pluralize } from '../support/words.ts';
import { quote } from '../syntax/print/spelling.ts';
import type { Pattern } from '../types/patterns/pattern.ts';
import { findDecidingPrefix, followPattern, type PatternProgress } from './pattern-progress.ts';

/** The maximum number of characters of a string that are shown, counted from its end. */
const maxShown = 40;

export function describePattern(pattern: Pattern, text: string, matches: boolean): string {
  if (pattern.source.searches) {
    if (!matches) return 'no part of the string matches';
    const read = findDecidingPrefix(pattern, text);
    return `a part of the string matches, within ${quoteEnd(read)} (${formatCharacters([...read].length)})`;
  }
  if (matches) return 'the string matches';
  const progress = followPattern(pattern, text);
  if (progress === undefined) return 'the pattern matches no string';
  return `the string does not match: ${describeFailure(progress)}`;
}

function describeFailure({ followed, length, found, expected }: PatternProgress): string {
  if (length === 0) {
    return found === undefined
      ? `it is empty, expected ${expected}`
      : `expected ${expected} at the start, found ${quoteEnd(found)}`;
  }
  const start = `${quoteEnd(followed)} (${formatCharacters(length)})`;
  return found === undefined
    ? `it ends after ${start}, expected ${expected}`
    : `matched up to ${start}, then expected ${expected}, found ${quoteEnd(found)}`;
}

function formatCharacters(count: number): string {
  return pluralize(count, 'character');
}

function quoteEnd(text: string): string {
  const all = [...text];
  const end = all.slice(-maxShown).join('');
  return `${all.length > maxShown ? '…' : ''}${quote(end)}`;
}
