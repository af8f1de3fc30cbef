// Reads a string literal: returns its value and problems, with offsets from the opening quote. The
// escapes are the escapes of JSON.

import type { IToken } from 'chevrotain';

export interface TextProblem {
  readonly code:
    | 'unterminated-string'
    | 'bad-escape'
    | 'control-character'
    | 'lone-surrogate'
    | 'not-normalized';
  readonly start: number;
  readonly end: number;
}

export interface TextLiteral {
  readonly value: string;
  readonly problems: readonly TextProblem[];
  /** The offset in the literal of each code unit of the value, and of its end. */
  readonly offsets: readonly number[];
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** A literal without escapes, control characters or characters outside ASCII. */
const plain = /^"[ !#-[\]-~]*"$/;

/** Returns only the value. */
export function readTextValue(token: IToken): string {
  return plain.test(token.image) ? token.image.slice(1, -1) : readTextLiteral(token.image).value;
}

export function isPlainText(image: string): boolean {
  return plain.test(image);
}

export function readTextLiteral(image: string): TextLiteral {
  const problems: TextProblem[] = [];
  const offsets: number[] = [];
  const units: string[] = [];
  let at = 1;
  while (at < image.length && image[at] !== '"') {
    const unit = readUnit(image, at);
    if (unit.problem !== undefined) problems.push({ code: unit.problem, start: at, end: unit.end });
    if (unit.value !== undefined) {
      units.push(unit.value);
      offsets.push(at);
    }
    at = unit.end;
  }
  offsets.push(at);
  if (at >= image.length) {
    problems.push({ code: 'unterminated-string', start: 0, end: image.length });
  }
  const value = units.join('');
  findLoneSurrogates(units, offsets, problems);
  if (image.normalize('NFC') !== image) {
    problems.push({ code: 'not-normalized', start: 0, end: image.length });
  }
  return { value, problems, offsets };
}

interface Unit {
  readonly value: string | undefined;
  readonly end: number;
  readonly problem?: TextProblem['code'];
}

function readUnit(image: string, at: number): Unit {
  const character = image[at] ?? '';
  if (character !== '\\') {
    const control = character < ' ' || character === '\x7f';
    return control
      ? { value: character, end: at + 1, problem: 'control-character' }
      : { value: character, end: at + 1 };
  }
  const letter = image[at + 1];
  if (letter === undefined) return { value: undefined, end: at + 1 };
  const simple = simpleEscapes[letter];
  if (simple !== undefined) return { value: simple, end: at + 2 };
  const digits =
    letter === 'u' ? /^[0-9a-fA-F]{4}/.exec(image.slice(at + 2, at + 6))?.[0] : undefined;
  if (digits !== undefined) {
    return { value: String.fromCharCode(Number.parseInt(digits, 16)), end: at + 6 };
  }
  const length = String.fromCodePoint(image.codePointAt(at + 1) ?? 0).length;
  return { value: undefined, end: at + 1 + length, problem: 'bad-escape' };
}

function findLoneSurrogates(
  units: readonly string[],
  offsets: readonly number[],
  problems: TextProblem[],
): void {
  for (let i = 0; i < units.length; i += 1) {
    const unit = units[i] ?? '';
    if (unit < '\ud800' || unit > '\udfff') continue;
    const next = units[i + 1] ?? '';
    if (unit <= '\udbff' && next >= '\udc00' && next <= '\udfff') {
      i += 1;
      continue;
    }
    problems.push({ code: 'lone-surrogate', start: offsets[i] ?? 0, end: offsets[i + 1] ?? 0 });
  }
}
