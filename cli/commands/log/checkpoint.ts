// Implements `nhipol log checkpoint`: verifies a decision log with its earlier checkpoints, and signs its end.

import { createPublicKey } from 'node:crypto';
import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { readCheckpoints, readPrivateKey } from './checkpoint-files.ts';
import { readLog } from './read-log.ts';

export interface CheckpointOptions {
  /** The path of the private key. */
  readonly key: string;
  /** The file to append to. */
  readonly checkpoints: string;
  readonly anchor?: string | undefined;
}

export async function checkpointCommand(
  path: string,
  { key: keyPath, checkpoints: file, anchor }: CheckpointOptions,
  console: Console,
): Promise<ExitCode> {
  const { signCheckpoint } = await import('@nhipol/service');
  const key = await readPrivateKey(keyPath);
  const { checkpoints, problems } = await readCheckpoints(file, createPublicKey(key));
  for (const problem of problems) await console.out(`${problem}\n`);
  const read = await readLog(path, { anchor, marks: checkpoints }, console);
  if (read === undefined && checkpoints.length === 0) {
    throw new UsageError(`cannot read ${path}: there is no such file`);
  }
  const [missing] = read === undefined ? checkpoints : read.missing;
  if (missing !== undefined) {
    await console.out(
      `${path} no longer has line ${missing.number}, ${missing.last}, which was signed\n`,
    );
  }
  // A line that a crash left incomplete is not part of the chain.
  const damages = [...(read?.problems ?? [])].filter(([kind]) => kind !== 'incomplete');
  if (read === undefined || missing !== undefined || damages.length + problems.length > 0) {
    await console.out('not signed\n');
    return exitCode.findings;
  }
  const { log, number, last } = read;
  if (log === undefined || number === undefined) {
    throw new UsageError(`${path} has no line with a number: there is nothing to sign`);
  }
  await warnOfOwner(path, keyPath, console);
  await append(file, signCheckpoint({ log, number, last, time: Date.now() }, key));
  await console.out(`signed: lines up to ${number} of the log ${log}, last ${last}\n`);
  return exitCode.fine;
}

/** Who can read the key can sign a log that was computed again. */
async function warnOfOwner(log: string, key: string, console: Console): Promise<void> {
  const [writer, signer] = [await stat(log).catch(() => undefined), await stat(key)];
  if (writer === undefined || writer.uid !== signer.uid) return;
  console.err(
    `${key} belongs to the user that writes ${log}, who could sign a changed log: let another user sign\n`,
  );
}

async function append(path: string, line: string): Promise<void> {
  const { O_APPEND, O_CREAT, O_NOFOLLOW = 0, O_WRONLY } = constants;
  try {
    const file = await open(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, 0o600);
    try {
      await file.appendFile(`${line}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${(error as Error).message}`);
  }
}
