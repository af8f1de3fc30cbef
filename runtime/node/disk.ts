// What a session file needs of a file system. Tests put one that fails in its place.

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { link, lstat, open, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import system from 'node:process';

export interface DiskFile {
  /** Writes at the position; gives how many bytes it wrote, which may be fewer. */
  write(bytes: Uint8Array, offset: number, position: number): Promise<number>;
  /** The first bytes, `length` of them. */
  read(length: number): Promise<Uint8Array>;
  truncate(length: number): Promise<void>;
  /** Waits until the disk has what was written. */
  sync(): Promise<void>;
  stat(): Promise<FileStatus>;
  chmod(mode: number): Promise<void>;
  close(): Promise<void>;
}

export interface FileStatus {
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  readonly isRegular: boolean;
  /** What tells a file from every other. */
  readonly identity: string;
}

export interface Disk {
  /**
   * Opens a file for reading and writing; `create` makes it, with mode 0600, where there is none, `exclusive` fails where there
   * is one. A symbolic link is not followed: that fails.
   */
  open(path: string, how: 'create' | 'exclusive'): Promise<DiskFile>;
  /** undefined: there is nothing of that name. A symbolic link is not followed. */
  status(path: string): Promise<FileStatus | undefined>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Waits until the disk has the names in the folder of the path. */
  syncFolder(path: string): Promise<void>;
  /** A small text; undefined: there is none. */
  readText(path: string): Promise<string | undefined>;
  /** Makes a file with the text; false: there is one of that name. The file never has another content. */
  createText(path: string, text: string): Promise<boolean>;
}

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_RDWR } = constants;
const ownerOnly = 0o600;
const exclusive = { flag: 'wx', mode: ownerOnly } as const;

export const nodeDisk: Disk = {
  open: async (path, how) => {
    // Windows has no such flag; a link that is there already is found by its status.
    if (O_NOFOLLOW === 0 && (await lstat(path).catch(absent))?.isSymbolicLink()) {
      throw Object.assign(new Error(`${path} is a symbolic link`), { code: 'ELOOP' });
    }
    const flags = O_RDWR | O_CREAT | O_NOFOLLOW | (how === 'exclusive' ? O_EXCL : 0);
    const handle = await open(path, flags, ownerOnly);
    return {
      write: async (bytes, offset, position) =>
        (await handle.write(bytes, offset, bytes.length - offset, position)).bytesWritten,
      read: async (length) => {
        const bytes = new Uint8Array(length);
        let at = 0;
        while (at < length) {
          const { bytesRead } = await handle.read(bytes, at, length - at, at);
          if (bytesRead === 0) break;
          at += bytesRead;
        }
        return bytes.subarray(0, at);
      },
      truncate: (length) => handle.truncate(length),
      sync: () => handle.sync(),
      stat: async () => statusOf(await handle.stat()),
      chmod: (mode) => handle.chmod(mode),
      close: () => handle.close(),
    };
  },
  status: async (path) => {
    const found = await lstat(path).catch(absent);
    return found && statusOf(found);
  },
  rename,
  unlink,
  syncFolder: async (path) => {
    // Windows opens no folders, and keeps names without being asked.
    if (system.platform === 'win32') return;
    const folder = await open(dirname(path), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
  readText: async (path) => {
    return (await readFile(path, 'utf8').catch(absent)) ?? undefined;
  },
  createText: async (path, text) => {
    const own = `${path}.${randomUUID()}`;
    try {
      await writeFile(own, text, exclusive);
      await link(own, path).catch((error: NodeJS.ErrnoException) => {
        // Some file systems have no hard links.
        if (error.code === 'EEXIST') throw error;
        return writeFile(path, text, exclusive);
      });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      await unlink(own).catch(absent);
    }
  },
};

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}

function statusOf(found: {
  readonly size: number;
  readonly mode: number;
  readonly dev: number;
  readonly ino: number;
  isFile(): boolean;
}): FileStatus {
  return {
    size: found.size,
    mode: found.mode & 0o7777,
    isRegular: found.isFile(),
    identity: `${found.dev}:${found.ino}`,
  };
}
