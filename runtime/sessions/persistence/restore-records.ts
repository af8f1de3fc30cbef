// Restores the records of the history across sessions from a store or from the module of another policy. What no record states is
// unknown from then on, and so restricts.

import { type HistoryEngine, readRecordId } from '../history-engine.ts';

export interface RestoredRecords {
  /** The ids of records that the policy does not need. */
  readonly unused: readonly string[];
  /** The number of those that cannot be read, or for which there is no room: then nothing is known. */
  readonly refused: number;
}

/** `texts`: those of records. Until now, what none of them states is unknown. */
export function restoreRecords(
  history: HistoryEngine,
  texts: readonly string[],
  now: number,
): RestoredRecords {
  const unused: string[] = [];
  let refused = 0;
  const restore = (text: string): void => {
    const result = history.restore(text);
    if (result === 'unused') unused.push(readRecordId(text));
    if (result === 'refused') refused += 1;
  };
  texts.filter((text) => !isHead(text)).forEach(restore);
  // Without its head, nothing is known of a term.
  if (refused === 0) texts.filter(isHead).forEach(restore);
  history.complete(now);
  return { unused, refused };
}

/** Whether it is the record of a term and not of one of its keys: the id has no key. */
function isHead(text: string): boolean {
  return readRecordId(text).length === headDigits;
}

/** The digits of the identity of a term, and of the kind of its key. */
const headDigits = 18;
