// The place of the daemon's socket, which nobody but its user can have made or change: used by the daemon and its
// clients. It loads nothing but parts of Node, because a hook starts for each use of a tool.
//
// Node cannot ask a socket for the user at its other end. So the path decides: each folder above the socket belongs to
// this user or to the system, nobody else can rename anything in them, the last one admits only this user, and the
// socket belongs to them. Then nobody can replace it between the check and the connection either.

import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  type Stats,
} from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { dirname, join, parse, resolve, sep } from 'node:path';

/** Somebody else could have made the socket or its folder. The message says what is wrong with which file. */
export class StrangerError extends Error {}

const othersWrite = 0o022;
const othersAtAll = 0o077;
const sticky = 0o1000;
const maxLinks = 40;
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
  expectPrivate(dirname(resolve(socket)), user);
  const found = lstatSync(socket, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new StrangerError(`${socket} is not a socket`);
  expectOwner(socket, found, [user]);
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
    const found = fstatSync(file);
    if (!found.isFile() || found.nlink !== 1) {
      throw new StrangerError(`${path} is not a file of its own`);
    }
    expectOwner(path, found, [process.getuid?.() ?? found.uid]);
    ftruncateSync(file);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Follows the path as the system does, and checks each folder on the way. */
function expectPrivate(folder: string, user: number): void {
  let path = parse(folder).root;
  let names = splitPath(folder);
  expectUnchangeable(path, lstatSync(path), user);
  for (let links = 0; names.length > 0; ) {
    const [name = '', ...rest] = names;
    names = rest;
    if (name === '..') {
      path = dirname(path);
      continue;
    }
    const next = join(path, name);
    const found = lstatSync(next, { throwIfNoEntry: false });
    if (found === undefined) return;
    if (found.isSymbolicLink()) {
      links += 1;
      if (names.length === 0 || links > maxLinks) {
        throw new StrangerError(`${next} is a symbolic link`);
      }
      expectOwner(next, found, [user, 0]);
      const target = readlinkSync(next);
      names = [...splitPath(target), ...names];
      if (target.startsWith(sep)) path = parse(target).root;
      continue;
    }
    if (!found.isDirectory()) throw new StrangerError(`${next} is not a folder`);
    if (names.length > 0) expectUnchangeable(next, found, user);
    else expectOnlyOwner(next, found, user);
    path = next;
  }
}

function splitPath(path: string): readonly string[] {
  return path.split(sep).filter((name) => name !== '' && name !== '.');
}

/** In a folder with the sticky bit, others cannot rename what is not theirs. */
function expectUnchangeable(path: string, found: Stats, user: number): void {
  expectOwner(path, found, [user, 0]);
  if ((found.mode & othersWrite) === 0 || (found.mode & sticky) !== 0) return;
  throw new StrangerError(`others can write to ${path}`);
}

function expectOnlyOwner(path: string, found: Stats, user: number): void {
  expectOwner(path, found, [user]);
  if ((found.mode & othersAtAll) === 0) return;
  const what = (found.mode & othersWrite) === 0 ? 'open' : 'write to';
  throw new StrangerError(
    `others can ${what} ${path}, where the daemon is expected; to keep it private, run chmod 700 ${path}`,
  );
}

function expectOwner(path: string, { uid }: Stats, users: readonly number[]): void {
  if (!users.includes(uid)) throw new StrangerError(`${path} belongs to another user`);
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
