// Groups the events of sessions into chapters: each starts with an event that changed the answer of its session, and
// contains the following events that did not change it.

import type { Happening } from '@nhipol/testing/replay';

export interface Chapter {
  readonly first: Happening;
  /** Events with the same effect; the reasons of a permit may differ. */
  readonly rest: readonly Happening[];
}

/** Returns the chapters in the order of their first events. */
export function groupChapters(happenings: readonly Happening[]): readonly Chapter[] {
  const all: { first: Happening; rest: Happening[] }[] = [];
  const current = new Map<string, (typeof all)[number]>();
  for (const happening of happenings) {
    const before = current.get(happening.session);
    if (before !== undefined && continues(before.first, happening)) before.rest.push(happening);
    else {
      const chapter = { first: happening, rest: [] };
      all.push(chapter);
      current.set(happening.session, chapter);
    }
  }
  return all;
}

function continues(first: Happening, { cause, before, answer, isOther }: Happening): boolean {
  if (cause.kind === 'open' || cause.kind === 'close') return false;
  if (answer?.effect !== first.answer?.effect) return false;
  // A different request may be permitted by a different rule.
  const isPermittedRequest = cause.kind === 'decide' && before?.effect === 'permit';
  return !isOther || (isPermittedRequest && answer?.effect === 'permit');
}

/** Counts equal strings, in the order of their first occurrence. */
export function countTexts(texts: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const text of texts) found.set(text, (found.get(text) ?? 0) + 1);
  return found;
}
