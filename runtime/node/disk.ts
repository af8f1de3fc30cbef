// The file operations that a session file needs. Tests replace them with a disk that fails.

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { link, lstat, open, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import system from 'node:process';

export interface DiskFile {
  /** Writes at the position and returns the number of bytes written, which may be smaller. */
  write(bytes: Uint8Array, offset: number, position: number): Promise<number>;
  /** Reads the first `length` bytes. */
  read(length: number): Promise<Uint8Array>;
  truncate(length: number): Promise<void>;
  /** Waits until the written data is on the disk. */
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
  /** Distinguishes a file from every other. */
  readonly identity: string;
}

export interface Disk {
  /**
   * Opens a file for reading and writing. `create` creates it with mode 0600 if it does not exist; `exclusive`
   * fails if it exists. Fails for a symbolic link, and with the code `ELOCKED` if this process has the file open,
   * under any name.
   */
  open(path: string, how: 'create' | 'exclusive'): Promise<DiskFile>;
  /** `undefined` if nothing has that name. Symbolic links are not followed. */
  status(path: string): Promise<FileStatus | undefined>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Waits until the entries of the path's folder are on the disk. */
  syncFolder(path: string): Promise<void>;
  /** The contents of a small file, or `undefined` if it does not exist. */
  readText(path: string): Promise<string | undefined>;
  /** Creates a file with this content, atomically; false: a file of that name exists. */
  createText(path: string, text: string): Promise<boolean>;
}

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_RDWR } = constants;
const ownerOnly = 0o600;
const exclusive = { flag: 'wx', mode: ownerOnly } as const;

/** The files that this process has open: a hard link to one of them is the same file. */
const openFiles = new Set<string>();

export const nodeDisk: Disk = {
  open: async (path, how) => {
    // Windows has no such flag; an existing link is detected by its status.
    if (O_NOFOLLOW === 0 && (await lstat(path).catch(expectAbsent))?.isSymbolicLink()) {
      throw Object.assign(new Error(`${path} is a symbolic link`), { code: 'ELOOP' });
    }
    const flags = O_RDWR | O_CREAT | O_NOFOLLOW | (how === 'exclusive' ? O_EXCL : 0);
    const handle = await open(path, flags, ownerOnly);
    const { identity } = toFileStatus(await handle.stat());
    if (openFiles.has(identity)) {
      await handle.close();
      const message = `${path} is used by this process already`;
      throw Object.assign(new Error(message), { code: 'ELOCKED' });
    }
    openFiles.add(identity);
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
      stat: async () => toFileStatus(await handle.stat()),
      chmod: (mode) => handle.chmod(mode),
      close: async () => {
        openFiles.delete(identity);
        await handle.close();
      },
    };
  },
  status: async (path) => {
    const stats = await lstat(path).catch(expectAbsent);
    return stats && toFileStatus(stats);
  },
  rename,
  unlink,
  syncFolder: async (path) => {
    // Windows cannot open folders, and persists names anyway.
    if (system.platform === 'win32') return;
    const folder = await open(dirname(path), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
  readText: async (path) => {
    return (await readFile(path, 'utf8').catch(expectAbsent)) ?? undefined;
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
      await unlink(own).catch(expectAbsent);
    }
  },
};

function expectAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}

function toFileStatus(found: {
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
