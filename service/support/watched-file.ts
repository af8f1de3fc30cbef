// A file that must stay where it was opened. Another program can remove it, rename another file over it, put a symbolic
// link in its place, or mount something above it: what is written to the open file is then lost. Only the status of the
// path is read: a process that opened and closed the file would release its locks (POSIX).

import type { BigIntStats } from 'node:fs';
import { type FileIdentity, isSameFile, readFileStatus } from './file-identity.ts';

/** The status of the file at a path. Throws if it is not the file that was opened. */
export function expectInPlace(path: string, identity: FileIdentity): BigIntStats {
  const fileStatus = readFileStatus(path);
  if (fileStatus === undefined) throw new Error(`${path} was removed`);
  if (fileStatus.isSymbolicLink()) throw new Error(`${path} was replaced by a symbolic link`);
  if (!isSameFile(fileStatus, identity)) {
    throw new Error(`${path} was replaced by another file`);
  }
  return fileStatus;
}
