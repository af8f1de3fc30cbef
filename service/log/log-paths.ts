// The files of one log: the current one, and older ones with a number after its name, `log.jsonl.1` the oldest.

import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** The files of the log at a path, the oldest first. */
export function logPaths(path: string): readonly string[] {
  const rotated = rotatedNumbers(path).map((number) => `${path}.${number}`);
  return existsSync(path) ? [...rotated, path] : rotated;
}

export function nextRotatedPath(path: string): string {
  return `${path}.${(rotatedNumbers(path).at(-1) ?? 0) + 1}`;
}

function rotatedNumbers(path: string): readonly number[] {
  const prefix = `${basename(path)}.`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((rest) => /^[1-9][0-9]*$/.test(rest))
    .map(Number)
    .sort((a, b) => a - b);
}
