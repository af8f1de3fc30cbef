// The tests that every implementation of `SignalStore` passes.

import { afterEach, expect, test } from 'vitest';
import {
  maxOfType,
  type OutgoingSet,
  type SignalStore,
  type StoredSet,
} from '../../../../service/signals/store/signal-store.ts';

/** A place for one store: its contents are the same whenever it is opened. */
export interface SignalPlace {
  readonly open: () => Promise<SignalStore>;
  readonly remove: () => Promise<void>;
}

const issuer = 'https://idp.example';

function createReceived(jti: string, parts: Partial<StoredSet> = {}): StoredSet {
  const index = [{ key: 'opaque a-1', type: 'risk', time: 1_000 }];
  return { issuer, jti, receivedAt: 2_000, events: `["${jti} ü\u2028"]`, index, ...parts };
}

function outgoing(stream: string, jti: string): OutgoingSet {
  return { stream, jti, token: `token of ${jti}`, createdAt: 3_000 };
}

export function testSignalStore(create: () => Promise<SignalPlace>): void {
  let place: SignalPlace | undefined;
  let store: SignalStore | undefined;

  async function open(): Promise<SignalStore> {
    await store?.close();
    place ??= await create();
    store = await place.open();
    return store;
  }

  afterEach(async () => {
    await store?.close();
    await place?.remove();
    [place, store] = [undefined, undefined];
  });

  test('stores each token once by its issuer and jti, also after it was opened again', async () => {
    const first = await open();
    expect(
      await first.add([createReceived('1'), createReceived('2'), createReceived('1')]),
    ).toEqual(['new', 'new', 'pending']);
    await first.done([createReceived('1')]);
    const again = await open();
    const other = createReceived('1', { issuer: 'https://other.example' });
    expect(await again.add([createReceived('1'), createReceived('2'), other])).toEqual([
      'done',
      'pending',
      'new',
    ]);
    expect(await again.pending()).toEqual([createReceived('2'), other]);
  });

  test('stores concurrent tokens once', async () => {
    const opened = await open();
    const states = await Promise.all(
      Array.from({ length: 20 }, () => opened.add([createReceived('1')])),
    );
    expect(states.flat().filter((state) => state === 'new')).toHaveLength(1);
  });

  test('finds the newest of each type about a subject', async () => {
    const opened = await open();
    const risk = (jti: string, time: number) =>
      createReceived(jti, { index: [{ key: 'opaque a-1', type: 'risk', time }] });
    const leak = createReceived('leak', { index: [{ key: 'opaque a-1', type: 'leak', time: 1 }] });
    const both = createReceived('both', {
      index: [
        { key: 'opaque a-1', type: 'risk', time: 9 },
        { key: 'email a', type: 'risk', time: 9 },
      ],
    });
    const many = Array.from({ length: maxOfType }, (_, at) => risk(`many ${at}`, 10 + at));
    await opened.add([leak, risk('r5', 5), both]);
    const findSequences = async (keys: readonly string[], limit = 1_000) => {
      const entries = await opened.about(keys, limit);
      const sequences = [...new Set(entries.map(({ sequence }) => sequence))];
      return (await opened.read(sequences.sort((one, other) => one - other))).map(({ jti }) => jti);
    };
    expect(await findSequences(['opaque a-1'])).toEqual(['leak', 'r5', 'both']);
    expect(await findSequences(['email a', 'opaque a-1'])).toEqual(['leak', 'r5', 'both']);
    expect((await opened.about(['email a', 'opaque a-1'], 2)).length).toBe(2);
    expect(await findSequences(['opaque a-2'])).toEqual([]);
    expect([...(await opened.keys())].sort()).toEqual(['email a', 'opaque a-1']);
    expect(await findSequences(['email a'])).toEqual(['both']);
    await opened.add(many.slice(1));
    await opened.done(many.slice(1));
    const newest = many.slice(1).map(({ jti }) => jti);
    expect(await findSequences(['opaque a-1'])).toEqual(['leak', 'both', ...newest]);
    await opened.add(many.slice(0, 1));
    await opened.done(many.slice(0, 1));
    expect((await findSequences(['opaque a-1'])).sort()).toEqual(
      ['leak', ...many.map(({ jti }) => jti)].sort(),
    );
    expect(await findSequences(['email a'])).toEqual(['both']);
  });

  test('gives each token a sequence of its own, also after all were forgotten', async () => {
    const opened = await open();
    const tokens = [createReceived('1', { receivedAt: 1 }), createReceived('2', { receivedAt: 1 })];
    await opened.add(tokens);
    const [first = 0, second = 0] = await opened.sequences(tokens);
    expect(second).toBeGreaterThan(first);
    expect((await opened.read([second])).map(({ jti }) => jti)).toEqual(['2']);
    await opened.done(tokens);
    await opened.forget(1_000);
    const again = await open();
    expect(await again.read([first, second])).toEqual([]);
    await again.add([createReceived('3')]);
    const [third = 0] = await again.sequences([createReceived('3')]);
    expect(third).toBeGreaterThan(second);
  });

  test('forgets what is old and done, and nothing else', async () => {
    const opened = await open();
    await opened.add([
      createReceived('old', { receivedAt: 1_000 }),
      createReceived('pending', { receivedAt: 1_000 }),
      createReceived('new', { receivedAt: 5_000 }),
    ]);
    await opened.done([createReceived('old'), createReceived('new')]);
    await opened.forget(3_000);
    const entries = await opened.about(['opaque a-1'], 9);
    const left = await opened.read(entries.map(({ sequence }) => sequence));
    expect(left.map(({ jti }) => jti).sort()).toEqual(['new', 'pending']);
    expect(await opened.add([createReceived('old'), createReceived('new')])).toEqual([
      'new',
      'done',
    ]);
  });

  test('remembers what sessions are identified by', async () => {
    const first = await open();
    expect(await first.identifiedBy()).toBeUndefined();
    await first.identify('null');
    await first.identify('{"any":{}}');
    expect(await (await open()).identifiedBy()).toBe('{"any":{}}');
  });

  test('stores streams, and removes one with what waits for it', async () => {
    const first = await open();
    await first.putStream({ id: 's1', receiver: 'r', text: '{"a":1}' }, undefined);
    await first.putStream({ id: 's2', receiver: 'r', text: '{}' }, undefined);
    await first.putStream({ id: 's1', receiver: 'r', text: '{"a":2}' }, '{"a":1}');
    await first.enqueue([outgoing('s1', '1'), outgoing('s2', '1')]);
    const again = await open();
    expect(await again.streams()).toEqual([
      { id: 's1', receiver: 'r', text: '{"a":2}' },
      { id: 's2', receiver: 'r', text: '{}' },
    ]);
    await again.deleteStream('s1');
    expect((await again.streams()).map(({ id }) => id)).toEqual(['s2']);
    expect([await again.backlog('s1'), await again.backlog('s2')]).toEqual([0, 1]);
  });

  test('replaces a stream only if nobody else has changed it', async () => {
    const opened = await open();
    const put = (text: string, previous: string | undefined) =>
      opened.putStream({ id: 's', receiver: 'r', text }, previous);
    expect(await put('1', '0')).toBe(false);
    expect(await put('1', undefined)).toBe(true);
    expect(await put('2', undefined)).toBe(false);
    expect(await put('2', '0')).toBe(false);
    const replaced = await Promise.all([put('2', '1'), put('3', '1'), put('4', '1')]);
    expect(replaced.filter((isStored) => isStored)).toHaveLength(1);
    await opened.deleteStream('s');
    expect(await put('5', '2')).toBe(false);
    expect(await put('5', undefined)).toBe(true);
    expect((await opened.streams()).map(({ text }) => text)).toEqual(['5']);
  });

  test('returns outgoing tokens in order until they are settled', async () => {
    const first = await open();
    const sets = ['3', '1', '2'].map((jti) => outgoing('s1', jti));
    await first.enqueue(sets);
    await first.enqueue([outgoing('s1', '1')]);
    const again = await open();
    expect(await again.waiting('s1', 9)).toEqual(sets);
    expect(await again.waiting('s1', 1)).toEqual([sets[0]]);
    await again.settle('s1', ['1', 'unknown']);
    await again.settle('s2', ['3']);
    expect((await again.waiting('s1', 9)).map(({ jti }) => jti)).toEqual(['3', '2']);
    await again.drop('s1');
    expect(await again.backlog('s1')).toBe(0);
  });

  test('rejects changes after it was closed', async () => {
    const opened = await open();
    await opened.close();
    await expect(opened.add([createReceived('1')])).rejects.toThrow();
    await expect(opened.enqueue([outgoing('s1', '1')])).rejects.toThrow();
  });
}
