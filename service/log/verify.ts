// Verifies the hash chain of a log: takes its lines one by one, and finds what was changed since they were written.

import { chainStart, digestOfLine, linkOf } from './chain.ts';

/** `incomplete`: a line that was being written when the process stopped; it does not break the chain. */
export type LogProblem = 'broken_link' | 'not_an_entry' | 'incomplete';

export interface Verified {
  readonly entries: number;
  /** The digest of the last entry, which a later verification can be compared with. */
  readonly last: string;
  /** Whether an entry has the digest that was noted earlier; true if none was. */
  readonly isHeadFound: boolean;
}

export interface Verifier {
  /** Takes the next line without its line feed, and returns what is wrong with it. */
  readonly add: (line: string) => LogProblem | undefined;
  readonly end: () => Verified;
}

/**
 * The first entry may continue a file that is not there. `head`: the digest of an entry that was the last one
 * earlier.
 */
export function createVerifier(head?: string): Verifier {
  let entries = 0;
  let last = chainStart;
  let isHeadFound = head === undefined || head === chainStart;
  return {
    add: (line) => {
      if (line === '') return undefined;
      const link = linkOf(line);
      if (link === undefined || !isJson(line)) {
        return line.endsWith('}') ? 'not_an_entry' : 'incomplete';
      }
      const isBroken = entries > 0 && link !== last;
      last = digestOfLine(line);
      isHeadFound ||= last === head;
      entries += 1;
      return isBroken ? 'broken_link' : undefined;
    },
    end: () => ({ entries, last, isHeadFound }),
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
