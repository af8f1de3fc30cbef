// The store of signals in SQLite passes the suite, and shares writes.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteSignals } from '@nhipol/service';
import { expect, test } from 'vitest';
import { maxOfType } from '../../../../service/signals/store/signal-store.ts';
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

test('finds the older tokens until newer ones of their type are done', async () => {
  const { open, remove } = await place();
  const store = await open();
  const token = (n: number) => ({
    issuer: 'https://idp.example',
    jti: `${n}`,
    receivedAt: 0,
    events: '[]',
    index: [{ key: 'opaque a-1', type: 'risk', time: n }],
  });
  const newer = Array.from({ length: maxOfType }, (_, n) => token(n + 2));
  await store.add([token(1), ...newer]);
  expect(await store.about(['opaque a-1'], 1_000)).toHaveLength(maxOfType + 1);
  await store.done([token(1), ...newer]);
  expect(await store.about(['opaque a-1'], 1_000)).toHaveLength(maxOfType);
  await store.close();
  await remove();
});
