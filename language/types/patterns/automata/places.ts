// The context of a position, which decides the assertions of a pattern: a summary of the text before
// it, and the code point after it, as small numbers that can be part of the states of automata.

import { readCodePoint } from '../cursor.ts';
import { wordCharacters } from '../regex/regex-escapes.ts';
import type { Assertion } from '../tree.ts';
import { type CodePoints, has, makeSingleCodePoint } from '../unicode/code-points.ts';

export interface PositionContext {
  /** The summary of the empty text. */
  readonly start: number;
  readonly after: (before: number, codePoint: number) => number;
  /** Whether `after` depends on `before`. */
  readonly remembers: boolean;
  /** The value of the next code point; undefined at the end of the text. */
  readonly ahead: (codePoint: number | undefined) => number;
  readonly holds: (assertion: Assertion, before: number, ahead: number) => boolean;
  /** Sets that separate all code points with different results of `after` or `ahead`. */
  readonly splits: readonly CodePoints[];
}

const [boundary, line, word, other] = [0, 1, 2, 3];
const newline = readCodePoint('\n');

function classifyCharacter(codePoint: number | undefined): number {
  if (codePoint === undefined) return boundary;
  if (codePoint === newline) return line;
  return has(wordCharacters, codePoint) ? word : other;
}

export const regexPlaces: PositionContext = {
  start: boundary,
  remembers: false,
  after: (_, codePoint) => classifyCharacter(codePoint),
  ahead: classifyCharacter,
  splits: [makeSingleCodePoint(newline), wordCharacters],
  holds: (assertion, before, ahead) => {
    switch (assertion) {
      case 'text begins':
        return before === boundary;
      case 'line begins':
        return before === boundary || before === line;
      case 'text ends':
        return ahead === boundary;
      case 'line ends':
        return ahead === boundary || ahead === line;
      case 'word boundary':
        return (before === word) !== (ahead === word);
      case 'no word boundary':
        return (before === word) === (ahead === word);
      case 'segment counts':
        return true;
    }
  },
};

const dot = readCodePoint('.');
/** The summary of a segment: 0 to 2 for that many dots, or this value for any other text. */
const name = 3;

/** Places for patterns of segments: a segment counts if it is not empty, `.` or `..`. */
export function createSegmentContext(separator: number): PositionContext {
  return {
    start: 0,
    remembers: true,
    after: (before, codePoint) =>
      codePoint === separator ? 0 : codePoint === dot && before < name ? before + 1 : name,
    ahead: () => 0,
    splits: [makeSingleCodePoint(separator), makeSingleCodePoint(dot)],
    holds: (assertion, before) => assertion !== 'segment counts' || before === name,
  };
}
