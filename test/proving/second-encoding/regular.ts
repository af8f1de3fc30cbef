// Regular expressions of SMT-LIB for patterns, paths and SPIFFE IDs, as the reference of the language describes them.

import { Notices } from '../../../language/types/patterns/notice.ts';
import type { PatternSource } from '../../../language/types/patterns/pattern-source.ts';
import { parseRegex } from '../../../language/types/patterns/regex/regex.ts';
import type { PatternTree } from '../../../language/types/patterns/tree.ts';
import { lastCharacter, type Term, text } from './smt.ts';

/** A construct that this encoding does not have. */
export class NotCovered extends Error {
  readonly construct: string;

  constructor(construct: string) {
    super(construct);
    this.construct = construct;
  }
}

type Ranges = readonly (readonly [first: number, last: number])[];
const everything = 're.all';

function exactly(value: string): Term {
  return `(str.to_re ${text(value)})`;
}

function inOrder(...parts: readonly Term[]): Term {
  const [only] = parts;
  if (only === undefined) return exactly('');
  return parts.length === 1 ? only : `(re.++ ${parts.join(' ')})`;
}

export function writeUnion(...choices: readonly Term[]): Term {
  const [only] = choices;
  if (only === undefined) return 're.none';
  return choices.length === 1 ? only : `(re.union ${choices.join(' ')})`;
}

export function star(part: Term): Term {
  return `(re.* ${part})`;
}

function plus(part: Term): Term {
  return `(re.+ ${part})`;
}

function optional(part: Term): Term {
  return `(re.opt ${part})`;
}

function without(part: Term, ...others: readonly Term[]): Term {
  return `(re.diff ${part} ${writeUnion(...others)})`;
}

export function range(first: number, last: number): Term {
  const end = Math.min(last, lastCharacter);
  if (first > end) return 're.none';
  const of = (code: number) => text(String.fromCodePoint(code));
  return first === end ? `(str.to_re ${of(first)})` : `(re.range ${of(first)} ${of(end)})`;
}

function characters(ranges: Ranges): Term {
  return writeUnion(
    ...ranges.map(([first, last]) => range(first, last)).filter((each) => each !== 're.none'),
  );
}

/** All characters but these. */
function allBut(excluded: Ranges): Ranges {
  const sorted = [...excluded].sort((a, b) => a[0] - b[0]);
  const kept: [number, number][] = [];
  let next = 0;
  for (const [first, last] of sorted) {
    if (first > next) kept.push([next, first - 1]);
    next = Math.max(next, last + 1);
  }
  return next > lastCharacter ? kept : [...kept, [next, lastCharacter]];
}

function listCodes(value: string): Ranges {
  return [...value].map((each) => {
    const code = each.codePointAt(0) ?? 0;
    return [code, code] as const;
  });
}

export function writeClass(value: string): Term {
  return characters(listCodes(value));
}

function writeComplement(value: string): Term {
  return characters(allBut(listCodes(value)));
}

// --- patterns ----------------------------------------------------------------------------------

export function writePattern(source: PatternSource): Term {
  switch (source.language) {
    case 'regex': {
      const tree = anchorTree(parseRegex(source.text, new Notices(source.text)), source.searches);
      return tree;
    }
    case 'glob':
      return new Glob(source.text, source.separator, source.ignoringCase).read();
    case 'spiffe':
      return spiffePattern(source.text);
  }
}

/** A tree of the parser, whose `^` and `$` can only be at its ends. */
function anchorTree(tree: PatternTree, searches: boolean): Term {
  if (tree.kind === 'choice')
    return writeUnion(...tree.choices.map((each) => anchorTree(each, searches)));
  const parts = tree.kind === 'sequence' ? [...flat(tree.parts)] : [tree];
  let [fromStart, toEnd] = [!searches, !searches];
  while (isAssertion(parts[0], 'text begins')) {
    parts.shift();
    fromStart = true;
  }
  while (isAssertion(parts.at(-1), 'text ends')) {
    parts.pop();
    toEnd = true;
  }
  const own = parts.map(regular);
  return inOrder(...(fromStart ? [] : [everything]), ...own, ...(toEnd ? [] : [everything]));
}

function* flat(parts: readonly PatternTree[]): Generator<PatternTree> {
  for (const part of parts) {
    if (part.kind === 'sequence') yield* flat(part.parts);
    else yield part;
  }
}

function isAssertion(tree: PatternTree | undefined, assertion: string): boolean {
  return tree?.kind === 'assert' && tree.assertion === assertion;
}

