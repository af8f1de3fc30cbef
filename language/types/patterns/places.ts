// What is remembered of the text before a place, and seen of the text behind it, to decide the
// assertions of a pattern: small numbers, so that automata can carry them in their states.

import { type CodePoints, has, only } from './code-points.ts';
import { codePointOf } from './cursor.ts';
import { wordCharacters } from './regex-escapes.ts';
import type { Assertion } from './tree.ts';

export interface Places {
  /** Before the first code point. */
  readonly start: number;
  readonly after: (before: number, codePoint: number) => number;
  /** Whether `after` asks for what was before it. */
  readonly remembers: boolean;
  /** undefined: the text ends. */
  readonly ahead: (codePoint: number | undefined) => number;
  readonly holds: (assertion: Assertion, before: number, ahead: number) => boolean;
  /** Code points that differ in `after` or `ahead` lie in different ones of these. */
  readonly splits: readonly CodePoints[];
}

const [border, line, word, other] = [0, 1, 2, 3];
const newline = codePointOf('\n');

function kindOf(codePoint: number | undefined): number {
  if (codePoint === undefined) return border;
  if (codePoint === newline) return line;
  return has(wordCharacters, codePoint) ? word : other;
}

export const regexPlaces: Places = {
  start: border,
  remembers: false,
  after: (_, codePoint) => kindOf(codePoint),
  ahead: kindOf,
  splits: [only(newline), wordCharacters],
  holds: (assertion, before, ahead) => {
    switch (assertion) {
      case 'text begins':
        return before === border;
      case 'line begins':
        return before === border || before === line;
      case 'text ends':
        return ahead === border;
      case 'line ends':
        return ahead === border || ahead === line;
      case 'word border':
        return (before === word) !== (ahead === word);
      case 'no word border':
        return (before === word) === (ahead === word);
      case 'segment counts':
        return true;
    }
  },
};

const dot = codePointOf('.');
/** Up to two dots of a segment are counted; anything else is a name. */
const name = 3;

/** A segment counts when it is not empty, `.` or `..`. */
export function segmentPlaces(separator: number): Places {
  return {
    start: 0,
    remembers: true,
    after: (before, codePoint) =>
      codePoint === separator ? 0 : codePoint === dot && before < name ? before + 1 : name,
    ahead: () => 0,
    splits: [only(separator), only(dot)],
    holds: (assertion, before) => assertion !== 'segment counts' || before === name,
  };
}
