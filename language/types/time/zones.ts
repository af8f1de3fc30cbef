// Time zones by their IANA names, including links, from one release of the data. Offsets are known from
// 1970 to 2099 (in UTC): earlier records are unreliable, later offsets cannot be predicted and would
// enlarge modules. `UTC` and the other zones of `Etc/` are fixed offsets by definition, which are known for
// every instant.

import moment from 'moment-timezone';
import { suggest } from '../../support/suggest.ts';
import { firstInstant, lastInstant } from './instant.ts';

/** The release of the IANA data, such as `2026f`. */
export const zoneRelease: string = moment.tz.dataVersion;

/** The first instant at which offsets of places are known, in milliseconds since the epoch. */
export const firstKnown: number = Date.UTC(1970, 0, 1);
/** The first instant at which they are no longer known. */
export const endOfKnown: number = Date.UTC(2100, 0, 1);

export interface Zone {
  readonly name: string;
  /** The instants at which the offset is known. */
  readonly known: KnownSpan;
  /** In order of time; the first one begins at `known.from`. */
  readonly offsets: readonly Offset[];
}

/** A span in milliseconds since the epoch; `until` is exclusive. */
export interface KnownSpan {
  readonly from: number;
  readonly until: number;
}

const placesKnown: KnownSpan = { from: firstKnown, until: endOfKnown };
/** The span of all instants. */
const alwaysKnown: KnownSpan = { from: Number(firstInstant), until: Number(lastInstant) + 1 };

/** The names in `Etc/`, and links to them without the prefix. */
const fixedName = /^(?:Etc\/.+|UTC|UCT|Universal|Zulu|Greenwich|GMT(?:[+-]?0)?)$/;

/** Whether the zone is a fixed offset from UTC. */
export function isFixed({ known }: Zone): boolean {
  return known === alwaysKnown;
}

/** The offset of a zone, ahead of UTC, from an instant on; both in milliseconds. */
export interface Offset {
  readonly from: number;
  readonly ahead: number;
}

/** Read when a zone is first looked up: the playground loads the data then. */
let allNames: ReadonlySet<string> | undefined;
const known = new Map<string, Zone>();

function listZoneNames(): ReadonlySet<string> {
  allNames ??= new Set(moment.tz.names());
  return allNames;
}

/** Returns a zone by its exact name, the same object for each call, or `undefined` if there is none. */
export function findZone(name: string): Zone | undefined {
  if (!listZoneNames().has(name)) return undefined;
  const zone = known.get(name) ?? makeZone(name);
  known.set(name, zone);
  return zone;
}

/** Suggests zones: with the name in a different case, for a city (`Berlin`), or with a similar name. */
export function suggestZones(name: string): readonly string[] {
  const names = listZoneNames();
  const wanted = name.toLowerCase().replaceAll(' ', '_');
  const spelt = [...names].filter((zone) => zone.toLowerCase() === wanted);
  if (spelt.length > 0) return spelt;
  const cities = [...names].filter((zone) => zone.toLowerCase().split('/').at(-1) === wanted);
  return cities.length > 0 ? cities.slice(0, 3) : suggest(name, names);
}

function makeZone(name: string): Zone {
  const offsets = readOffsets(name);
  if (!fixedName.test(name)) return { name, known: placesKnown, offsets };
  const [only] = offsets;
  if (only === undefined || offsets.length > 1)
    throw new Error(`broken invariant: ${name} has ${offsets.length} offsets`);
  return { name, known: alwaysKnown, offsets: [{ ...only, from: alwaysKnown.from }] };
}

function readOffsets(name: string): readonly Offset[] {
  const data = moment.tz.zone(name);
  const offsets: Offset[] = [];
  data?.untils.forEach((until, index) => {
    const from = Math.max(firstKnown, data.untils[index - 1] ?? firstKnown);
    // The library has offsets in minutes west of UTC, with a fraction for seconds.
    const ahead = -Math.round((data.offsets[index] ?? 0) * 60) * 1000;
    if (until <= firstKnown || from >= endOfKnown || offsets.at(-1)?.ahead === ahead) return;
    offsets.push({ from, ahead: ahead === 0 ? 0 : ahead });
  });
  return offsets;
}

/** The time on the zone's wall clock at an instant, as if it were UTC, or `undefined` if it is not known. */
export function computeWallClock(zone: Zone, instant: number): number | undefined {
  if (instant < zone.known.from || instant >= zone.known.until) return undefined;
  const offset = zone.offsets.findLast(({ from }) => from <= instant);
  return offset && instant + offset.ahead;
}