function regular(tree: PatternTree): Term {
  switch (tree.kind) {
    case 'set':
      return characters(tree.codePoints);
    case 'sequence':
      return inOrder(...tree.parts.map(regular));
    case 'choice':
      return writeUnion(...tree.choices.map(regular));
    case 'assert':
      throw new NotCovered('positions in regular expressions');
    case 'repeat': {
      const part = regular(tree.part);
      if (tree.max !== undefined) return `((_ re.loop ${tree.min} ${tree.max}) ${part})`;
      if (tree.min === 0) return star(part);
      return tree.min === 1 ? plus(part) : inOrder(`((_ re.^ ${tree.min}) ${part})`, star(part));
    }
  }
}

interface Piece {
  readonly term: Term;
  readonly isWild: boolean;
}

/** Reads a glob segment by segment. */
class Glob {
  readonly #text: string;
  readonly #separator: string;
  readonly #ignoresCase: boolean;
  #at = 0;

  constructor(source: string, separator: string, ignoresCase: boolean) {
    this.#text = source;
    this.#separator = separator;
    this.#ignoresCase = ignoresCase;
  }

  read(): Term {
    const segments: (Term | '**')[] = [];
    do segments.push(this.#segment());
    while (this.#skip(this.#separator));
    return joinSegments(segments, this.#separator, this.#separator === '/');
  }

  #segment(): Term | '**' {
    const end = this.#at + 2;
    const ends = end === this.#text.length || this.#text[end] === this.#separator;
    if (this.#text.startsWith('**', this.#at) && ends) {
      this.#at = end;
      return '**';
    }
    const { term, isWild } = this.#pieces('');
    return isWild ? without(term, exactly(''), exactly('.'), exactly('..')) : term;
  }

  #pieces(ends: string): Piece {
    const pieces: Piece[] = [];
    while (this.#at < this.#text.length) {
      const next = this.#text[this.#at] as string;
      if (next === this.#separator || ends.includes(next)) break;
      pieces.push(this.#piece());
    }
    return {
      term: inOrder(...pieces.map(({ term }) => term)),
      isWild: pieces.some(({ isWild }) => isWild),
    };
  }

  #piece(): Piece {
    if (this.#skip('*')) return { term: star(writeComplement(this.#separator)), isWild: true };
    if (this.#skip('?')) return { term: writeComplement(this.#separator), isWild: true };
    if (this.#skip('[')) return { term: this.#class(), isWild: true };
    if (!this.#skip('{'))
      return { term: characters(this.#foldCase(this.#character())), isWild: false };
    const choices = [this.#pieces(',}')];
    while (this.#skip(',')) choices.push(this.#pieces(',}'));
    this.#at += 1;
    if (choices.some(({ isWild }) => isWild !== choices[0]?.isWild))
      return {
        term: writeUnion(...choices.map(({ term }) => term)),
        isWild: true,
      };
    return {
      term: writeUnion(...choices.map(({ term }) => term)),
      isWild: choices[0]?.isWild === true,
    };
  }

  #class(): Term {
    const isNegated = this.#skip('!');
    const listed: (readonly [number, number])[] = [];
    while (!this.#skip(']')) {
      const first = this.#character();
      const isRange = this.#text[this.#at] === '-' && this.#text[this.#at + 1] !== ']';
      if (isRange) this.#at += 1;
      const last = isRange ? this.#character() : first;
      if (this.#ignoresCase)
        for (let code = first; code <= last; code += 1) listed.push(...this.#foldCase(code));
      else listed.push([first, last]);
    }
    const [separator] = listCodes(this.#separator);
    if (isNegated) return characters(allBut([...listed, separator as readonly [number, number]]));
    return characters(listed);
  }

  #character(): number {
    this.#skip('\\');
    const code = this.#text.codePointAt(this.#at) ?? 0;
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }

  #foldCase(code: number): Ranges {
    if (!this.#ignoresCase) return [[code, code]];
    return listFolds(code).map((each) => [each, each] as const);
  }

  #skip(part: string): boolean {
    const found = this.#text.startsWith(part, this.#at);
    if (found) this.#at += part.length;
    return found;
  }
}

const folds = new Map<number, readonly number[]>();

/** The characters that equal one by simple case folding. */
function listFolds(code: number): readonly number[] {
  const known = folds.get(code);
  if (known !== undefined) return known;
  const own = String.fromCodePoint(code).replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
  const pattern = new RegExp(`^${own}$`, 'iu');
  const found: number[] = [];
  for (let each = 0; each <= 0x1ffff; each += 1)
    if ((each < 0xd800 || each > 0xdfff) && pattern.test(String.fromCodePoint(each)))
      found.push(each);
  folds.set(code, found);
  return found;
}

/** Segments with the separator between them; `**` are whole segments. */
function joinSegments(
  segments: readonly (Term | '**')[],
  separator: string,
  isRooted: boolean,
): Term {
  const between = exactly(separator);
  const any = anySegment(separator);
  const parts: Term[] = [];
  segments.forEach((segment, index) => {
    const isLast = index === segments.length - 1;
    if (segment === '**') {
      if (index === 0 && isRooted) parts.push(optional(between));
      parts.push(star(inOrder(any, between)));
      if (isLast) parts.push(any);
    } else parts.push(segment, ...(isLast ? [] : [between]));
  });
  return inOrder(...parts);
}

/** A segment that is not empty, `.` or `..`. */
function anySegment(separator: string): Term {
  if (separator === '.') return plus(writeComplement('.'));
  const [all, noDot] = [writeComplement(separator), writeComplement(`${separator}.`)];
  const dot = exactly('.');
  return writeUnion(
    inOrder(noDot, star(all)),
    inOrder(dot, noDot, star(all)),
    inOrder(dot, dot, plus(all)),
  );
}

function spiffePattern(source: string): Term {
  const [, , domain = '', ...path] = source.split('/').slice(0);
  const head = exactly(`spiffe://${domain}`);
  if (path.length === 0) return head;
  const segments = path.map((segment) => {
    if (segment === '**') return '**';
    const parts = segment.split('*').map((each) => (each === '' ? [] : [exactly(each)]));
    const term = inOrder(
      ...parts.flatMap((part, index) =>
        index === 0 ? part : [star(writeComplement('/')), ...part],
      ),
    );
    return segment.includes('*') ? without(term, exactly(''), exactly('.'), exactly('..')) : term;
  });
  return inOrder(head, exactly('/'), joinSegments(segments, '/', false));
}

// --- strings of a form ---------------------------------------------------------------------------

const inSegment = writeUnion(
  range(0x61, 0x7a),
  range(0x41, 0x5a),
  range(0x30, 0x39),
  writeClass('._-'),
);

/** Trust domains, whatever their length is. */
export const trustDomains: Term = plus(
  writeUnion(range(0x61, 0x7a), range(0x30, 0x39), writeClass('._-')),
);

const noDotInSegment = writeUnion(
  range(0x61, 0x7a),
  range(0x41, 0x5a),
  range(0x30, 0x39),
  writeClass('_-'),
);

/** Paths of SPIFFE IDs: segments that are not empty, `.` or `..`. */
export const spiffePaths: Term = star(
  inOrder(
    exactly('/'),
    writeUnion(
      inOrder(noDotInSegment, star(inSegment)),
      inOrder(exactly('.'), noDotInSegment, star(inSegment)),
      inOrder(exactly('..'), plus(inSegment)),
    ),
  ),
);

/** A few paths of SPIFFE IDs. */
export const shortPaths: Term = `((_ re.loop 0 2) ${inOrder(
  exactly('/'),
  `((_ re.loop 1 2) ${writeUnion(range(0x61, 0x7a), range(0x41, 0x5a))})`,
)})`;

/** SPIFFE IDs, whatever their length is. */
export const spiffeIds: Term = inOrder(exactly('spiffe://'), trustDomains, spiffePaths);

/** Characters that a path in normal form does not have. */
const ambiguous: Ranges = [
  [0, 0x1f],
  [0x7f, 0x7f],
  ...listCodes('\\\u2024\u2025\ufe30\ufe52\ufe68\ufe6a\uff05\uff0e\uff0f\uff3c'),
];

const hexadecimal = writeUnion(range(0x30, 0x39), range(0x41, 0x46), range(0x61, 0x66));

/** A percent sign and two hexadecimal digits anywhere. */
export const encoded: Term = inOrder(
  everything,
  exactly('%'),
  hexadecimal,
  hexadecimal,
  everything,
);

export const driveLetter: Term = inOrder(
  writeUnion(range(0x41, 0x5a), range(0x61, 0x7a)),
  exactly(':'),
  everything,
);

/** Segments that are not empty, `.` or `..`, without ambiguous characters; `refused`: further ones. */
export function writeSegments(refused: string): Term {
  const own = listCodes(refused);
  const all = characters(allBut([...ambiguous, ...listCodes('/'), ...own]));
  const noDot = characters(allBut([...ambiguous, ...listCodes('/.'), ...own]));
  const dot = own.some(([code]) => code === 0x2e) ? 're.none' : exactly('.');
  return writeUnion(
    inOrder(noDot, star(all)),
    inOrder(dot, noDot, star(all)),
    inOrder(dot, dot, plus(all)),
  );
}

const pathSegment = writeSegments('');

/** Paths in normal form, but for drive letters and encoded characters. */
export const pathShapes: Term = writeUnion(
  exactly('/'),
  plus(inOrder(exactly('/'), pathSegment)),
  inOrder(pathSegment, star(inOrder(exactly('/'), pathSegment))),
);

/** One slash at the end, after another character. */
export const endsWithSlash: Term = inOrder(everything, writeComplement('/'), exactly('/'));
