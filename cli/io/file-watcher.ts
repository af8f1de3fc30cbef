// Changes of files, told by the system through chokidar. Changes that come close together are one; a
// signal to end, such as Ctrl-C, ends the waiting.

import { type FSWatcher, watch } from 'chokidar';
import { UsageError } from './exit-codes.ts';
import type { Watcher } from './watch.ts';

/** An editor may write a file in several steps. */
const quietMilliseconds = 50;

const signals = ['SIGINT', 'SIGTERM'] as const;

export function watchFiles(): Watcher {
  let followed = '';
  let inner: FSWatcher | undefined;
  let [hasChanged, hasEnded] = [false, false];
  let quiet: NodeJS.Timeout | undefined;
  let wake = () => {};

  const changed = () => {
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      hasChanged = true;
      wake();
    }, quietMilliseconds);
  };
  const end = () => {
    hasEnded = true;
    wake();
  };
  for (const signal of signals) process.once(signal, end);

  return {
    async follow(files) {
      const wanted = JSON.stringify([...files].sort());
      if (wanted === followed) return;
      const next = watch([...files], { ignoreInitial: true });
      next.on('all', changed);
      await new Promise<void>((resolve, reject) => {
        next.once('ready', () => resolve());
        next.on('error', (error) => reject(new UsageError(`cannot watch: ${String(error)}`)));
      });
      await inner?.close();
      [inner, followed] = [next, wanted];
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
      clearTimeout(quiet);
      for (const signal of signals) process.off(signal, end);
      await inner?.close();
    },
  };
}
