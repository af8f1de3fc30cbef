// Reads a pattern literal: returns its language, its text and lexical problems, with offsets from the
// first letter. The literal has no escapes: a backslash prevents a quote from ending it, but remains part
// of the text.

import type { PatternLanguage } from '../../types/patterns/pattern-source.ts';
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
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find.
  for (const { index } of image.matchAll(/[\0-\x1f\x7f]/g)) {
    problems.push({ code: 'control-character', start: index, end: index + 1 });
  }
  if (image.normalize('NFC') !== image) problems.push({ code: 'not-normalized', start: 0, end });
  return { language: language as PatternLanguage, text, problems };
}

/** The offset of the pattern's text in its literal. */
export function findTextStart(language: PatternLanguage): number {
  return language.length + 1;
}
