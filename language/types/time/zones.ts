// Time zones by their IANA names, links included, from one release of the data. Offsets are known
// from 1970 to 2099 (in UTC): before, the records themselves are doubtful; after, nobody can know
// what clocks will read, and a module would only grow. `UTC` and the other zones of `Etc/` are
// fixed offsets by definition, so they are known for every instant that can be written.

import moment from 'moment-timezone';
import { suggest } from '../../support/suggest.ts';
import { firstInstant, lastInstant } from './instant.ts';

/** The release of the IANA data, such as `2026f`. */
export const zoneRelease: string = moment.tz.dataVersion;

/** Offsets of places are known from here, in milliseconds since the epoch, … */
export const firstKnown: number = Date.UTC(1970, 0, 1);
/** … and no longer from here on. */
export const endOfKnown: number = Date.UTC(2100, 0, 1);

export interface Zone {
  readonly name: string;
  /** The instants at which its offset is known. */
  readonly known: KnownSpan;
  /** In order of time; the first begins with what is known. */
  readonly offsets: readonly Offset[];
}

/** In milliseconds since the epoch; `until` is excluded. */
export interface KnownSpan {
  readonly from: number;
  readonly until: number;
}

const placesKnown: KnownSpan = { from: firstKnown, until: endOfKnown };
/** From the first to the last instant that can be written. */
const alwaysKnown: KnownSpan = { from: Number(firstInstant), until: Number(lastInstant) + 1 };

/** The names of `Etc/` and the links to them that have no prefix. */
const fixedName = /^(?:Etc\/.+|UTC|UCT|Universal|Zulu|Greenwich|GMT(?:[+-]?0)?)$/;

/** Whether the zone is a fixed offset from UTC, which no law can change. */
export function isFixed({ known }: Zone): boolean {
  return known === alwaysKnown;
}

/** What the zone's clocks are ahead of UTC by, from an instant on; both in milliseconds. */
export interface Offset {
  readonly from: number;
  readonly ahead: number;
}

const names: ReadonlySet<string> = new Set(moment.tz.names());
const known = new Map<string, Zone>();

/** One object per name; undefined for a name that is none, as it is spelt. */
export function zoneOf(name: string): Zone | undefined {
  if (!names.has(name)) return undefined;
  const zone = known.get(name) ?? makeZone(name);
  known.set(name, zone);
  return zone;
}

/** Zones that may have been meant: the name in other case, a zone's own city (`Berlin`), or a like name. */
export function suggestZones(name: string): readonly string[] {
  const wanted = name.toLowerCase().replaceAll(' ', '_');
  const spelt = [...names].filter((zone) => zone.toLowerCase() === wanted);
  if (spelt.length > 0) return spelt;
  const cities = [...names].filter((zone) => zone.toLowerCase().split('/').at(-1) === wanted);
  return cities.length > 0 ? cities.slice(0, 3) : suggest(name, names);
}

function makeZone(name: string): Zone {
  const offsets = offsetsOf(name);
  if (!fixedName.test(name)) return { name, known: placesKnown, offsets };
  const [only] = offsets;
  if (only === undefined || offsets.length > 1)
    throw new Error(`broken invariant: ${name} has ${offsets.length} offsets`);
  return { name, known: alwaysKnown, offsets: [{ ...only, from: alwaysKnown.from }] };
}

function offsetsOf(name: string): readonly Offset[] {
  const data = moment.tz.zone(name);
  const offsets: Offset[] = [];
  data?.untils.forEach((until, index) => {
    const from = Math.max(firstKnown, data.untils[index - 1] ?? firstKnown);
    // The library counts minutes west, with a fraction where there are seconds.
    const ahead = -Math.round((data.offsets[index] ?? 0) * 60) * 1000;
    if (until <= firstKnown || from >= endOfKnown || offsets.at(-1)?.ahead === ahead) return;
    offsets.push({ from, ahead: ahead === 0 ? 0 : ahead });
  });
  return offsets;
}

/** What the zone's clocks read at an instant, as if it were UTC; undefined where nobody knows. */
export function wallClock(zone: Zone, instant: number): number | undefined {
  if (instant < zone.known.from || instant >= zone.known.until) return undefined;
  const offset = zone.offsets.findLast(({ from }) => from <= instant);
  return offset && instant + offset.ahead;
}
