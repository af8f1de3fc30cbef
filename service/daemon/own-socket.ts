// The place of the daemon's socket, which nobody but its user can have made or change: used by the daemon and its
// clients. It loads nothing but parts of Node, because a hook starts for each use of a tool.
//
// Node cannot ask a socket for the user at its other end. So the path decides: its folder is private, and the socket
// belongs to this user. Then nobody can replace it between the check and the connection either.

import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
} from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { dirname, resolve } from 'node:path';
import { expectOwner, expectPrivateFolder, StrangerError } from './private-folder.ts';

export { StrangerError } from './private-folder.ts';

/** The longest path of a socket that every system accepts, in bytes. */
const maxPathBytes = 103;

/** Creates the folder of a socket if it does not exist. Throws a `StrangerError` if it is not private. */
export function preparePlace(socket: string): void {
  expectShort(socket);
  mkdirSync(dirname(socket), { recursive: true, mode: 0o700 });
  expectOwn(socket);
}

/** Throws a `StrangerError` if somebody else could have made the socket. It need not exist. */
export function expectOwn(socket: string): void {
  const user = process.getuid?.();
  if (user === undefined) return;
  expectPrivateFolder(dirname(resolve(socket)), 'where the daemon is expected');
  const stats = lstatSync(socket, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isSocket()) throw new StrangerError(`${socket} is not a socket`);
  expectOwner(socket, stats, [user]);
}

/** Connects to the socket. Throws a `StrangerError` if somebody else could have made it. */
export function connectOwn(socket: string): Socket {
  expectOwn(socket);
  return createConnection({ path: socket, allowHalfOpen: true });
}

/** Opens an empty file next to a socket for writing: a new one, or one that only this user has written to. */
export function openOwnFile(path: string): number {
  const appended = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW;
  for (;;) {
    try {
      return countEmptied(path, openSync(path, appended | constants.O_NONBLOCK));
    } catch (error) {
      if (readErrorCode(error) === 'ELOOP') throw new StrangerError(`${path} is a symbolic link`);
      if (readErrorCode(error) !== 'ENOENT') throw error;
    }
    try {
      return openSync(path, appended | constants.O_CREAT | constants.O_EXCL, 0o600);
    } catch (error) {
      // Another process has created it in the meantime.
      if (readErrorCode(error) !== 'EEXIST') throw error;
    }
  }
}

function countEmptied(path: string, file: number): number {
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.nlink !== 1) {
      throw new StrangerError(`${path} is not a file of its own`);
    }
    expectOwner(path, stats, [process.getuid?.() ?? stats.uid]);
    ftruncateSync(file);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function expectShort(socket: string): void {
  if (Buffer.byteLength(resolve(socket)) <= maxPathBytes) return;
  throw new StrangerError(
    `${socket} is longer than the ${maxPathBytes} bytes of a socket: name a shorter path by --socket`,
  );
}

function readErrorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
