// Watches files with chokidar. Changes in quick succession count as one. A file that was removed is looked for until it
// exists again: chokidar does not notice it if its folder was removed, too, as by a checkout or a deployment.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { UsageError } from './exit-codes.ts';
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
  const removed = new Set<string>();
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
    const found = [...removed].filter((file) => existsSync(file));
    if (found.length === 0) return;
    for (const file of found) removed.delete(file);
    inner?.unwatch(found);
    inner?.add(found);
    noteChange();
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
      next.on('all', noteChange);
      next.on('unlink', (file) => removed.add(file));
      next.on('add', (file) => removed.delete(file));
      await new Promise<void>((ready, reject) => {
        next.once('ready', () => ready());
        next.on('error', (error) => reject(new UsageError(`cannot watch: ${String(error)}`)));
      });
      await inner?.close();
      [inner, watched] = [next, wanted];
      for (const file of removed) if (!paths.includes(file)) removed.delete(file);
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
