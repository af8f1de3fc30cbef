// The tests that every implementation of `Store` passes, besides those of decision-store-suite.ts: what is durable when,
// what of several callers one gets, what a process that is killed has written, and that a store which cannot be used says so.

import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type {
  ApprovalRequest,
  Revocation,
  RevocationScope,
  Store,
} from '../../../service/store/store.ts';
import { approval, minute, now } from '../guard/approvals/stored-approval.ts';
import { type Opener, StoreProcess } from './store-process.ts';

/** A place for one store: its contents are the same wherever it is opened. */
export interface StorePlace {
  readonly open: () => Store;
  /** How another process opens it. */
  readonly opener: Opener;
  /** How another process opens it that can write little; the rest fails as on a full disk. */
  readonly fullOpener: Opener;
  /** Marks the contents as those of a later version. Nothing has it open. */
  readonly makeLater: () => void;
  /** Changes the place so that it cannot be opened, by kind of damage. */
  readonly damages: Readonly<Record<string, () => void>>;
  readonly remove: () => void;
}

const revocation: Revocation = {
  subjectType: 'ai_agent',
  subjectId: 'a-1',
  server: 'files',
  at: now,
  reasons: ['session_revoked'],
  message: 'the session was ended',
};
const everywhere: Revocation = { ...revocation, server: undefined };
const request: ApprovalRequest = {
  id: 'approval-1',
  digest: 'sha-256:1',
  summary: 'write {"path":"/work/ü"}',
  reason: 'writes need an approval',
  subject: 'ai_agent a-1',
  requestedAt: now,
  expiresAt: now + minute,
};

function pickScope({ subjectType, subjectId, server }: RevocationScope): RevocationScope {
  return { subjectType, subjectId, server };
}

