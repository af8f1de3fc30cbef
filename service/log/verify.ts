// Verifies the hash chain of a log: takes its lines, and returns what was changed since they were written.

import { chainStart, digestOfLine, linkOf } from './chain.ts';

export interface LogProblem {
  /** From 1, over all files. */
  readonly line: number;
  readonly kind: 'broken_link' | 'not_an_entry' | 'incomplete';
}

export interface Verification {
  readonly entries: number;
  /** The digest before the first line: that of the start, or of the last line of a file that is not here. */
  readonly from: string | undefined;
  /** The digest of the last entry, which a later verification can be compared with. */
  readonly head: string;
  readonly problems: readonly LogProblem[];
}

/**
 * `lines`: without line feeds; the last one is empty if the log ends with a line feed. A line that a crash left
 * incomplete is a problem, but does not break the chain.
 */
export function verifyLog(lines: Iterable<string>): Verification {
  let entries = 0;
  let from: string | undefined;
  let head = chainStart;
  let number = 0;
  const problems: LogProblem[] = [];
  for (const line of lines) {
    number += 1;
    if (line === '') continue;
    const link = linkOf(line);
    if (link === undefined || !isJson(line)) {
      problems.push({ line: number, kind: line.endsWith('}') ? 'not_an_entry' : 'incomplete' });
      continue;
    }
    from ??= link;
    if (entries > 0 && link !== head) problems.push({ line: number, kind: 'broken_link' });
    head = digestOfLine(line);
    entries += 1;
  }
  return { entries, from, head, problems };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
