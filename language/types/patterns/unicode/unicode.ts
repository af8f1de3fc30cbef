// Unicode 17.0.0 data for patterns: the code points of categories and scripts, and sets closed under simple
// case folding, in which k, K and the Kelvin sign are equivalent.

import {
  type CodePointRange,
  type CodePoints,
  complement,
  createCodePoints,
  has,
  makeSingleCodePoint,
  uniteCodePoints,
} from './code-points.ts';
import { categoryRanges, foldings, scriptRanges } from './unicode.generated.ts';

const base = 36;
const decoded = new Map<string, CodePoints>();

/** The long names of general categories (UAX #44, table 12). */
const longNames: ReadonlyMap<string, string> = new Map([
  ['Letter', 'L'],
  ['Cased_Letter', 'LC'],
  ['Uppercase_Letter', 'Lu'],
  ['Lowercase_Letter', 'Ll'],
  ['Titlecase_Letter', 'Lt'],
  ['Modifier_Letter', 'Lm'],
  ['Other_Letter', 'Lo'],
  ['Mark', 'M'],
  ['Combining_Mark', 'M'],
  ['Nonspacing_Mark', 'Mn'],
  ['Spacing_Mark', 'Mc'],
  ['Enclosing_Mark', 'Me'],
  ['Number', 'N'],
  ['Decimal_Number', 'Nd'],
  ['digit', 'Nd'],
  ['Letter_Number', 'Nl'],
  ['Other_Number', 'No'],
  ['Punctuation', 'P'],
  ['punct', 'P'],
  ['Connector_Punctuation', 'Pc'],
  ['Dash_Punctuation', 'Pd'],
  ['Open_Punctuation', 'Ps'],
  ['Close_Punctuation', 'Pe'],
  ['Initial_Punctuation', 'Pi'],
  ['Final_Punctuation', 'Pf'],
  ['Other_Punctuation', 'Po'],
  ['Symbol', 'S'],
  ['Math_Symbol', 'Sm'],
  ['Currency_Symbol', 'Sc'],
  ['Modifier_Symbol', 'Sk'],
  ['Other_Symbol', 'So'],
  ['Separator', 'Z'],
  ['Space_Separator', 'Zs'],
  ['Line_Separator', 'Zl'],
  ['Paragraph_Separator', 'Zp'],
  ['Other', 'C'],
  ['Control', 'Cc'],
  ['cntrl', 'Cc'],
  ['Format', 'Cf'],
  ['Surrogate', 'Cs'],
  ['Private_Use', 'Co'],
  ['Unassigned', 'Cn'],
]);

/** Returns the class with a name such as `Lu`, `L`, `Letter`, `Greek` or `Any`, or `undefined` if there is none. */
export function findUnicodeClass(name: string): CodePoints | undefined {
  const cachedCodePoints = decoded.get(name);
  if (cachedCodePoints !== undefined) return cachedCodePoints;
  const codePoints = find(name);
  if (codePoints !== undefined) decoded.set(name, codePoints);
  return codePoints;
}

export function listUnicodeClassNames(): readonly string[] {
  const letters = [...categoryRanges.keys()].map((name) => name.slice(0, 1));
  return [...new Set(letters), ...categoryRanges.keys(), 'Cn', ...scriptRanges.keys(), 'Any'];
}

/** Further names, which not every engine with RE2's syntax supports. */
export function listNewerClassNames(): readonly string[] {
  return [...longNames.keys(), 'LC', 'ASCII', 'Assigned'];
}

function find(name: string): CodePoints | undefined {
  const ranges = categoryRanges.get(name) ?? scriptRanges.get(name);
  if (ranges !== undefined) return decode(ranges);
  const short = longNames.get(name);
  if (short !== undefined) return findUnicodeClass(short);
  if (name === 'Any') return complement([]);
  if (name === 'ASCII') return [[0, 0x7f]];
  if (name === 'Assigned') return complement(findUnicodeClass('Cn') ?? []);
  if (name === 'LC')
    return uniteCodePoints(...['Lu', 'Ll', 'Lt'].map((part) => findUnicodeClass(part) ?? []));
  if (name === 'Cn')
    return complement(uniteCodePoints(...[...categoryRanges.values()].map(decode)));
  if (name.length !== 1) return undefined;
  const parts = [...categoryRanges.keys()].filter((category) => category.startsWith(name));
  if (parts.length === 0) return undefined;
  if (name === 'C') parts.push('Cn');
  return uniteCodePoints(...parts.map((part) => findUnicodeClass(part) ?? []));
}

function parseNumbers(text: string): readonly number[] {
  return text.split(' ').map((digits) => Number.parseInt(digits, base));
}

function decode(text: string): CodePoints {
  const ranges: CodePointRange[] = [];
  const list = parseNumbers(text);
  let end = 0;
  for (let index = 0; index < list.length; index += 2) {
    const first = end + (list[index] ?? 0);
    end = first + (list[index + 1] ?? 0);
    ranges.push([first, end - 1]);
  }
  return createCodePoints(ranges);
}

/** The case variants of each code point that has some, including itself. */
let orbits: ReadonlyMap<number, readonly number[]> | undefined;

function readOrbits(): ReadonlyMap<number, readonly number[]> {
  const byTarget = new Map<number, number[]>();
  const list = parseNumbers(foldings);
  for (let index = 0; index < list.length; index += 4) {
    const [first = 0, last = 0, step = 1, distance = 0] = list.slice(index, index + 4);
    for (let from = first; from <= last; from += step) {
      const to = from + distance;
      const orbit = byTarget.get(to) ?? [to];
      orbit.push(from);
      byTarget.set(to, orbit);
    }
  }
  return new Map([...byTarget.values()].flatMap((orbit) => orbit.map((each) => [each, orbit])));
}

const cachedComplements = new WeakMap<CodePoints, CodePoints>();

const foldedByCodePoint = new Map<number, CodePoints>();

/** Returns a code point with its case variants, the same object for each call. */
export function foldCodePoint(codePoint: number): CodePoints {
  const before = foldedByCodePoint.get(codePoint);
  if (before !== undefined) return before;
  const set = foldCase(makeSingleCodePoint(codePoint));
  foldedByCodePoint.set(codePoint, set);
  return set;
}

/** Returns the set with all case variants of its members. */
export function foldCase(set: CodePoints): CodePoints {
  const before = cachedComplements.get(set);
  if (before !== undefined) return before;
  const wholePointRanges = fold(set);
  cachedComplements.set(set, wholePointRanges);
  return wholePointRanges;
}

function fold(set: CodePoints): CodePoints {
  orbits ??= readOrbits();
  const added: CodePointRange[] = [];
  for (const [codePoint, orbit] of orbits) {
    if (has(set, codePoint)) added.push(...orbit.map((each): CodePointRange => [each, each]));
  }
  return added.length === 0 ? set : uniteCodePoints(set, added);
}