export function testStore(create: () => StorePlace): void {
  const places: StorePlace[] = [];
  const stores: Store[] = [];
  const processes: StoreProcess[] = [];

  function newPlace(): StorePlace {
    const place = create();
    places.push(place);
    return place;
  }

  function openStore(place = newPlace()): Store {
    const store = place.open();
    stores.push(store);
    return store;
  }

  async function startProcess(opener: Opener): Promise<StoreProcess> {
    const process = await StoreProcess.start(opener);
    processes.push(process);
    return process;
  }

  function close(store: Store): void {
    store.close();
    stores.splice(stores.indexOf(store), 1);
  }

  afterEach(async () => {
    for (const process of processes.splice(0)) await process.kill();
    for (const store of stores.splice(0)) store.close();
    for (const place of places.splice(0)) place.remove();
  });

  describe('stored data is there', () => {
    test('after the store was closed and opened again', async () => {
      const place = newPlace();
      const first = openStore(place);
      first.revoke(revocation);
      first.revoke({ ...everywhere, subjectId: 'a-2', message: undefined, reasons: [] });
      first.request(request);
      first.request({ ...request, id: 'approval-2', digest: 'sha-256:2' });
      first.approve(approval);
      first.approve({ ...approval, id: 'approval-3', digest: 'sha-256:3', approver: undefined });
      await first.sessions('policy').write(new Map([['s', '{"id":"s","ü":"\u2028"}']]));
      first.setPosition('log', '1');
      first.setPosition('log', '2');
      close(first);
      const again = openStore(place);
      expect(again.revocations()).toEqual([
        revocation,
        { ...everywhere, subjectId: 'a-2', message: undefined, reasons: [] },
      ]);
      expect(again.pending(now)).toEqual([{ ...request, id: 'approval-2', digest: 'sha-256:2' }]);
      expect(again.stateOf('approval-1')).toBe('approved');
      expect(again.take('sha-256:1', now)).toEqual(approval);
      expect(again.take('sha-256:3', now)).toEqual({
        ...approval,
        id: 'approval-3',
        digest: 'sha-256:3',
        approver: undefined,
      });
      expect(await again.sessions('policy').read()).toEqual(['{"id":"s","ü":"\u2028"}']);
      expect(again.position('log')).toBe('2');
      expect(again.position('another log')).toBeUndefined();
    });

    test('after the process that stored it was killed', async () => {
      const place = newPlace();
      for (let round = 0; round < 4; round += 1) {
        const writer = await startProcess(place.opener);
        await writer.call('approve', { ...approval, id: `approval-${round}` });
        await writer.write('policy', new Map([[`s${round}`, `snapshot ${round}`]]));
        await writer.call('revoke', { ...revocation, subjectId: `a-${round}` });
        await writer.kill();
        const store = openStore(place);
        expect(store.revocations()).toHaveLength(round + 1);
        expect(await store.sessions('policy').read()).toHaveLength(round + 1);
        close(store);
      }
      const store = openStore(place);
      const taken = Array.from({ length: 5 }, () => store.take('sha-256:1', now)?.id);
      expect(taken.toSorted()).toEqual([
        'approval-0',
        'approval-1',
        'approval-2',
        'approval-3',
        undefined,
      ]);
    });

    test('in another process at once', async () => {
      const place = newPlace();
      const [here, there] = [openStore(place), await startProcess(place.opener)];
      here.revoke(revocation);
      expect(await there.call('revocationOf', pickScope(revocation))).toEqual(revocation);
      await there.call('lift', pickScope(revocation));
      expect(here.revocations()).toEqual([]);
    });
  });

  describe('a revocation', () => {
    test('at one server covers that server, and one at all servers covers each', () => {
      const store = openStore();
      const at = (server: string | undefined, subjectId = 'a-1') =>
        store.revocationOf({ subjectType: 'ai_agent', subjectId, server })?.server;
      store.revoke(revocation);
      expect([at('files'), at('mail'), at(undefined)]).toEqual(['files', undefined, undefined]);
      store.revoke({ ...everywhere, at: now - 1 });
      const findRevocation = (server: string | undefined, subjectId = 'a-1') =>
        store.revocationOf({ subjectType: 'ai_agent', subjectId, server });
      expect(findRevocation('mail')).toEqual({ ...everywhere, at: now - 1 });
      expect(findRevocation(undefined)).toEqual({ ...everywhere, at: now - 1 });
      expect([findRevocation('files', 'a-2'), findRevocation(undefined, 'A-1')]).toEqual([
        undefined,
        undefined,
      ]);
      expect(
        store.revocationOf({ subjectType: 'service_account', subjectId: 'a-1', server: 'files' }),
      ).toBeUndefined();
    });

    test('again replaces the previous one', () => {
      const store = openStore();
      store.revoke(revocation);
      const later = { ...revocation, at: now + 1, reasons: ['left'], message: undefined };
      store.revoke(later);
      expect(store.revocations()).toEqual([later]);
    });

    test('is lifted only with its own scope', () => {
      const store = openStore();
      store.revoke(everywhere);
      expect(store.lift({ ...pickScope(everywhere), server: 'files' })).toBe(false);
      expect(store.revocationOf({ ...pickScope(everywhere), server: 'files' })).toEqual(everywhere);
      expect(store.lift(pickScope(everywhere))).toBe(true);
      expect(store.lift(pickScope(everywhere))).toBe(false);
      expect(store.revocations()).toEqual([]);
    });

    test('is found as in a list of all of them, after any changes', () => {
      const scope = fc.record({
        subjectType: fc.constantFrom('ai_agent', 'x'),
        subjectId: fc.constantFrom('a', 'b', "'; --", ''),
        server: fc.constantFrom('files', 'mail', undefined),
      });
      const change = fc.record({ scope, isLift: fc.boolean(), at: fc.nat(1_000) });
      fc.assert(
        fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
          const store = openStore();
          const expected = new Map<string, Revocation>();
          for (const { scope, isLift, at } of changes) {
            const key = JSON.stringify([scope.subjectType, scope.subjectId, scope.server ?? null]);
            const each = { ...scope, at, reasons: ['r'], message: undefined };
            if (isLift) expect(store.lift(scope)).toBe(expected.delete(key));
            else {
              store.revoke(each);
              expected.set(key, each);
            }
          }
          expect(store.revocations().toSorted(byText)).toEqual(
            [...expected.values()].toSorted(byText),
          );
          for (const { scope } of changes) {
            const covering = [...expected.values()].filter(
              (each) =>
                each.subjectType === scope.subjectType &&
                each.subjectId === scope.subjectId &&
                (each.server === undefined || each.server === scope.server),
            );
            const found = store.revocationOf(scope);
            if (covering.length === 0) expect(found).toBeUndefined();
            else expect(covering).toContainEqual(found);
          }
          close(store);
        }),
        { numRuns: 20 },
      );
    });
  });

  describe('an approval', () => {
    test('is used once by several callers in several processes', async () => {
      const place = newPlace();
      const [here, also] = [openStore(place), openStore(place)];
      const others = await Promise.all([1, 2, 3].map(() => startProcess(place.opener)));
      const ids = Array.from({ length: 40 }, (_, index) => `approval-${index}`);
      for (const id of ids) here.approve({ ...approval, id });
      const tries = Array.from({ length: 15 }, (_, index) => index);
      const there = others.map(async (other) => {
        const taken = [];
        for (const _ of tries) taken.push(await other.call('take', 'sha-256:1', now));
        return taken;
      });
      const own = [here, also].map(async (store) => {
        const taken = [];
        for (const _ of tries) {
          taken.push(store.take('sha-256:1', now));
          await new Promise(setImmediate);
        }
        return taken;
      });
      const taken = (await Promise.all([...there, ...own])).flat();
      expect(taken).toHaveLength(75);
      expect(taken.flatMap((each) => each?.id ?? []).toSorted()).toEqual(ids.toSorted());
    });

    test('has one answer: the first', () => {
      const store = openStore();
      store.request(request);
      const other = { ...request, id: 'other', digest: 'sha-256:2', requestedAt: now - 1 };
      expect(store.request(other)).toBe('other');
      // The same call waits once.
      expect(store.request({ ...request, id: 'again' })).toBe('approval-1');
      expect(store.pending(now).map(({ id }) => id)).toEqual(['other', 'approval-1']);
      expect(store.stateOf('approval-1')).toBe('pending');
      expect(store.refuse('approval-1')).toBe(true);
      expect(store.refuse('approval-1')).toBe(false);
      expect(store.approveRequest({ ...approval, grantedAt: now })).toBe(false);
      expect(store.take(approval.digest, now)).toBeUndefined();
      expect(store.stateOf('approval-1')).toBe('refused');
      expect(store.pending(now).map(({ id }) => id)).toEqual(['other']);
      store.approve({ ...approval, id: 'other' });
      store.refuse('other');
      expect(store.stateOf('other')).toBe('approved');
      expect(store.stateOf('unknown')).toBeUndefined();
      store.request({ ...request, id: 'late', digest: 'sha-256:3' });
      expect(store.pending(request.expiresAt)).toEqual([]);
      // It has expired for all, also if a clock is slow.
      expect(store.pending(now)).toEqual([]);
      expect(store.stateOf('late')).toBe('expired');
    });

    test('that expired while nothing used the store stays so for a slow clock', () => {
      const place = newPlace();
      const store = openStore(place);
      store.request({ ...request, id: 'late', digest: 'sha-256:3' });
      store.approve(approval);
      store.expire(Math.max(approval.expiresAt, request.expiresAt));
      expect(openStore(place).take('sha-256:1', now)).toBeUndefined();
      expect(store.stateOf('late')).toBe('expired');
    });

    test('counts an instant before the latest one that any process had as that one', () => {
      const place = newPlace();
      const store = openStore(place);
      expect(store.take('sha-256:2', approval.expiresAt)).toBeUndefined();
      // It was granted by a clock that is slow.
      openStore(place).approve(approval);
      expect(openStore(place).take('sha-256:1', now)).toBeUndefined();
    });

    test('is not stored twice under one id', () => {
      const store = openStore();
      store.request(request);
      store.approve(approval);
      expect(() => store.request(request)).toThrow();
      expect(() => store.approve(approval)).toThrow();
      expect(store.take('sha-256:1', now)).toEqual(approval);
      expect(store.take('sha-256:1', now)).toBeUndefined();
    });
  });

  describe('sessions', () => {
    test('are all of one write, also when the process that writes is killed', async () => {
      const place = newPlace();
      const reader = openStore(place);
      const ids = Array.from({ length: 50 }, (_, index) => `s${index}`);
      const state = (generation: number) =>
        new Map(ids.map((id) => [id, `${generation}`.padStart(2_000, '.')]));
      let generation = 0;
      // A write that was sent and not acknowledged may be stored or not.
      let acknowledged = 0;
      for (let round = 0; round < 5; round += 1) {
        const writer = await startProcess(place.opener);
        const enough = acknowledged + 3;
        let isKilled = false;
        const writing = (async () => {
          while (!isKilled) {
            generation += 1;
            await writer.write('policy', state(generation));
            acknowledged = generation;
          }
        })().catch(() => {});
        while (acknowledged < enough) {
          await new Promise((resolve) => setTimeout(resolve, 1 + round));
          expect(new Set(await reader.sessions('policy').read()).size).toBeLessThanOrEqual(1);
        }
        isKilled = true;
        await writer.kill();
        await writing;
        const found = await reader.sessions('policy').read();
        expect([new Set(found).size, found.length]).toEqual([1, ids.length]);
        const stored = Number(found[0]?.replaceAll('.', ''));
        expect(stored).toBeGreaterThanOrEqual(acknowledged);
        expect(stored).toBeLessThanOrEqual(generation);
      }
    });
  });

  test('the version changes when another process changes the store, and not otherwise', async () => {
    const place = newPlace();
    const store = openStore(place);
    const other = await startProcess(place.opener);
    const before = store.version();
    expect(store.version()).toBe(before);
    await other.call('revoke', revocation);
    const after = store.version();
    expect(after).not.toBe(before);
    await other.call('revocations');
    expect(store.version()).toBe(after);
    await other.write('policy', new Map([['s', 'snapshot']]));
    expect(store.version()).not.toBe(after);
  });

  describe('a store that cannot be used', () => {
    test('of a later version is not opened, and stays as it is', () => {
      const place = newPlace();
      const store = openStore(place);
      store.revoke(revocation);
      close(store);
      place.makeLater();
      expect(() => place.open()).toThrow('later version');
      expect(() => place.open()).toThrow('later version');
    });

    test.each(Object.keys(create().damages))('is not opened: %s', (damage) => {
      const place = newPlace();
      place.damages[damage]?.();
      expect(() => place.open()).toThrow();
    });

    test('throws after it was closed', async () => {
      const store = openStore();
      const sessions = store.sessions('policy');
      close(store);
      expect(() => store.revoke(revocation)).toThrow();
      expect(() => store.revocationOf(pickScope(revocation))).toThrow();
      expect(() => store.take('sha-256:1', now)).toThrow();
      await expect(sessions.write(new Map([['s', 'snapshot']]))).rejects.toThrow();
      await expect(sessions.read()).rejects.toThrow();
    });

    test('that is full refuses what it cannot store, and loses nothing', async () => {
      const place = newPlace();
      close(openStore(place));
      const writer = await startProcess(place.fullOpener);
      await writer.call('approve', approval);
      const stored: string[] = [];
      let failure: unknown;
      for (let index = 0; index < 1_000 && failure === undefined; index += 1) {
        const subjectId = `${index}`.padStart(4_000, '.');
        await writer.call('revoke', { ...revocation, subjectId, at: index }).then(
          () => stored.push(subjectId),
          (error) => {
            failure = error;
          },
        );
      }
      expect(failure).toBeInstanceOf(Error);
      expect(stored).not.toEqual([]);
      const many = new Map([['s', '.'.repeat(1_000_000)]]);
      await expect(writer.write('policy', many)).rejects.toThrow();
      await writer.kill();
      const store = openStore(place);
      expect(store.revocations().map(({ subjectId }) => subjectId)).toEqual(stored);
      expect(await store.sessions('policy').read()).toEqual([]);
      expect(store.take('sha-256:1', now)).toEqual(approval);
    });
  });
}

function byText(one: object, other: object): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}
