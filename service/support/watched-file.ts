// A file that must stay where it was opened. Another program can remove it, rename another file over it, put a symbolic
// link in its place, or mount something above it: what is written to the open file is then lost. Only the status of the
// path is read: a process that opened and closed the file would release its locks (POSIX).

import { type BigIntStats, lstatSync } from 'node:fs';

export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

/** The status of what has this name, without following a symbolic link, or `undefined` if nothing has it. */
export function readFileStatus(path: string): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

/** The status of the file at a path. Throws if it is not the file that was opened. */
export function expectInPlace(path: string, { dev, ino }: FileIdentity): BigIntStats {
  const fileStatus = readFileStatus(path);
  if (fileStatus === undefined) throw new Error(`${path} was removed`);
  if (fileStatus.isSymbolicLink()) throw new Error(`${path} was replaced by a symbolic link`);
  if (fileStatus.dev !== dev || fileStatus.ino !== ino) {
    throw new Error(`${path} was replaced by another file`);
  }
  return fileStatus;
}
