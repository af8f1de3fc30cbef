// What happened to sessions, so that many alike are told once: each chapter begins with what changed the
// answer to a session, and holds all that happened to it since and changed nothing.

import type { Happening } from '../../testing/replay/timeline.ts';

export interface Chapter {
  readonly first: Happening;
  /** With the same effect each; a permit may be given for other reasons. */
  readonly rest: readonly Happening[];
}

/** In the order in which they begin. */
export function chaptersOf(happenings: readonly Happening[]): readonly Chapter[] {
  const all: { first: Happening; rest: Happening[] }[] = [];
  const current = new Map<string, (typeof all)[number]>();
  for (const happening of happenings) {
    const before = current.get(happening.session);
    if (before !== undefined && goesOn(before.first, happening)) before.rest.push(happening);
    else {
      const chapter = { first: happening, rest: [] };
      all.push(chapter);
      current.set(happening.session, chapter);
    }
  }
  return all;
}

function goesOn(first: Happening, { cause, before, answer, isOther }: Happening): boolean {
  if (cause.kind === 'open' || cause.kind === 'close') return false;
  if (answer?.effect !== first.answer?.effect) return false;
  // Another question is permitted by another rule as a matter of course.
  const isWork = cause.kind === 'decide' && before?.effect === 'permit';
  return !isOther || (isWork && answer?.effect === 'permit');
}

/** How many there are of each text, those that come first before. */
export function counts(texts: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const text of texts) found.set(text, (found.get(text) ?? 0) + 1);
  return found;
}
