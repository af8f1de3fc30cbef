// Escapes in regular expressions, as in RE2: a code point or a class. Escapes that only other engines support
// are rejected with an explanation.

import { type Cursor, readCodePoint } from '../cursor.ts';
import { refuse } from '../problem.ts';
import {
  type CodePointRange,
  type CodePoints,
  complement,
  createCodePoints,
} from '../unicode/code-points.ts';
import {
  findUnicodeClass,
  foldCase,
  listNewerClassNames,
  listUnicodeClassNames,
} from '../unicode/unicode.ts';

const controls: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['t', 9],
  ['n', 10],
  ['v', 11],
  ['f', 12],
  ['r', 13],
]);

function listAscii(...texts: readonly string[]): CodePoints {
  const ranges = texts.map((text): CodePointRange => {
    const [first = '', last = first] = [...text];
    return [readCodePoint(first), readCodePoint(last)];
  });
  return createCodePoints(ranges);
}

const digits = listAscii('09');
const spaces = listAscii('\t\n', '\f\r', ' ');
export const wordCharacters = listAscii('az', 'AZ', '09', '_');

const letterClasses: ReadonlyMap<string, CodePoints> = new Map([
  ['d', digits],
  ['s', spaces],
  ['w', wordCharacters],
]);

const namedClasses: ReadonlyMap<string, CodePoints> = new Map([
  ['alnum', listAscii('09', 'AZ', 'az')],
  ['alpha', listAscii('AZ', 'az')],
  ['ascii', listAscii('\0\x7f')],
  ['blank', listAscii('\t', ' ')],
  ['cntrl', listAscii('\0\x1f', '\x7f')],
  ['digit', digits],
  ['graph', listAscii('!~')],
  ['lower', listAscii('az')],
  ['print', listAscii(' ~')],
  ['punct', listAscii('!/', ':@', '[`', '{~')],
  ['space', listAscii('\t\r', ' ')],
  ['upper', listAscii('AZ')],
  ['word', wordCharacters],
  ['xdigit', listAscii('09', 'AF', 'af')],
]);

/** Reads `\d`, `\PL` or `\p{^Greek}`, or returns `undefined` if no class begins here. */
export function readClassEscape(cursor: Cursor, ignoreCase: boolean): CodePoints | undefined {
  const start = cursor.at;
  const letter = cursor.match(/\\([dswDSW])/y)?.[1];
  if (letter !== undefined) {
    const set = letterClasses.get(letter.toLowerCase()) ?? [];
    return applySign(set, letter === letter.toUpperCase(), ignoreCase);
  }
  const property = cursor.match(/\\([pP])(?:\{(\^?)([^}]*)\}|([^{]))/suy);
  if (property === null) {
    if (!cursor.hasNext('\\p') && !cursor.hasNext('\\P')) return undefined;
    return refuse('bad-pattern', start, start + 2, 'the Unicode class has no name', help);
  }
  const name = property[3] ?? property[4] ?? '';
  const negated = (property[1] === 'P') !== (property[2] === '^');
  const set = findUnicodeClass(name);
  if (set === undefined) {
    const near = suggestClass(name);
    const instead = near === undefined ? help : `write \`\\p{${near}}\``;
    refuse('bad-pattern', start, cursor.at, `unknown Unicode class \`${name}\``, instead);
  }
  return applySign(set, negated, ignoreCase);
}

/** The equivalent class for a name of another engine: `Script=Greek`, `IsGreek`, `Alphabetic`. */
function suggestClass(name: string): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[\s_-]/g, '');
  const value = plain(name.replace(/^.*[=:]/s, ''));
  const wanted = [value, value.replace(/^(?:is|in)/, '')];
  const names = [...listUnicodeClassNames(), ...listNewerClassNames()];
  const matchingName = names.find((each) => wanted.includes(plain(each)));
  return (
    matchingName ?? wanted.map((each) => properties.get(each)).find((each) => each !== undefined)
  );
}

