// The processor time that a test file may take, and how the slowest are printed.

import { readFileSync } from 'node:fs';

export interface MeasuredFile {
  readonly path: string;
  readonly processorSeconds: number;
  /** From its setup to its end, with all waiting. */
  readonly seconds: number;
}

export interface LongFile {
  /** The limit in place of the usual one. */
  readonly seconds: number;
  readonly reason: string;
}

export const usualLimit = 30;

/** The files that may take longer, by path. */
export const longFiles: Readonly<Record<string, LongFile>> = JSON.parse(
  readFileSync(new URL('long-files.json', import.meta.url), 'utf8'),
);

/** Returns a message for each file that took more than its limit. */
export function findTooLong(
  files: readonly MeasuredFile[],
  exceptions = longFiles,
): readonly string[] {
  return files.flatMap(({ path, processorSeconds }) => {
    const limit = exceptions[path]?.seconds ?? usualLimit;
    if (processorSeconds <= limit) return [];
    const took = `${path} took ${processorSeconds.toFixed(1)} s of processor time`;
    return `${took}, at most ${limit} s are allowed: see test/README.md`;
  });
}

/** Formats the sums, and the ten files that took the most. `mainSeconds`: of the process that starts the workers. */
export function formatTimes(files: readonly MeasuredFile[], mainSeconds: number): string {
  const total = files.reduce((sum, file) => sum + file.processorSeconds, 0);
  const slowest = files.toSorted((a, b) => b.processorSeconds - a.processorSeconds).slice(0, 10);
  return [
    `processor time: ${total.toFixed(0)} s for ${files.length} files, ${mainSeconds.toFixed(0)} s for vitest; the slowest:`,
    ...slowest.map(
      ({ path, processorSeconds, seconds }) =>
        `${processorSeconds.toFixed(1).padStart(7)} s (${seconds.toFixed(1)} s with waiting) ${path}`,
    ),
  ].join('\n');
}
