// Notices when another process changes the store, and whether the store can be read.

import type { Store } from '../store/store.ts';
import { formatErrorMessage } from '../support/message-of.ts';

export interface StoreListener {
  /** Called again until it returns. */
  readonly onChanged: () => void;
  /** The store can be read again, or, with a problem, no longer. */
  readonly onReadable: (problem: string | undefined) => void;
}

/** How often the store is checked, in milliseconds. */
const interval = 200;

/** Returns a function that ends the watch. */
export function watchStore(store: Store, { onChanged, onReadable }: StoreListener): () => void {
  let known = store.version();
  let isReadable = true;
  const check = () => {
    let problem: string | undefined;
    try {
      const version = store.version();
      if (version !== known) onChanged();
      known = version;
    } catch (error) {
      problem = formatErrorMessage(error);
    }
    if (isReadable !== (problem === undefined)) onReadable(problem);
    isReadable = problem === undefined;
  };
  const timer = setInterval(check, interval);
  timer.unref();
  return () => clearInterval(timer);
}
