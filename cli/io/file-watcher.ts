// Watches files with chokidar. Changes in quick succession count as one.

import { type FSWatcher, watch } from 'chokidar';
import { UsageError } from './exit-codes.ts';
import type { Watcher } from './watch.ts';

/** The time without further changes; an editor may write a file in several steps. */
const debounceMilliseconds = 50;

const signals = ['SIGINT', 'SIGTERM'] as const;

/**
 * `endsBySignal`: whether a signal such as Ctrl-C ends the watching instead of the process. A command that does more than to watch
 * decides itself what a signal ends: one that comes while it starts must not be lost.
 */
export function watchFiles({ endsBySignal }: { readonly endsBySignal: boolean }): Watcher {
  let watched = '';
  let inner: FSWatcher | undefined;
  let [hasChanged, hasEnded] = [false, false];
  let debounce: NodeJS.Timeout | undefined;
  let wake = () => {};

  const noteChange = () => {
    clearTimeout(debounce);
    debounce = setTimeout(() => {
      hasChanged = true;
      wake();
    }, debounceMilliseconds);
  };
  const end = () => {
    hasEnded = true;
    wake();
  };
  if (endsBySignal) for (const signal of signals) process.once(signal, end);

  return {
    async follow(files) {
      const wanted = JSON.stringify([...files].sort());
      if (wanted === watched) return;
      const next = watch([...files], { ignoreInitial: true });
      next.on('all', noteChange);
      await new Promise<void>((resolve, reject) => {
        next.once('ready', () => resolve());
        next.on('error', (error) => reject(new UsageError(`cannot watch: ${String(error)}`)));
      });
      await inner?.close();
      [inner, watched] = [next, wanted];
    },
    async change() {
      if (!hasChanged && !hasEnded) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      hasChanged = false;
      return !hasEnded;
    },
    async close() {
      clearTimeout(debounce);
      for (const signal of signals) process.off(signal, end);
      end();
      await inner?.close();
    },
  };
}