/** Binary properties and POSIX names, with the most similar category. */
const properties: ReadonlyMap<string, string> = new Map([
  ['alphabetic', 'L'],
  ['alpha', 'L'],
  ['lowercase', 'Ll'],
  ['lower', 'Ll'],
  ['uppercase', 'Lu'],
  ['upper', 'Lu'],
  ['whitespace', 'Z'],
  ['space', 'Z'],
  ['latn', 'Latin'],
  ['grek', 'Greek'],
  ['cyrl', 'Cyrillic'],
  ['hani', 'Han'],
  ['arab', 'Arabic'],
  ['hebr', 'Hebrew'],
]);

const help = 'write a category such as `\\pL` or `\\p{Lu}`, or a script such as `\\p{Greek}`';

/** Reads `[:alpha:]` in brackets, or returns `undefined` if none begins here. */
export function readNamedClass(cursor: Cursor, ignoreCase: boolean): CodePoints | undefined {
  const start = cursor.at;
  const match = cursor.match(/\[:(.*?):\]/sy);
  if (match === null) return undefined;
  const name = (match[1] ?? '').replace(/^\^/, '');
  const set = namedClasses.get(name);
  if (set === undefined) {
    refuse(
      'bad-pattern',
      start,
      cursor.at,
      `unknown class \`[:${name}:]\``,
      `the classes are ${[...namedClasses.keys()].map((known) => `\`${known}\``).join(', ')}`,
    );
  }
  return applySign(set, name !== match[1], ignoreCase);
}

function applySign(set: CodePoints, negated: boolean, ignoreCase: boolean): CodePoints {
  const wholePointRanges = ignoreCase ? foldCase(set) : set;
  return negated ? complement(wholePointRanges) : wholePointRanges;
}

/** Reads an escaped code point: `\n`, `\x{1F600}`, `\.`. */
export function readEscape(cursor: Cursor): number {
  const start = cursor.at;
  const octal = cursor.match(/\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/y)?.[1];
  if (octal !== undefined) return Number.parseInt(octal, 8);
  const hex = cursor.match(/\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})/y);
  if (hex !== null) return readHex(hex[1] ?? hex[2] ?? '', start, cursor.at);
  cursor.take();
  if (cursor.done) {
    return refuse('bad-pattern', start, cursor.at, 'a backslash at the end escapes nothing');
  }
  const character = cursor.take();
  const control = controls.get(character);
  if (control !== undefined) return control;
  if (character <= '\x7f' && !/[A-Za-z0-9]/.test(character)) return readCodePoint(character);
  return refuseEscape(character, start, cursor.at);
}

function readHex(hex: string, start: number, end: number): number {
  const codePoint = Number.parseInt(hex, 16);
  if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff)) {
    refuse('bad-pattern', start, end, `\`U+${hex.toUpperCase()}\` is not a character`);
  }
  return codePoint;
}

function refuseEscape(character: string, start: number, end: number): never {
  if (/[1-9kg]/.test(character)) {
    const why = 'a back-reference cannot be matched in one pass over the string';
    refuse('unsupported-pattern', start, end, why, 'repeat the pattern of the group here');
  }
  if (character === 'C') {
    const why = '`\\C` matches a single byte, which can be part of a character';
    refuse('unsupported-pattern', start, end, why, 'write `(?s:.)` for any character');
  }
  if (character === 'Z' || character === 'G') {
    const why = `\`\\${character}\` has no meaning in RE2`;
    refuse('unsupported-pattern', start, end, why, 'write `\\z` for the end of the string');
  }
  refuse(
    'bad-pattern',
    start,
    end,
    `\`\\${character}\` is not a valid escape`,
    instead.get(character),
  );
}

/** Help texts for escapes of other engines. */
const instead: ReadonlyMap<string, string> = new Map([
  ['u', 'write the code point as `\\x{1F600}`'],
  ['U', 'write the code point as `\\x{1F600}`'],
  ['c', 'write the control character as `\\x1B`'],
  ['e', 'write `\\x1B`'],
  ['h', 'write `[ \\t]`'],
  ['H', 'write `[^ \\t]`'],
  ['R', 'write `(?:\\r\\n|[\\n\\r])`'],
  ['N', 'write `.`, without the flag `s`'],
  ['X', 'write `(?s:.)` for any character'],
  ['K', 'remove it: only whether the pattern matches counts'],
  ['E', '`\\E` ends a `\\Q`, and there is none'],
]);
