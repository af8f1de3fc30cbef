// Tells whether a regular expression is a list of literal words: `curl|wget`, `(?i)drop\s+table`. Such a
// pattern is mostly written to find one of its words somewhere, which a match of the whole string does
// not do. Anchors show that the whole string is meant.

import { type CodePoints, codePoints, complement, minus, only } from './code-points.ts';
import { codePointOf } from './cursor.ts';
import type { PatternTree } from './tree.ts';

/** Of one character: its cases, or a choice such as `[ck]`. */
const fewCharacters = 4;
/** Of a part of a word: `o{2}`. */
const fewTimes = 4;

export function isWordList(tree: PatternTree): boolean {
  return isList(tree) && leastLetters(tree) > 0;
}

/** Alternatives between words, with nothing but spaces and word borders around them. */
function isList(tree: PatternTree): boolean {
  if (tree.kind === 'choice') return tree.choices.every(isList);
  if (tree.kind !== 'sequence') return isWord(tree);
  const parts = tree.parts.filter((part) => !isGap(part));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? isList(only) : parts.every(isWord);
}

/** Without a wildcard, an anchor, and alternatives, which make a name with parts of it. */
function isWord(tree: PatternTree): boolean {
  if (isGap(tree)) return true;
  switch (tree.kind) {
    case 'set':
      return isCharacter(tree.codePoints) || isDot(tree.codePoints);
    case 'sequence':
      return tree.parts.every(isWord);
    case 'repeat':
      return tree.most !== undefined && tree.most <= fewTimes && isWord(tree.part);
    case 'assert':
    case 'choice':
      return false;
  }
}

/** A word border, or spaces. */
function isGap(tree: PatternTree): boolean {
  if (tree.kind === 'assert')
    return tree.assertion === 'word border' || tree.assertion === 'no word border';
  if (tree.kind === 'repeat') return isGap(tree.part);
  return tree.kind === 'set' && isSpace(tree.codePoints);
}

/** The number of literal characters in its shortest way through. */
function leastLetters(tree: PatternTree): number {
  switch (tree.kind) {
    case 'set':
      return isCharacter(tree.codePoints) ? 1 : 0;
    case 'assert':
      return 0;
    case 'sequence':
      return tree.parts.reduce((sum, part) => sum + leastLetters(part), 0);
    case 'choice':
      return tree.choices.length === 0 ? 0 : Math.min(...tree.choices.map(leastLetters));
    case 'repeat':
      return tree.least * leastLetters(tree.part);
  }
}

function isCharacter(set: CodePoints): boolean {
  return sizeOf(set) <= fewCharacters;
}

const spaces = codePoints([...'\t\n\v\f\r '].map(codePointOf).map((each) => [each, each]));

function isSpace(set: CodePoints): boolean {
  return minus(set, spaces).length === 0;
}

/** Any character, as an unescaped `.` is. */
function isDot(set: CodePoints): boolean {
  return sizeOf(set) >= sizeOf(complement(only(codePointOf('\n'))));
}

function sizeOf(set: CodePoints): number {
  return set.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}
