// Up to which numbers of keys and events a term across sessions is known. In: a term. Out: its bound, which depends on the
// policy only; beyond it, the term is unknown where that matters.

import type { HistoryTerm } from '../../model/model.ts';
import { isCounted, limitSharedEvents } from './parts.ts';

export interface HistoryBound {
  /** The number of combinations of values of the key that have a place at the same time. */
  readonly keys: number;
  /** The number of events of each key within the window; `undefined` if any number is exact. */
  readonly events: number | undefined;
}

/** Returns `undefined` if the term is about one session only. */
export function boundTerm(term: HistoryTerm): HistoryBound | undefined {
  const { isShared, key } = term.pattern;
  if (!isShared || key === undefined) return undefined;
  const isExact = term.form !== 'sum' || isCounted(term);
  return { keys: key.limit, events: isExact ? undefined : limitSharedEvents(key.limit) };
}
