// The tests that every store of a decision point passes, in this process or elsewhere: approvals are used once, and
// sessions are written as a whole or not at all and read as they were written.

import { afterEach, describe, expect, test } from 'vitest';
import type { ApprovalStore, SessionStores } from '../../../service/store/store.ts';
import { approval, minute, now } from '../guard/approvals/stored-approval.ts';

export interface OpenStore {
  readonly store: ApprovalStore & SessionStores;
  readonly close: () => Promise<void>;
}

/** A place for one store: its contents are the same wherever it is opened. */
export interface DecisionStorePlace {
  readonly open: () => Promise<OpenStore>;
  /** Ends what stores without warning, and starts it again. Nothing has it open. */
  readonly crash: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

export function testDecisionStore(create: () => Promise<DecisionStorePlace>): void {
  const places: DecisionStorePlace[] = [];
  const stores: OpenStore[] = [];

  async function newPlace(): Promise<DecisionStorePlace> {
    const place = await create();
    places.push(place);
    return place;
  }

  async function openStore(place?: DecisionStorePlace): Promise<OpenStore['store']> {
    const open = await (place ?? (await newPlace())).open();
    stores.push(open);
    return open.store;
  }

  async function closeAll(): Promise<void> {
    for (const store of stores.splice(0)) await store.close();
  }

  afterEach(async () => {
    await closeAll();
    for (const place of places.splice(0)) await place.remove();
  });

  describe('an approval', () => {
    test('is used once, by the exact call, before it expires', async () => {
      const store = await openStore();
      await store.approve(approval);
      expect(await store.take('sha-256:2', now)).toBeUndefined();
      expect(await store.take('sha-256:1', approval.expiresAt - 1)).toEqual(approval);
      expect(await store.take('sha-256:1', now)).toBeUndefined();
    });

    test('that has expired stays so for a process whose clock is slow', async () => {
      const place = await newPlace();
      const store = await openStore(place);
      await store.approve(approval);
      expect(await store.take('sha-256:1', approval.expiresAt)).toBeUndefined();
      expect(await store.take('sha-256:1', now)).toBeUndefined();
      await closeAll();
      expect(await (await openStore(place)).take('sha-256:1', now)).toBeUndefined();
    });

    test('that expires first is used first', async () => {
      const store = await openStore();
      await store.approve({ ...approval, id: 'late', expiresAt: now + 2 * minute });
      await store.approve({ ...approval, id: 'early' });
      await store.approve({ ...approval, id: 'over', expiresAt: now });
      expect((await store.take('sha-256:1', now))?.id).toBe('early');
      expect((await store.take('sha-256:1', now))?.id).toBe('late');
      expect(await store.take('sha-256:1', now)).toBeUndefined();
    });

    test('is used once by several callers', async () => {
      const place = await newPlace();
      const callers = [await openStore(place), await openStore(place), await openStore(place)];
      const ids = Array.from({ length: 12 }, (_, index) => `approval-${index}`);
      for (const id of ids) await callers[0]?.approve({ ...approval, id });
      const tries = Array.from({ length: 8 }, (_, index) => index);
      const taking = callers.map(async (store) => {
        const taken = [];
        for (const _ of tries) taken.push(await store.take('sha-256:1', now));
        return taken;
      });
      const taken = (await Promise.all(taking)).flat();
      expect(taken).toHaveLength(24);
      expect(taken.flatMap((each) => each?.id ?? []).toSorted()).toEqual(ids.toSorted());
    });

    test('cannot be given twice', async () => {
      const store = await openStore();
      await store.approve(approval);
      await expect(async () => store.approve(approval)).rejects.toThrow();
      expect(await store.take('sha-256:1', now)).toEqual(approval);
      expect(await store.take('sha-256:1', now)).toBeUndefined();
    });
  });

  describe('sessions', () => {
    test('are stored by name, replaced and removed', async () => {
      const store = await openStore();
      const [one, other] = [store.sessions('one'), store.sessions('other')];
      const first = [
        ['a', 'a1'],
        ['b', 'b1'],
      ] as const;
      await one.write(new Map(first));
      await other.write(new Map([['a', 'other']]));
      await one.write(
        new Map([
          ['a', 'a2'],
          ['b', undefined],
          ['c', undefined],
        ]),
      );
      expect(await store.sessions('one').read()).toEqual(['a2']);
      expect(await other.read()).toEqual(['other']);
    });

    test('are written together or not at all', async () => {
      const store = await openStore();
      const sessions = store.sessions('policy');
      await sessions.write(new Map([['a', 'before']]));
      const entries: readonly (readonly [string, string])[] = [
        ['a', 'after'],
        ['b', 'after'],
      ];
      const breaking = new Map<string, string>(entries);
      breaking[Symbol.iterator] = function* () {
        yield* entries as [string, string][];
        throw new Error('no more');
      };
      await expect(sessions.write(breaking)).rejects.toThrow('no more');
      expect(await sessions.read()).toEqual(['before']);
    });

    test('are read as they were written, all of many', async () => {
      const store = await openStore();
      const texts = Array.from({ length: 1_200 }, (_, index) => [
        `ü ${index}/*.>\u2028`,
        `{"id":"${index}","ü":"\u2028"}`,
      ]);
      await store.sessions('policy').write(new Map(texts as [string, string][]));
      const found = await store.sessions('policy').read();
      expect(found.toSorted()).toEqual(texts.map(([, text]) => text).toSorted());
    });

    test('and approvals are there after what stores was killed', async () => {
      const place = await newPlace();
      for (const round of [1, 2]) {
        const store = await openStore(place);
        await store.approve({ ...approval, id: `approval-${round}` });
        await store.sessions('policy').write(new Map([[`s${round}`, `snapshot ${round}`]]));
        await closeAll();
        await place.crash();
        const again = await openStore(place);
        expect(await again.sessions('policy').read()).toHaveLength(round);
        await closeAll();
      }
      const store = await openStore(place);
      const taken = [];
      for (const _ of [1, 2, 3]) taken.push((await store.take('sha-256:1', now))?.id);
      expect(taken.toSorted()).toEqual(['approval-1', 'approval-2', undefined]);
    });

    test('cannot be read or written after the store was closed', async () => {
      const store = await openStore();
      const sessions = store.sessions('policy');
      await closeAll();
      await expect(sessions.write(new Map([['s', 'snapshot']]))).rejects.toThrow();
      await expect(sessions.read()).rejects.toThrow();
      await expect(async () => store.take('sha-256:1', now)).rejects.toThrow();
    });
  });
}
