// Parses globs to trees. `*` and `?` match within a segment, `**` matches whole segments (and the root, if the
// glob begins with it), `[a-z]` and `[!a-z]` are classes, `{a,b}` are alternatives, and `\` makes the next
// character literal.

import { Cursor, readCodePoint } from '../cursor.ts';
import type { Notices } from '../notice.ts';
import { refuse } from '../problem.ts';
import { makeLiteralTree, makeRepeatTree, type PatternTree } from '../tree.ts';
import {
  type CodePointRange,
  type CodePoints,
  complement,
  createCodePoints,
  makeSingleCodePoint,
  subtractCodePoints,
} from '../unicode/code-points.ts';
import { foldCase } from '../unicode/unicode.ts';
import {
  type GlobSegment,
  joinSegments,
  listSegmentCharacters,
  makePartChoice,
  makePartSequence,
  matchExactly,
  matchWildcard,
  rest,
  type SegmentPart,
} from './segments.ts';

const depthLimit = 100;
/** A text that begins with this separator is an absolute path. Other separators have no root. */
const rootSeparator = '/';

export interface GlobOptions {
  /** A single character. */
  readonly separator: string;
  readonly ignoringCase: boolean;
}

/** Whether a text is a valid separator: an ASCII punctuation character that is not glob syntax. */
export function isSeparator(text: string): boolean {
  return /^[!-/:-@[-`{-~]$/.test(text) && !/[*?[\]{},\\!]/.test(text);
}

/** Parses a glob; `notices` collects notation of other glob dialects. */
export function parseGlob(text: string, options: GlobOptions, notices: Notices): PatternTree {
  const { separator } = options;
  const segments = new GlobReader(text, options, notices).read();
  return joinSegments(segments, readCodePoint(separator), { rooted: separator === rootSeparator });
}

class GlobReader {
  readonly #cursor: Cursor;
  readonly #options: GlobOptions;
  readonly #within: CodePoints;
  readonly #notices: Notices;
  /** The offsets of alternatives that are not closed yet. */
  readonly #open: number[] = [];

  constructor(text: string, options: GlobOptions, notices: Notices) {
    this.#cursor = new Cursor(text);
    this.#options = options;
    this.#notices = notices;
    this.#within = listSegmentCharacters(readCodePoint(options.separator));
  }

  read(): readonly GlobSegment[] {
    this.#notice('start of a glob');
    const segments = [this.#segment()];
    while (this.#cursor.skip(this.#options.separator)) segments.push(this.#segment());
    return segments;
  }

  #segment(): GlobSegment {
    const start = this.#cursor.at;
    if (this.#cursor.skip('**')) {
      if (this.#cursor.done || this.#cursor.hasNext(this.#options.separator)) return rest;
      this.#cursor.at = start;
    }
    return this.#pieces('');
  }

  /** Reads up to the end of the segment, or one of these characters. */
  #pieces(ends: string): SegmentPart {
    const pieces: SegmentPart[] = [];
    while (!this.#cursor.done && !this.#cursor.hasNext(this.#options.separator)) {
      if (ends.includes(this.#cursor.peek())) break;
      pieces.push(this.#piece());
    }
    return makePartSequence(pieces);
  }

  #piece(): SegmentPart {
    const cursor = this.#cursor;
    const start = cursor.at;
    this.#notice('glob');
    if (cursor.skip('**')) {
      const why = '`**` must be a whole segment';
      refuse('bad-pattern', start, cursor.at, why, 'write `*` within a segment');
    }
    if (cursor.skip('*')) return matchWildcard(makeRepeatTree(makeLiteralTree(this.#within), 0));
    if (cursor.skip('?')) return matchWildcard(makeLiteralTree(this.#within));
    if (cursor.skip('[')) return matchWildcard(makeLiteralTree(this.#brackets(start)));
    if (cursor.skip('{')) return this.#alternatives(start);
    if (cursor.hasNext('}') || cursor.hasNext(']')) {
      const found = cursor.take();
      refuse(
        'bad-pattern',
        start,
        cursor.at,
        `\`${found}\` has no matching opening bracket`,
        `write \`\\${found}\``,
      );
    }
    return matchExactly(this.#applyCase(makeSingleCodePoint(this.#character())));
  }

  /** Looks for foreign notation, unless the separator could be part of it. */
  #notice(place: 'glob' | 'start of a glob'): void {
    if ('()|@+$^%'.includes(this.#options.separator)) return;
    this.#notices.look(place, this.#cursor.at);
  }

  #applyCase(set: CodePoints): CodePoints {
    return this.#options.ignoringCase ? foldCase(set) : set;
  }

  #character(): number {
    const start = this.#cursor.at;
    if (!this.#cursor.skip('\\')) return readCodePoint(this.#cursor.take());
    const character = this.#cursor.take();
    if (character === '' || /[A-Za-z0-9]/.test(character)) {
      const why = `\`\\${character}\` is not a valid escape`;
      const help = 'in a glob, `\\` makes a wildcard literal: `\\*`';
      refuse('bad-pattern', start, this.#cursor.at, why, help);
    }
    return readCodePoint(character);
  }

  // --- alternatives ------------------------------------------------------------------------------

  #alternatives(start: number): SegmentPart {
    const cursor = this.#cursor;
    this.#open.push(start);
    if (this.#open.length > depthLimit) {
      const why = `alternatives are nested more than ${depthLimit} levels deep`;
      refuse('pattern-too-large', start, start + 1, why);
    }
    const pieces = [this.#pieces(',}')];
    while (cursor.skip(',')) pieces.push(this.#pieces(',}'));
    if (cursor.done) {
      const [outermost = start] = this.#open;
      refuse('bad-pattern', outermost, outermost + 1, 'the brace is not closed', 'write `\\{`');
    }
    if (!cursor.skip('}')) {
      const why = 'an alternative cannot contain the separator';
      const help = 'write two patterns: `x matches … or x matches …`';
      refuse('bad-pattern', cursor.at, cursor.at + this.#options.separator.length, why, help);
    }
    this.#open.pop();
    return makePartChoice(pieces);
  }

  // --- classes -----------------------------------------------------------------------------------

  #brackets(start: number): CodePoints {
    const cursor = this.#cursor;
    if (cursor.hasNext('^')) {
      const why = 'a class of a glob is negated with `!`';
      refuse('bad-pattern', cursor.at, cursor.at + 1, why, 'write `[!a-z]`, or `[\\^]` for itself');
    }
    const posix = cursor.match(/\[?:\^?\w+:\]/y)?.[0];
    if (posix !== undefined) {
      const why = 'a glob has no named classes';
      refuse('bad-pattern', start, cursor.at, why, 'write the characters: `[A-Za-z]`, `[0-9]`');
    }
    const negated = cursor.skip('!');
    this.#refuseSeparatorAlone(start, negated);
    const ranges: CodePointRange[] = [];
    while (!cursor.skip(']')) {
      if (cursor.done) {
        refuse('bad-pattern', start, start + 1, 'the class is not closed', 'write `\\[`');
      }
      ranges.push(this.#range());
    }
    if (ranges.length === 0) {
      const help = 'write `[\\]]` for the bracket itself';
      refuse('bad-pattern', start, cursor.at, 'the class is empty', help);
    }
    const set = this.#applyCase(createCodePoints(ranges));
    return subtractCodePoints(
      negated ? complement(set) : set,
      makeSingleCodePoint(readCodePoint(this.#options.separator)),
    );
  }

  /** Reports `[/]` and `[!/]`, which match nothing, since a class excludes the separator. */
  #refuseSeparatorAlone(start: number, negated: boolean): void {
    const cursor = this.#cursor;
    const { separator } = this.#options;
    const { at } = cursor;
    if (!(cursor.skip(`${separator}]`) || cursor.skip(`\\${separator}]`))) return;
    const why = 'a class never matches the separator';
    const help = negated
      ? 'write `?` for any character except the separator'
      : `write \`${separator}\`, outside of brackets`;
    refuse('bad-pattern', negated ? start : at, negated ? cursor.at : cursor.at - 1, why, help);
  }

  #range(): CodePointRange {
    const cursor = this.#cursor;
    const start = cursor.at;
    const first = this.#classCharacter();
    const isRange = cursor.hasNext('-') && !cursor.hasNext('-]');
    if (isRange) cursor.take();
    const last = isRange ? this.#classCharacter() : first;
    if (last < first) {
      const written = cursor.text.slice(start, cursor.at);
      refuse('bad-pattern', start, cursor.at, `the range \`${written}\` ends before it begins`);
    }
    return [first, last];
  }

  #classCharacter(): number {
    const start = this.#cursor.at;
    const codePoint = this.#character();
    if (codePoint === readCodePoint(this.#options.separator)) {
      const why = 'a class never matches the separator';
      refuse('bad-pattern', start, this.#cursor.at, why, 'remove it');
    }
    return codePoint;
  }
}
