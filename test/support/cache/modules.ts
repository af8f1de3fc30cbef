// Modules that tests compiled, by the hash of everything that they are compiled from. Runs of several copies of the
// repository may read and write them at the same time. An entry begins with the digest of its module, so that a damaged one
// is compiled again.

import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { findTestCache } from './folder.ts';

const digestLength = 32;
const entryName = /^[0-9a-f]{64}$/;
/** After this time in milliseconds, an unfinished file is of a run that crashed, and is removed. */
const unfinishedLifetime = 3_600_000;

export class ModuleCache {
  readonly folder: string;

  constructor(folder = join(findTestCache(), 'modules')) {
    this.folder = folder;
  }

  /** Returns the module, or `undefined` if it is not there or damaged. */
  read(key: string): Uint8Array<ArrayBuffer> | undefined {
    const path = join(this.folder, key);
    try {
      const contents = readFileSync(path);
      const module = new Uint8Array(contents.subarray(digestLength));
      if (!computeDigest(module).equals(contents.subarray(0, digestLength))) return undefined;
      const now = new Date();
      utimesSync(path, now, now);
      return module;
    } catch {
      return undefined;
    }
  }

  /**
   * Replaces an entry in one step: a reader sees all of it or nothing. Nothing is stored in a folder that cannot be written, or
   * on a full disk: tests then compile again, and pass.
   */
  store(key: string, module: Uint8Array): void {
    const path = join(this.folder, key);
    const unfinished = `${path}.${randomBytes(6).toString('hex')}`;
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      writeFileSync(unfinished, Buffer.concat([computeDigest(module), module]), { flag: 'wx' });
      renameSync(unfinished, path);
    } catch {
      if (existsSync(unfinished)) rmSync(unfinished, { force: true });
    }
  }

  /** Removes the entries that were not used for the longest time, until at most `bytes` are left. */
  shrink(bytes: number, now = Date.now()): void {
    const files = listFiles(this.folder).toSorted((a, b) => b.usedAt - a.usedAt);
    let total = 0;
    for (const { path, name, size, usedAt } of files) {
      const isEntry = entryName.test(name);
      if (isEntry) total += size;
      if (isEntry ? total > bytes : now - usedAt > unfinishedLifetime)
        rmSync(path, { force: true });
    }
  }
}

/** Returns the key of a module that is compiled from these inputs. */
export function computeKey(inputs: unknown): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}

function listFiles(folder: string) {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const path = join(folder, name);
    // Another run may have removed it.
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? [] : [{ path, name, size: stats.size, usedAt: stats.mtimeMs }];
  });
}

function computeDigest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
