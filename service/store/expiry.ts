// Marks approvals and requests that expire while nothing uses them, so that they stay expired for a process whose clock
// is slow.

import type { Clock } from '@nhipol/runtime';
import type { ApprovalStore } from './store.ts';

/** How often the store is checked, in milliseconds. */
const interval = 1_000;

/** Returns a function that ends this, and marks what has expired until then. */
export function watchExpiry(store: Pick<ApprovalStore, 'expire'>, clock: Clock): () => void {
  const expire = () => {
    try {
      store.expire?.(clock.now());
    } catch {
      // A store that cannot be used is reported where it is needed.
    }
  };
  const timer = setInterval(expire, interval);
  timer.unref();
  return () => {
    clearInterval(timer);
    expire();
  };
}
