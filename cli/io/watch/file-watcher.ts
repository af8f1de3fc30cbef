// Watches files with chokidar. Changes in quick succession count as one. A file that was removed once is also looked at
// twice a second: chokidar does not notice it again if its folder was removed, too, as by a checkout or a deployment, nor
// changes while it begins to watch it again.

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { UsageError } from '../exit-codes.ts';
import type { Watcher } from './watch.ts';

/** The time without further changes; an editor may write a file in several steps. */
const debounceMilliseconds = 50;

const searchMilliseconds = 500;

const signals = ['SIGINT', 'SIGTERM'] as const;

/**
 * `endsBySignal`: whether a signal such as Ctrl-C ends the watching instead of the process. A command that does more than to watch
 * decides itself what a signal ends: one that comes while it starts must not be lost.
 */
export function watchFiles({ endsBySignal }: { readonly endsBySignal: boolean }): Watcher {
  // After the working directory was removed, no parent of a relative path exists, and chokidar looks for one forever.
  const folder = process.cwd();
  let watched = '';
  let inner: FSWatcher | undefined;
  let [hasChanged, hasEnded] = [false, false];
  let debounce: NodeJS.Timeout | undefined;
  /** Files that were removed once, with their states when they were looked at. */
  const removed = new Map<string, string | undefined>();
  let wake = () => {};

  const noteChange = () => {
    clearTimeout(debounce);
    debounce = setTimeout(() => {
      hasChanged = true;
      wake();
    }, debounceMilliseconds);
  };
  /** The same watcher does not report a file again whose folder it lost. */
  const search = setInterval(() => {
    for (const [file, before] of removed) {
      const state = readState(file);
      if (state === before) continue;
      removed.set(file, state);
      if (before === undefined) {
        inner?.unwatch(file);
        inner?.add(file);
      }
      noteChange();
    }
  }, searchMilliseconds);
  search.unref();
  const end = () => {
    hasEnded = true;
    wake();
  };
  if (endsBySignal) for (const signal of signals) process.once(signal, end);

  return {
    async follow(files) {
      const wanted = JSON.stringify([...files].sort());
      if (wanted === watched) return;
      const paths = files.map((file) => resolve(folder, file));
      const next = watch(paths, { ignoreInitial: true });
      next.on('all', (event, file) => {
        // The next look at the file must not report the same change again.
        if (event === 'unlink' || removed.has(file)) removed.set(file, readState(file));
        noteChange();
      });
      await new Promise<void>((ready, reject) => {
        next.once('ready', () => ready());
        next.on('error', (error) => reject(new UsageError(`cannot watch: ${String(error)}`)));
      });
      await inner?.close();
      [inner, watched] = [next, wanted];
      for (const file of removed.keys()) if (!paths.includes(file)) removed.delete(file);
    },
    async change() {
      if (!hasChanged && !hasEnded) {
        await new Promise<void>((changed) => {
          wake = changed;
        });
      }
      hasChanged = false;
      return !hasEnded;
    },
    async close() {
      clearTimeout(debounce);
      clearInterval(search);
      for (const signal of signals) process.off(signal, end);
      end();
      await inner?.close();
    },
  };
}

/** Returns a text that differs after the file was written or replaced, or `undefined` if it cannot be read. */
function readState(file: string): string | undefined {
  try {
    const { ino, size, mtimeNs } = statSync(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch {
    return undefined;
  }
}
