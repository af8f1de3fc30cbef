// What of a timeline is shown: the sessions that were asked for; and where there are many, those in which
// nothing was refused are only counted.

import type { Lane, Timeline } from '../../testing/replay/timeline.ts';
import { type Chapter, chaptersOf } from './chapters.ts';

export interface Titled {
  /** Of the policy. */
  readonly name: string;
  readonly version: string;
  readonly timeline: Timeline;
}

export interface Shown {
  readonly lanes: readonly Lane[];
  /** Permitted throughout. */
  readonly quiet: readonly Lane[];
  readonly chapters: readonly Chapter[];
}

/** So many sessions are shown whatever happened in them. */
const fewLanes = 12;

export function shownOf({ lanes, happenings }: Timeline): Shown {
  const quiet = lanes.length <= fewLanes ? [] : lanes.filter(isQuiet);
  const shown = lanes.filter((lane) => !quiet.includes(lane));
  const ids = new Set(shown.map(({ id }) => id));
  return {
    lanes: shown,
    quiet,
    chapters: chaptersOf(happenings.filter(({ session }) => ids.has(session))),
  };
}

function isQuiet({ spans, decisions }: Lane): boolean {
  const { permit: _, ...others } = decisions;
  return (
    spans.every(({ effect }) => effect === undefined || effect === 'permit') &&
    Object.values(others).every((count) => count === 0)
  );
}
