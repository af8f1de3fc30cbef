// The store of signals in SQLite passes the suite, and shares writes.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sqliteSignals } from '../../../service/signals/store/sqlite-signals.ts';
import { type SignalPlace, testSignalStore } from './signal-store-suite.ts';

async function place(): Promise<SignalPlace> {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-signal-store-'));
  return {
    open: async () => sqliteSignals(join(folder, 'state.db')),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

testSignalStore(place);

test('a change that fails leaves no part of the changes that were made with it', async () => {
  const { open, remove } = await place();
  const store = await open();
  const good = { stream: 's', jti: '1', token: 't', createdAt: 0 };
  const changes = await Promise.allSettled([
    store.enqueue([good]),
    store.enqueue([{ ...good, jti: '2', token: null as unknown as string }]),
  ]);
  expect(changes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await store.backlog('s')).toBe(0);
  await store.close();
  await remove();
});
