// A folder that nobody but its user can have made or change: each folder above it belongs to this user or to the system,
// nobody else can rename anything in them, and the last one admits only this user. Then nobody can replace what is in it
// between a check and its use either. It loads nothing but parts of Node, because a hook starts for each use of a tool.

import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, join, parse, resolve, sep } from 'node:path';

/** Somebody else could have made a file or its folder. The message says what is wrong with which one. */
export class StrangerError extends Error {}

const othersWrite = 0o022;
const othersAtAll = 0o077;
const sticky = 0o1000;
const maxLinks = 40;

/**
 * Throws a `StrangerError` if somebody else could have made the folder or what is in it. It need not exist. `purpose`: what
 * it is for, such as "where the daemon is expected". Systems whose files have no owner promise nothing.
 */
export function expectPrivateFolder(folder: string, purpose: string): void {
  const user = process.getuid?.();
  if (user === undefined) return;
  // Follows the path as the system does.
  const absolute = resolve(folder);
  let path = parse(absolute).root;
  let names = splitPath(absolute);
  expectUnchangeable(path, lstatSync(path), user);
  for (let links = 0; names.length > 0; ) {
    const [name = '', ...rest] = names;
    names = rest;
    if (name === '..') {
      path = dirname(path);
      continue;
    }
    const next = join(path, name);
    const stats = lstatSync(next, { throwIfNoEntry: false });
    if (stats === undefined) return;
    if (stats.isSymbolicLink()) {
      links += 1;
      if (names.length === 0 || links > maxLinks) {
        throw new StrangerError(`${next} is a symbolic link`);
      }
      expectOwner(next, stats, [user, 0]);
      const target = readlinkSync(next);
      names = [...splitPath(target), ...names];
      if (target.startsWith(sep)) path = parse(target).root;
      continue;
    }
    if (!stats.isDirectory()) throw new StrangerError(`${next} is not a folder`);
    if (names.length > 0) expectUnchangeable(next, stats, user);
    else expectOnlyOwner(next, stats, user, purpose);
    path = next;
  }
}

function splitPath(path: string): readonly string[] {
  return path.split(sep).filter((name) => name !== '' && name !== '.');
}

/** In a folder with the sticky bit, others cannot rename what is not theirs. */
function expectUnchangeable(path: string, stats: Stats, user: number): void {
  expectOwner(path, stats, [user, 0]);
  if ((stats.mode & othersWrite) === 0 || (stats.mode & sticky) !== 0) return;
  throw new StrangerError(`others can write to ${path}`);
}

function expectOnlyOwner(path: string, stats: Stats, user: number, purpose: string): void {
  expectOwner(path, stats, [user]);
  if ((stats.mode & othersAtAll) === 0) return;
  const what = (stats.mode & othersWrite) === 0 ? 'open' : 'write to';
  throw new StrangerError(
    `others can ${what} ${path}, ${purpose}; to keep it private, run chmod 700 ${path}`,
  );
}

/** Throws a `StrangerError` if a file belongs to none of the users. */
export function expectOwner(path: string, { uid }: Stats, users: readonly number[]): void {
  if (!users.includes(uid)) throw new StrangerError(`${path} belongs to another user`);
}
