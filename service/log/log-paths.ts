// The files of one log: the current one, and older ones with a number after its name, `log.jsonl.1` the oldest.

import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** The files of the log at a path, the oldest first. */
export function logPaths(path: string): readonly string[] {
  const rotated = listRotatedNumbers(path).map((number) => `${path}.${number}`);
  return existsSync(path) ? [...rotated, path] : rotated;
}

/** Each is a number that JavaScript represents; files with other names are not of the log. */
const rotatedForm = /^[1-9][0-9]{0,14}$/;

/** Throws if there is no number after the last one. */
export function findRotatedPath(path: string): string {
  const next = (listRotatedNumbers(path).at(-1) ?? 0) + 1;
  if (!rotatedForm.test(String(next)))
    throw new Error(`${path} has no free number: remove ${path}.${next - 1}`);
  return `${path}.${next}`;
}

function listRotatedNumbers(path: string): readonly number[] {
  const prefix = `${basename(path)}.`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((rest) => rotatedForm.test(rest))
    .map(Number)
    .sort((a, b) => a - b);
}
