// The identity of a file, which is the same under all of its names: the device and the number of its inode.

import { type BigIntStats, lstatSync } from 'node:fs';

export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

/** The status of what has this name, without following a symbolic link, or `undefined` if nothing has it. */
export function readFileStatus(path: string): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

export function formatIdentity({ dev, ino }: FileIdentity): string {
  return `${dev}:${ino}`;
}

export function isSameFile(a: FileIdentity, b: FileIdentity): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}
