// A pattern literal's source in, its language and text out, with what is wrong in how it is written;
// offsets count from its first letter. Nothing in it is an escape of the literal's own: a backslash
// only keeps a quote from ending it, and stays part of the text.

import type { PatternLanguage } from '../../types/patterns/pattern.ts';
import type { TextProblem } from './string.ts';

export interface PatternLiteral {
  readonly language: PatternLanguage;
  readonly text: string;
  readonly problems: readonly TextProblem[];
}

const form = /^(\w+)"((?:[^"\\]|\\.)*)("?)/s;

export function readPattern(image: string): PatternLiteral {
  const [whole = '', language = '', text = '', quote = ''] = form.exec(image) ?? [];
  const problems: TextProblem[] = [];
  const end = image.length;
  if (quote === '' || whole.length < end)
    problems.push({ code: 'unterminated-string', start: 0, end });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  for (const { index } of image.matchAll(/[\0-\x1f\x7f]/g)) {
    problems.push({ code: 'control-character', start: index, end: index + 1 });
  }
  if (image.normalize('NFC') !== image) problems.push({ code: 'not-normalized', start: 0, end });
  return { language: language as PatternLanguage, text, problems };
}

/** Where the pattern's text begins in its literal. */
export function textStart(language: PatternLanguage): number {
  return language.length + 1;
}
