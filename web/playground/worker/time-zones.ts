// Replaces `moment-timezone` in the worker: the same functions, over a file that is loaded when a policy first names a time
// zone. The checker is synchronous, and a worker can load a file synchronously. `scripts/build/playground.mjs` writes the file.

/** The release of the data; scripts/build/playground-bundles.mjs defines it. */
declare const timeZoneRelease: string;

interface ZoneData {
  /** Milliseconds since the epoch. */
  readonly untils: readonly number[];
  /** In minutes west of UTC, until the instant with the same index. */
  readonly offsets: readonly number[];
}

interface TimeZones {
  /** Indexes of zones by name. */
  readonly names: Readonly<Record<string, number>>;
  readonly zones: readonly ZoneData[];
}

/** The file cannot be loaded, such as without a network. The next call tries again. */
export class ZoneLoadError extends Error {}

let loaded: TimeZones | undefined;

function listTimeZones(): TimeZones {
  loaded ??= load('time-zones.json');
  return loaded;
}

function load(file: string): TimeZones {
  const request = new XMLHttpRequest();
  request.open('GET', new URL(file, location.href), false);
  try {
    request.send();
  } catch {
    throw new ZoneLoadError(`${file} could not be loaded.`);
  }
  if (request.status !== 200)
    throw new ZoneLoadError(`${file} could not be loaded: ${request.status}.`);
  return JSON.parse(request.responseText);
}

const tz = {
  dataVersion: timeZoneRelease,
  names: (): readonly string[] => Object.keys(listTimeZones().names),
  zone: (name: string): ZoneData | null => {
    const { names, zones } = listTimeZones();
    return zones[names[name] ?? -1] ?? null;
  },
};

export default { tz };
