// Reads the files with keys, certificates and secrets that options and settings name. Only a regular file is read: opening a
// pipe would wait for its writer, and a device may never end.

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

const { O_NONBLOCK = 0, O_RDONLY } = constants;
/** The longest file, in bytes. */
const maxBytes = 4 * 1024 * 1024;

/** Throws an `Error` that names the file and says why it cannot be read. */
export function readNamedFile(path: string): Buffer {
  let problem: string;
  let cause: unknown;
  try {
    const file = openSync(path, O_RDONLY | O_NONBLOCK);
    try {
      const stats = fstatSync(file);
      if (stats.isFile() && stats.size > 0 && stats.size <= maxBytes) return readFileSync(file);
      problem = !stats.isFile()
        ? `it is ${stats.isDirectory() ? 'a folder' : 'not a regular file'}`
        : stats.size === 0
          ? 'it is empty'
          : `it is larger than ${maxBytes / 1024 / 1024} MiB`;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    problem = reasons[code ?? ''] ?? message;
    cause = error;
  }
  throw new Error(`cannot read ${path}: ${problem}`, { cause });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission is denied',
  ENOTDIR: 'a part of the path is not a folder',
};
