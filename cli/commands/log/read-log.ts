// Reads all files of a decision log with a verifier, and prints what is wrong with their lines.

import { stat } from 'node:fs/promises';
import type { LogProblem, Verified, VerifierOptions } from '@nhipol/service';
import type { Console } from '../../io/console.ts';
import { logDamages } from '../../io/decision-log.ts';
import { UsageError } from '../../io/exit-codes.ts';
import { openInputStream } from '../../io/files.ts';
import { readRequestLines } from '../../io/request-lines.ts';

export interface LogRead extends Verified {
  /** The number of problems of each kind. */
  readonly problems: ReadonlyMap<LogProblem, number>;
}

/** Returns `undefined` if the log has no file. */
export async function readLog(
  path: string,
  options: VerifierOptions,
  console: Console,
): Promise<LogRead | undefined> {
  const { createVerifier, isDigest, logPaths } = await import('@nhipol/service');
  const digests = [options.anchor, ...(options.marks ?? []).map(({ last }) => last)];
  const wrong = digests.find((digest) => digest !== undefined && !isDigest(digest));
  if (wrong !== undefined) throw new UsageError(`${wrong} is not a digest: expected sha-256:…`);
  const paths = logPaths(path);
  if (paths.length === 0) return undefined;
  const verifier = createVerifier(options);
  const problems = new Map<LogProblem, number>();
  for (const each of paths) {
    let number = 0;
    for await (const line of readLines(each)) {
      number += 1;
      // The log has none.
      const isEmpty = line.length === 0;
      const kind = isEmpty ? 'not_an_entry' : verifier.add(line);
      if (kind === undefined) continue;
      problems.set(kind, (problems.get(kind) ?? 0) + 1);
      await console.out(`${each}:${number}: ${logDamages[kind]}\n`);
    }
  }
  return { ...verifier.end(), problems };
}

/** The bytes of each line. Only a line feed ends one. */
async function* readLines(path: string): AsyncIterable<Uint8Array> {
  const stats = await stat(path).catch(() => undefined);
  // It may never end.
  if (stats?.isCharacterDevice() === true)
    throw new UsageError(`cannot read ${path}: it is a device`);
  try {
    for await (const lines of readRequestLines(
      await openInputStream(path),
      Number.POSITIVE_INFINITY,
    ))
      yield* lines;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`cannot read ${path}: ${(error as Error).message}`);
  }
}
