// Time zones by their IANA names, links included, from one release of the data. Offsets are known
// from 1970 to 2099 (in UTC): before, the records themselves are doubtful; after, nobody can know
// what clocks will read, and a module would only grow.

import moment from 'moment-timezone';
import { suggest } from '../suggest.ts';

/** The release of the IANA data, such as `2026f`. */
export const zoneRelease: string = moment.tz.dataVersion;

/** Offsets are known from here, in milliseconds since the epoch, … */
export const firstKnown: number = Date.UTC(1970, 0, 1);
/** … and no longer from here on. */
export const endOfKnown: number = Date.UTC(2100, 0, 1);

export interface Zone {
  readonly name: string;
  /** In order of time; the first begins with what is known. */
  readonly offsets: readonly Offset[];
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
  const zone = known.get(name) ?? { name, offsets: offsetsOf(name) };
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
  if (instant < firstKnown || instant >= endOfKnown) return undefined;
  const offset = zone.offsets.findLast(({ from }) => from <= instant);
  return offset && instant + offset.ahead;
}
