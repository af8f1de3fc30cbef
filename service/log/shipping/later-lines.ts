// Lines that show whether a collector takes anything, while it refuses those before them: some are near, some far, and one
// is the newest, so that a caller that causes lines which are refused cannot cause all of them.

import { type LogPosition, readNewestLine, readUnsentLines } from './unsent-lines.ts';

const maxBytes = 1024 * 1024;
/** The number of lines at places that nobody can predict. */
const anyPlaces = 4;

/** Returns lines after a position, at most about 20, the nearest first. */
export function readLaterLines(path: string, position: LogPosition): readonly string[] {
  const batch = readUnsentLines(path, position, maxBytes);
  if (batch === undefined) return [];
  const { lines } = batch;
  const places = new Set<number>();
  for (let place = 1; place <= lines.length; place *= 2) places.add(place - 1);
  for (let count = 0; count < anyPlaces; count += 1) {
    places.add(Math.floor(Math.random() * lines.length));
  }
  const found = [...places].sort((one, other) => one - other).map((place) => lines[place] ?? '');
  const isAll = readUnsentLines(path, batch.next, maxBytes) === undefined;
  const newest = isAll ? lines.at(-1) : readNewestLine(path);
  return newest === undefined ? found : [...new Set([...found, newest])];
}
