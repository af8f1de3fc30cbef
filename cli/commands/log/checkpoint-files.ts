// Reads keys and checkpoints of logs.

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Checkpoint } from '@nhipol/service';
import { UsageError } from '../../io/exit-codes.ts';
import { exists, readInputText } from '../../io/files.ts';

const kinds = 'expected a key in PEM, Ed25519 or P-256';

export async function readPublicKey(path: string): Promise<KeyObject> {
  return readKey(path, createPublicKey);
}

/** Rejects with a `UsageError` if others than the owner of the file can read the key. */
export async function readPrivateKey(path: string): Promise<KeyObject> {
  const key = await readKey(path, createPrivateKey);
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new UsageError(
      `${path} can be read by others, who could sign a changed log: chmod 600 ${path}`,
    );
  }
  return key;
}

async function readKey(path: string, read: (pem: string) => KeyObject): Promise<KeyObject> {
  const { isCheckpointKey } = await import('@nhipol/service');
  const pem = await readInputText(path);
  let key: KeyObject;
  try {
    key = read(pem);
  } catch {
    throw new UsageError(`${path}: ${kinds}`);
  }
  if (!isCheckpointKey(key)) throw new UsageError(`${path}: ${kinds}`);
  return key;
}

export interface CheckpointsRead {
  readonly checkpoints: readonly Checkpoint[];
  /** The problems of lines of the file. */
  readonly problems: readonly string[];
}

/** A file that does not exist has no checkpoints. */
export async function readCheckpoints(path: string, key: KeyObject): Promise<CheckpointsRead> {
  const { readCheckpoint } = await import('@nhipol/service');
  const checkpoints: Checkpoint[] = [];
  const problems: string[] = [];
  if (!(await exists(path))) return { checkpoints, problems };
  for (const [index, line] of (await readInputText(path)).split('\n').entries()) {
    if (line === '') continue;
    const read = readCheckpoint(line, key);
    if (typeof read === 'string') problems.push(`${path}:${index + 1}: ${read}`);
    else checkpoints.push(read);
  }
  return { checkpoints, problems };
}
