// What of a timeline is shown. Where there are many sessions, those in which nothing was refused are only
// counted, and of very many the strictest are told.

import { effects } from '@nhipol/runtime/abi';
import type { Happening, Lane, Timeline } from '../../testing/replay/timeline.ts';
import { type Chapter, chaptersOf } from './chapters.ts';

export interface Titled {
  /** Of the policy. */
  readonly name: string;
  readonly version: string;
  readonly timeline: Timeline;
}

export interface Shown {
  /** In the order in which they were opened, as all others. */
  readonly lanes: readonly Lane[];
  readonly chapters: readonly Chapter[];
  readonly ahead: readonly Happening[];
  /** Permitted throughout. */
  readonly quiet: readonly Lane[];
  /** More than are shown. */
  readonly left: readonly Lane[];
}

/** So many sessions are shown whatever happened in them. */
const fewLanes = 12;
const mostLanes = 50;

export function shownOf({ lanes, happenings, ahead }: Timeline): Shown {
  const quiet = lanes.length <= fewLanes ? [] : lanes.filter((lane) => strictestOf(lane) <= permit);
  const others = lanes.filter((lane) => !quiet.includes(lane));
  const strictest = others.toSorted((a, b) => strictestOf(b) - strictestOf(a)).slice(0, mostLanes);
  const shown = others.filter((lane) => strictest.includes(lane));
  const ids = new Set(shown.map(({ id }) => id));
  const isShown = ({ session }: Happening) => ids.has(session);
  return {
    lanes: shown,
    chapters: chaptersOf(happenings.filter(isShown)),
    ahead: ahead.filter(isShown),
    quiet,
    left: others.filter((lane) => !strictest.includes(lane)),
  };
}

const permit = effects.indexOf('permit');

/** Of all that was answered in it; -1: nothing was. */
function strictestOf({ spans, decisions }: Lane): number {
  return effects.findLastIndex(
    (effect) => decisions[effect] > 0 || spans.some((span) => span.effect === effect),
  );
}
