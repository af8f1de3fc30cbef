// The list that is open at the end of an incomplete text: the arguments of a call, or the settings in braces.

import { tokenize } from '@nhipol/language/syntax';

export interface UnclosedList {
  readonly kind: 'arguments' | 'settings';
  /** The word before the bracket, and the one before that. */
  readonly name: string;
  readonly before: string;
  /** The number of commas before the end. */
  readonly index: number;
  /** The name before the colon in the last element. */
  readonly setting: string | undefined;
}

/** The length of the text that is read: a list is rarely longer. */
const maxLength = 4_000;

/** The innermost list, or `undefined` if there is none. */
export function findUnclosedList(text: string): UnclosedList | undefined {
  const start = Math.max(0, text.length - maxLength);
  const part = text.slice(start === 0 ? 0 : text.indexOf('\n', start) + 1);
  const images = tokenize(part).tokens.map(({ image }) => image);
  const open: { readonly at: number; index: number; setting: string | undefined }[] = [];
  for (const [at, image] of images.entries()) {
    const list = open.at(-1);
    if (brackets.has(image)) open.push({ at, index: 0, setting: undefined });
    else if (ends.has(image)) open.pop();
    else if (list !== undefined && image === ',') {
      list.index += 1;
      list.setting = undefined;
    } else if (list !== undefined && image === ':') list.setting = images[at - 1];
  }
  const list = open.at(-1);
  if (list === undefined || images[list.at] === '[') return undefined;
  return {
    kind: images[list.at] === '(' ? 'arguments' : 'settings',
    name: images[list.at - 1] ?? '',
    before: images[list.at - 2] ?? '',
    index: list.index,
    setting: list.setting,
  };
}

const brackets = new Set(['(', '{', '[']);
const ends = new Set([')', '}', ']']);
