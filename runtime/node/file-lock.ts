// A lock file, so that one process at a time uses a file. The lock names its process by number, host and start
// time, so that neither a process that ended nor another one with the same number holds it.

import { readFileSync, readlinkSync, unlinkSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import system from 'node:process';
import { threadId } from 'node:worker_threads';
import { type Disk, nodeDisk } from './disk.ts';

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly thread: number;
  /** The start time of the process if the system provides it, otherwise ''. */
  readonly started: string;
}

/** The locks that this thread has, or is about to have. */
const claimed = new Set<string>();

/**
 * Returns a function that releases the lock. Throws with the code `ELOCKED` if another running process holds it, or this
 * one does already, with any spelling of the path.
 */
export async function lockFile(path: string, disk: Disk = nodeDisk): Promise<() => Promise<void>> {
  if (disk !== nodeDisk) return acquire(path, `${path}.lock`, disk);
  const lock = await lockPath(path);
  if (claimed.has(lock)) {
    const message = `${path} is used by this process already`;
    throw Object.assign(new Error(message), { code: 'ELOCKED' });
  }
  claimed.add(lock);
  try {
    const release = await acquire(path, lock, disk);
    return async () => {
      await release();
      claimed.delete(lock);
    };
  } catch (error) {
    claimed.delete(lock);
    throw error;
  }
}

/** A folder can be reached in several ways. */
async function lockPath(path: string): Promise<string> {
  const full = resolve(path);
  return `${join(await realpath(dirname(full)), basename(full))}.lock`;
}

async function acquire(path: string, lock: string, disk: Disk): Promise<() => Promise<void>> {
  const text = JSON.stringify(identifyProcess());
  for (let attempt = 0; attempt < 10; attempt += 1) {
    if (await disk.createText(lock, text)) return release(lock, text, disk);
    const found = await disk.readText(lock);
    if (found === undefined) continue;
    if (found === text) return release(lock, text, disk);
    if (isHeld(found)) throw createLockError(path, lock, found);
    await removeStale(lock, found, disk);
  }
  throw createLockError(path, lock, (await disk.readText(lock)) ?? '');
}

/**
 * Removes the lock of a process that ended. The first process to move it away wins; a lock that has changed by
 * then is put back.
 */
async function removeStale(lock: string, found: string, disk: Disk): Promise<void> {
  const aside = `${lock}.${system.pid}.old`;
  try {
    await disk.rename(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = await disk.readText(aside);
  if (moved !== undefined && moved !== found) await disk.createText(lock, moved);
  await disk.unlink(aside);
}

/** Locks of this thread. A process that is killed leaves its own, and the next one removes them. */
const held = new Map<string, string>();
system.once('exit', () => {
  for (const [lock, text] of held) {
    try {
      if (readFileSync(lock, 'utf8') === text) unlinkSync(lock);
    } catch {
      // It is already gone.
    }
  }
});

function release(lock: string, text: string, disk: Disk): () => Promise<void> {
  held.set(lock, text);
  return async () => {
    held.delete(lock);
    if ((await disk.readText(lock)) === text) await disk.unlink(lock);
  };
}

function createLockError(path: string, lock: string, found: string): Error {
  const owner = parseOwner(found);
  const who = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  return Object.assign(
    new Error(`${path} is used by ${who}; if that process has ended, remove ${lock}`),
    { code: 'ELOCKED' },
  );
}

/** A lock that cannot be read, or that belongs to a process of another host, counts as held. */
function isHeld(text: string): boolean {
  const owner = parseOwner(text);
  if (owner === undefined || owner.host !== hostname()) return true;
  if (!isRunning(owner.pid)) return false;
  const started = readProcessStart(owner.pid);
  return owner.started === '' || started === '' || started === owner.started;
}

function isRunning(pid: number): boolean {
  try {
    system.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function identifyProcess(): Owner {
  return {
    pid: system.pid,
    host: hostname(),
    thread: threadId,
    started: readProcessStart(system.pid),
  };
}

function parseOwner(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<Owner> | null;
    const isOwner =
      Number.isSafeInteger(owner?.pid) &&
      typeof owner?.host === 'string' &&
      typeof owner.started === 'string';
    return isOwner ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}

/** On Linux: the boot id, the process namespace, and the tick in which the process was started. */
function readProcessStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')} ${start}`;
  } catch {
    return '';
  }
}
