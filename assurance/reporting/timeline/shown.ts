// Selects the sessions of a timeline to show. If there are many, those in which everything was permitted are only
// counted, and of the others the strictest are shown.

import { effects } from '@nhipol/runtime/abi';
import type { Happening, Lane, Timeline } from '@nhipol/testing/replay';
import { type Chapter, groupChapters } from './chapters.ts';

export interface Titled {
  /** The name of the policy. */
  readonly name: string;
  readonly version: string;
  readonly timeline: Timeline;
}

export interface TimelineSelection {
  /** The shown sessions. All lists are in the order in which the sessions were opened. */
  readonly lanes: readonly Lane[];
  readonly chapters: readonly Chapter[];
  readonly ahead: readonly Happening[];
  /** Sessions in which everything was permitted. */
  readonly quiet: readonly Lane[];
  /** Further sessions that are not shown. */
  readonly left: readonly Lane[];
}

/** Up to this number, all sessions are shown. */
const unfilteredLanes = 12;
const maxLanes = 50;

export function selectLanes({ lanes, happenings, ahead }: Timeline): TimelineSelection {
  const quiet =
    lanes.length <= unfilteredLanes ? [] : lanes.filter((lane) => findStrictest(lane) <= permit);
  const others = lanes.filter((lane) => !quiet.includes(lane));
  const strictest = others
    .toSorted((a, b) => findStrictest(b) - findStrictest(a))
    .slice(0, maxLanes);
  const shown = others.filter((lane) => strictest.includes(lane));
  const ids = new Set(shown.map(({ id }) => id));
  const isShown = ({ session }: Happening) => ids.has(session);
  return {
    lanes: shown,
    chapters: groupChapters(happenings.filter(isShown)),
    ahead: ahead.filter(isShown),
    quiet,
    left: others.filter((lane) => !strictest.includes(lane)),
  };
}

const permit = effects.indexOf('permit');

/** The rank of the strictest answer of a session; -1 if there is none. */
function findStrictest({ spans, decisions }: Lane): number {
  return effects.findLastIndex(
    (effect) => decisions[effect] > 0 || spans.some((span) => span.effect === effect),
  );
}
