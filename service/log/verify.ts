// Verifies the hash chain of a log: takes its lines one by one, and finds what was changed since they were written. A
// chain alone is consistent also if all of it was computed again: marks that were noted elsewhere show that it was not.

import { chainStart, digestOfLine, findLinePlace, isBeginning, readLink } from './chain.ts';

/**
 * `no_beginning`: the first line is linked to one that is not there, and not to the anchor. `incomplete`: a line that was
 * being written when the process stopped; it does not break the chain.
 */
export type LogProblem = 'no_beginning' | 'broken_link' | 'not_an_entry' | 'incomplete';

/** A note about a line that was made when it was the last one. */
export interface LogMark {
  /** Its digest. */
  readonly last: string;
  /** Its number. */
  readonly number?: number;
  /** The id of the log. */
  readonly log?: string;
}

export interface VerifierOptions {
  /** The digest of the line before the first one. Default: the first line begins the log. */
  readonly anchor?: string | undefined;
  /** Lines that must be there; all but the latest may be before the anchor. */
  readonly marks?: readonly LogMark[];
}

export interface Verified {
  readonly entries: number;
  /** The digest of the last entry. */
  readonly last: string;
  /** The number of the first and of the last entry, or `undefined` if an earlier version wrote them. */
  readonly first: number | undefined;
  readonly number: number | undefined;
  /** The id of the log, or `undefined` if an earlier version wrote it. */
  readonly log: string | undefined;
  /** The marks whose lines are there. */
  readonly found: readonly LogMark[];
  /** The marks whose lines are not there, are others, or are of another log. */
  readonly missing: readonly LogMark[];
  /** The marks of this log whose lines are before the anchor, so that nothing is known about them. */
  readonly uncompared: readonly LogMark[];
}

export interface Verifier {
  /** Takes the bytes of the next line without its line feed, and returns what is wrong with it. */
  readonly add: (line: string | Uint8Array) => LogProblem | undefined;
  readonly end: () => Verified;
}

export function createVerifier({ anchor, marks = [] }: VerifierOptions = {}): Verifier {
  const beginning = anchor ?? chainStart;
  const listWanted = (digest: string) => marks.filter((mark) => mark.last === digest);
  const digests = new Set(marks.map((mark) => mark.last));
  const latest = Math.max(...marks.map((mark) => mark.number ?? 0));
  const logMarks = new Set<LogMark>();
  let entries = 0;
  let last = beginning;
  let first: number | undefined;
  let number: number | undefined;
  let log: string | undefined;
  return {
    add: (bytes) => {
      const line = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8');
      if (line === '') return undefined;
      const link = readLink(line);
      const place = findLinePlace(line);
      if (link === undefined || place === undefined) {
        return isBeginning(line) ? 'incomplete' : 'not_an_entry';
      }
      const isFirst = entries === 0;
      const isLinked = link === last && isNext(place.number);
      const isSameLog = log === undefined || place.log === log;
      entries += 1;
      // The bytes, since several of them can be decoded to one text.
      last = digestOfLine(bytes);
      number = place.number;
      log = place.log ?? log;
      if (isFirst) first = number;
      if (digests.has(last))
        for (const mark of listWanted(last)) if (isMarked(mark)) logMarks.add(mark);
      if (isLinked && isSameLog) return undefined;
      return isFirst ? 'no_beginning' : 'broken_link';
    },
    end: () => {
      for (const mark of listWanted(beginning)) if (isOfAnchor(mark)) logMarks.add(mark);
      const others = marks.filter((mark) => !logMarks.has(mark));
      const uncompared = others.filter(isBeforeAnchor);
      const missing = others.filter((mark) => !uncompared.includes(mark));
      return { entries, last, first, number, log, found: [...logMarks], missing, uncompared };
    },
  };

  /** A line of an earlier version has no number. */
  function isNext(next: number | undefined): boolean {
    if (entries === 0) return anchor !== undefined || next === undefined || next === 1;
    return number === undefined || next === number + 1;
  }

  function isMarked(mark: LogMark): boolean {
    const isNumber = mark.number === undefined || number === undefined || mark.number === number;
    return isNumber && isOfLog(mark);
  }

  function isOfLog(mark: LogMark): boolean {
    return mark.log === undefined || log === undefined || mark.log === log;
  }

  /** Whether a mark of the digest of the anchor is of the line before the first one. */
  function isOfAnchor(mark: LogMark): boolean {
    const isNumber = mark.number === undefined || first === undefined || mark.number === first - 1;
    return isNumber && isOfLog(mark);
  }

  /** The latest mark must be there: numbers alone prove nothing. The line of the anchor is known by its digest. */
  function isBeforeAnchor(mark: LogMark): boolean {
    const { number: of = latest } = mark;
    if (anchor === undefined || first === undefined || mark.last === anchor) return false;
    return of < first - 1 && of < latest && isOfLog(mark);
  }
}
