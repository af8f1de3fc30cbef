// The parts of a source that formatting preserves: its words and, with the word before each, its
// comments. Formatting adds and removes commas and double parentheses; `==` is written `is`.

import { tokenize } from '@nhipol/language/syntax';

export function wordsAndComments(text: string): readonly string[] {
  const tokens = tokenize(text).tokens.filter(({ image }) => image !== ',');
  const doubled = findDoubledParentheses(tokens.map(({ image }) => image));
  const found: string[] = [];
  let at = 0;
  const gap = (to: number) => {
    const comments = text.slice(at, to).match(/\/\/[^\n]*/g) ?? [];
    found.push(...comments.map((comment) => comment.trimEnd()));
  };
  for (const [index, { image, startOffset }] of tokens.entries()) {
    gap(startOffset);
    at = startOffset + image.length;
    if (!doubled.has(index)) found.push(...(spellings[image] ?? [image]));
  }
  gap(text.length);
  return found;
}

const spellings: Readonly<Record<string, readonly string[]>> = {
  '==': ['is'],
  '!=': ['is', 'not'],
};

/** Both parentheses of each pair directly within another. */
function findDoubledParentheses(words: readonly string[]): ReadonlySet<number> {
  const doubled = new Set<number>();
  const partners = new Map<number, number>();
  const open: number[] = [];
  for (const [index, word] of words.entries()) {
    if (word === '(') open.push(index);
    if (word !== ')') continue;
    const opening = open.pop() ?? -1;
    partners.set(opening, index);
    if (partners.get(opening + 1) === index - 1) doubled.add(opening + 1).add(index - 1);
  }
  return doubled;
}
