// Detects regular expressions that are lists of literal words: `curl|wget`, `(?i)drop\s+table`. Their authors
// usually intend to find a word anywhere in the string, but a match applies to the whole string. Anchors
// indicate that the whole string is intended.

import { readCodePoint } from '../cursor.ts';
import type { PatternTree } from '../tree.ts';
import {
  type CodePoints,
  complement,
  createCodePoints,
  makeSingleCodePoint,
  subtractCodePoints,
} from '../unicode/code-points.ts';

/** The maximum size of a set that counts as a literal character: its cases, or a choice such as `[ck]`. */
const maxVariants = 4;
/** The maximum number of repetitions in a word: `o{2}`. */
const maxRepeats = 4;

export function isWordList(tree: PatternTree): boolean {
  return isList(tree) && countMinLetters(tree) > 0;
}

/** Whether a tree is a list of words, with only spaces and word boundaries around it. */
function isList(tree: PatternTree): boolean {
  if (tree.kind === 'choice') return tree.choices.every(isList);
  if (tree.kind !== 'sequence') return isWord(tree);
  const parts = tree.parts.filter((part) => !isGap(part));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? isList(only) : parts.every(isWord);
}

/** Whether a tree is a word: without wildcards, anchors and alternatives. */
function isWord(tree: PatternTree): boolean {
  if (isGap(tree)) return true;
  switch (tree.kind) {
    case 'set':
      return isCharacter(tree.codePoints) || isDot(tree.codePoints);
    case 'sequence':
      return tree.parts.every(isWord);
    case 'repeat':
      return tree.max !== undefined && tree.max <= maxRepeats && isWord(tree.part);
    case 'assert':
    case 'choice':
      return false;
  }
}

/** Whether a tree is a word boundary or spaces. */
function isGap(tree: PatternTree): boolean {
  if (tree.kind === 'assert')
    return tree.assertion === 'word boundary' || tree.assertion === 'no word boundary';
  if (tree.kind === 'repeat') return isGap(tree.part);
  return tree.kind === 'set' && isSpace(tree.codePoints);
}

/** The minimum number of literal characters in a match. */
function countMinLetters(tree: PatternTree): number {
  switch (tree.kind) {
    case 'set':
      return isCharacter(tree.codePoints) ? 1 : 0;
    case 'assert':
      return 0;
    case 'sequence':
      return tree.parts.reduce((sum, part) => sum + countMinLetters(part), 0);
    case 'choice':
      return tree.choices.length === 0 ? 0 : Math.min(...tree.choices.map(countMinLetters));
    case 'repeat':
      return tree.min * countMinLetters(tree.part);
  }
}

function isCharacter(set: CodePoints): boolean {
  return countCodePoints(set) <= maxVariants;
}

const spaces = createCodePoints([...'\t\n\v\f\r '].map(readCodePoint).map((each) => [each, each]));

function isSpace(set: CodePoints): boolean {
  return subtractCodePoints(set, spaces).length === 0;
}

/** Whether a set contains all characters, as an unescaped `.`. */
function isDot(set: CodePoints): boolean {
  return (
    countCodePoints(set) >= countCodePoints(complement(makeSingleCodePoint(readCodePoint('\n'))))
  );
}

function countCodePoints(set: CodePoints): number {
  return set.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}
