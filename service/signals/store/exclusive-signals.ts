// Signals in an SQLite database of which one process at a time receives: a token is delivered once, so that another process
// with the same database would never get it.

import { lockFile } from '@nhipol/runtime/node';
import type { SignalStore } from './signal-store.ts';
import { sqliteSignals } from './sqlite-signals.ts';

/** Rejects with the code `ELOCKED` if another process receives. `close` lets the next one do so. */
export async function exclusiveSignals(path: string): Promise<SignalStore> {
  const release = await lockFile(`${path}.signals`);
  try {
    const store = sqliteSignals(path);
    const close = async () => {
      await store.close();
      await release();
    };
    return { ...store, close };
  } catch (error) {
    await release();
    throw error;
  }
}
