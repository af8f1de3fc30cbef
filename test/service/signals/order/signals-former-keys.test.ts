// Events that arrive late never undo newer ones, also if the session was found by other identifiers when these came, or if the
// policy or the settings did not have the fact yet; live, and after a restart.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostClock } from '@nhipol/runtime';
import { formatEventUri, type SignalSettings, serviceItself } from '@nhipol/service';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { StoredSet } from '../../../../service/signals/store/signal-store.ts';
import { attack } from '../../../attacks/attack.ts';
import { type Harness, openHarness } from '../../decisions/service-harness.ts';
import { compileForGuard } from '../../guard/guard-policy.ts';
import { signalSettings } from '../signal-issuer.ts';

const writePolicy = (context: string, rule: string) => `
policy test.former version "1.0.0"
use nhi.{ Risk }
subject ai_agent { owner?: String }
action read {}
resource file {}
context { time: Timestamp, tenant?: String${context} }
for ai_agent doing read on file {
  ${rule}
  permit reads when action.name is "read"
}
`;
const declared = writePolicy(', zone?: String', 'deny bad when context.zone is not "ok"');
const undeclared = writePolicy('', '');
const both = writePolicy(
  ', zone?: String, risk?: Risk',
  'deny bad when context.zone is "bad", if unknown skip\n  deny high when context.risk.level is HIGH, if unknown skip',
);
const required = writePolicy(
  ', zone?: String, risk?: Risk',
  'deny bad when context.zone is not "ok" or context.risk.level is not LOW',
);
const type = formatEventUri('https://scanner.example/zone');
const byOwner = {
  any: { format: 'opaque', id: '$session.subject.id' },
  user: { format: 'email', email: '$session.subject.properties.owner' },
  tenant: { format: 'opaque', id: '$session.context.tenant' },
};
const settings: Partial<SignalSettings> = {
  subjects: byOwner,
  events: { [type]: { signal: null, facts: { context: { zone: '$event.zone' } } } },
};
const owner = (name: string) => ({ format: 'email', email: `${name}@x.example` });
const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };

let modules: readonly Uint8Array[];
beforeAll(async () => {
  modules = await Promise.all(
    [declared, undeclared, both, required].map((source) => compileForGuard(source)),
  );
});

let folder: string;
/** The policy in use. */
let module: Uint8Array;
let harness: Harness;
let count = 0;
beforeEach(() => {
  release();
  [offset, unreadable, module] = [0, undefined, modules[0] as Uint8Array];
  folder = mkdtempSync(join(tmpdir(), 'nhipol-former-'));
});
afterEach(async () => {
  await harness.close();
  rmSync(folder, { recursive: true, force: true });
});

let offset = 0;
/** The name of the owner about whom no events can be read. */
let unreadable: string | undefined;
/** Events are stored and read when this resolves. */
let gate = Promise.resolve();
let release = () => {};
let isWaiting = false;

async function pass(): Promise<void> {
  isWaiting = true;
  await gate;
}

function closeGate(): void {
  isWaiting = false;
  gate = new Promise((resolve) => {
    release = resolve;
  });
}

/** Resolves when something waits at the gate, or nothing will. */
async function waitAtGate(): Promise<void> {
  for (let turn = 0; turn < 50 && !isWaiting; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function start(module = modules[0], more: Partial<SignalSettings> = {}): Promise<void> {
  const policy = module as Uint8Array;
  harness = await openHarness({
    policy,
    folder,
    signals: signalSettings({ ...settings, ...more }),
    point: { clock: { ...hostClock, now: () => Date.now() + offset } },
    wrapSignals: (store) => ({
      ...store,
      add: async (sets) => {
        await pass();
        return store.add(sets);
      },
      read: async (sequences) => {
        await pass();
        const sets = await store.read(sequences);
        const isUnreadable = ({ events }: StoredSet) =>
          events.includes(`"${unreadable}@x.example"`);
        if (sets.some(isUnreadable)) throw new Error('the disk fails');
        return sets;
      },
    }),
  });
}

async function restart(more: Partial<SignalSettings> = {}): Promise<void> {
  await harness.close();
  await start(module, more);
}

/** `age`: in seconds. */
const receive = (zone: string, subject: object, age: number) =>
  receiveClaims(type, { zone }, subject, age);

async function receiveClaims(
  kind: string,
  claims: object,
  subject: object,
  age: number,
  at = Date.now() - age * 1_000,
): Promise<void> {
  count += 1;
  const [issuer, jti] = ['https://idp.example', `${count}`];
  const about = subject as Readonly<Record<string, unknown>>;
  const time = Math.trunc(at);
  const event = {
    issuer,
    jti,
    txn: undefined,
    type: kind,
    time,
    claims: { ...claims },
    subject: about,
  };
  await harness.signals?.receive('idp', { issuer, jti, events: [event] });
}

const properties = (name: string) => ({ properties: { owner: `${name}@x.example` } });
const open = (name = 'a') =>
  harness.post('/sessions', {
    id: 's',
    subject: { type: 'ai_agent', id: 's', ...properties(name) },
  });
const setOwner = (name: string) =>
  harness.call('PATCH', '/sessions/s', { subject: properties(name) });
const decision = async (context: object = {}) =>
  (await harness.post('/sessions/s/decide', { ...read, context })).body.decision;

const activate = async () => {
  harness.activation.offer(module);
};

/** Starts with an empty state. */
async function startAnew(source = modules[0]): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  folder = mkdtempSync(join(tmpdir(), 'nhipol-former-'));
  module = source as Uint8Array;
  await start(module);
}

attack('signals-late-former-subject', async () => {
  for (const restarts of [false, true]) {
    await start();
    await open();
    await receive('ok', owner('a'), 300);
    await receive('bad', owner('a'), 60);
    await setOwner('b');
    // The session is no longer about this one, so that it is not a newer event.
    await receive('ok', owner('a'), 5);
    if (restarts) await restart();
    await receive('ok', owner('b'), 120);
    expect(await decision()).toBe(false);
    await receive('ok', owner('b'), 30);
    expect(await decision()).toBe(true);
    await receive('bad', owner('b'), 10);
    expect(await decision()).toBe(false);
    await harness.call('DELETE', '/sessions/s');
    await harness.close();
    rmSync(folder, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), 'nhipol-former-'));
  }
  await start();
});

test('so are events about a subject that came with a decision, or that other settings found', async () => {
  await start();
  await open();
  const tenant = (id: string) => ({ format: 'complex', tenant: { format: 'opaque', id } });
  expect(await decision({ tenant: 't1' })).toBe(false);
  await receive('ok', tenant('t1'), 300);
  await receive('bad', tenant('t1'), 60);
  expect(await decision({ tenant: 't2' })).toBe(false);
  // The tenant no longer identifies sessions, and then does again.
  await restart({ subjects: { any: byOwner.any, user: byOwner.user } });
  await restart();
  await receive('ok', tenant('t2'), 120);
  await receive('ok', owner('a'), 120);
  expect(await decision()).toBe(false);
});

attack('signals-late-undeclared', async () => {
  await start(modules[1]);
  await open();
  await receive('bad', owner('a'), 60);
  expect(harness.activation.offer(modules[0] as Uint8Array).kind).toBe('activated');
  expect(await decision()).toBe(false);
  await receive('ok', owner('a'), 120);
  expect(await decision()).toBe(false);
  await receive('ok', owner('a'), 30);
  expect(await decision()).toBe(true);
});

attack(
  'signals-late-repeated',
  async () => {
    const repeated = [
      [formatEventUri('risk-level-change'), { current_level: 'LOW' }, { current_level: 'HIGH' }],
      [type, { zone: 'ok' }, { zone: 'bad' }],
    ] as const;
    for (const [kind, good, bad] of repeated) {
      for (const again of [restart, activate]) {
        await startAnew(modules[2]);
        await open();
        await receiveClaims(kind, good, owner('a'), 300);
        await receiveClaims(kind, bad, owner('a'), 60);
        await setOwner('b');
        const later = Array.from({ length: 101 }, (_, n) => (101 - n) / 10);
        await Promise.all(later.map((age) => receiveClaims(kind, bad, owner('a'), age)));
        await again();
        await receiveClaims(kind, good, owner('b'), 120);
        expect([kind, again.name, await decision()]).toEqual([kind, again.name, false]);
        await receiveClaims(kind, good, owner('b'), 30);
        expect([kind, again.name, await decision()]).toEqual([kind, again.name, true]);
        await harness.close();
      }
    }
    await start();
  },
  120_000,
);

attack(
  'signals-late-unread',
  async () => {
    for (const again of [restart, activate]) {
      await startAnew();
      await open();
      await receive('ok', owner('a'), 300);
      await receive('bad', owner('a'), 60);
      await receive('ok', owner('b'), 400);
      await again();
      unreadable = 'a';
      expect((await setOwner('b')).body).toMatchObject({ code: 'event_not_applied' });
      unreadable = undefined;
      await receive('ok', owner('a'), 120);
      expect([again.name, await decision()]).toEqual([again.name, false]);
      unreadable = 'a';
      await receive('ok', owner('a'), 110);
      await receive('ok', owner('a'), 100);
      unreadable = undefined;
      await receive('ok', owner('a'), 90);
      expect([again.name, await decision()]).toEqual([again.name, false]);
      await harness.close();
    }
    await start();
  },
  120_000,
);

attack('signals-waiting-change', async () => {
  await start();
  await open();
  await receive('ok', owner('a'), 300);
  await receive('ok', owner('b'), 400);
  // The event has its turn first.
  closeGate();
  const turn = receive('ok', owner('c'), 10);
  await vi.waitFor(() => expect(isWaiting).toBe(true), { timeout: 20_000 });
  const change = harness.point.sessions.patch(serviceItself, 's', { subject: properties('b') });
  const waiting = [turn, change, receive('ok', owner('a'), 60)];
  release();
  await Promise.all(waiting);
  await restart();
  await receive('bad', owner('b'), 100);
  expect(await decision()).toBe(false);
});

attack('signals-clock-set-back', async () => {
  await start();
  await open();
  await receive('ok', owner('a'), 300);
  await receive('bad', owner('a'), 60);
  offset = -30_000;
  await setOwner('b');
  offset = 0;
  await restart();
  await receive('ok', owner('b'), 120);
  expect(await decision()).toBe(false);
});

test('a session that had more subjects than are remembered is closed rather than changed by a late event', async () => {
  await start();
  await open();
  await receive('ok', owner('a'), 300);
  await receive('bad', owner('a'), 60);
  const names = Array.from({ length: 65 }, (_, n) => `other-${n}`);
  await Promise.all(names.map((name) => receive('bad', owner(name), 200)));
  for (const name of [...names, 'b']) expect((await setOwner(name)).status).toBe(200);
  await restart();
  await receive('ok', owner('b'), 120);
  expect(await decision()).not.toBe(true);
  expect(harness.warnings.join()).toContain('the session s was closed');
}, 60_000);

describe('in any order of events, changes of the subject, ids used again, failures, clocks and restarts', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const about = {
    fact: fc.constantFrom('zone' as const, 'level' as const),
    isGood: fc.boolean(),
    about: name,
    age: fc.integer({ min: 10, max: 4_000 }),
  };
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        ...about,
        kind: fc.constant('event' as const),
        repetitions: fc.constantFrom(1, 1, 1, 101),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('owner' as const), name }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('restart', 'activate') }) },
    fc.record({ kind: fc.constant('failing' as const), name, about: name }),
    fc.record({ kind: fc.constant('clock' as const), seconds: fc.integer({ min: -40, max: 0 }) }),
    fc.record({ ...about, kind: fc.constant('waiting' as const), name }),
    fc.record({ ...about, kind: fc.constant('reuse' as const), name, others: name }),
  );
  type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
  type Known = Omit<Told, 'age'> & { readonly time: number };
  type Told = Pick<Step & { kind: 'event' }, 'fact' | 'isGood' | 'age'> & {
    readonly about: string;
  };

  /** The expected session, computed from the events alone. */
  class Model {
    readonly #began = Date.now();
    readonly #events: Known[] = [];
    #applied = new Set<Known>();
    owner = 'a';

    /** Adds events at an instant that no other has, and receives them together. */
    async receive({ fact, isGood, about, age }: Told, repetitions = 1): Promise<void> {
      const time = this.#began - age * 1_000;
      if (this.#events.some((other) => Math.abs(other.time - time) < 1_000)) return;
      const claims =
        fact === 'zone'
          ? { zone: isGood ? 'ok' : 'bad' }
          : { current_level: isGood ? 'LOW' : 'HIGH' };
      const kind = fact === 'zone' ? type : formatEventUri('risk-level-change');
      const times = Array.from({ length: repetitions }, (_, n) => time + n);
      const received = times.map((at) =>
        receiveClaims(kind, claims, owner(about), (Date.now() - at) / 1_000, at),
      );
      for (const at of times) this.#events.push({ about, fact, isGood, time: at });
      await Promise.all(received);
    }

    /** The events about the subject that the session has now have changed it. */
    apply(): void {
      for (const each of this.#events) if (each.about === this.owner) this.#applied.add(each);
    }

    reopen(name: string): void {
      this.owner = name;
      this.#applied = new Set();
    }

    get decision(): boolean {
      return ['zone', 'level'].every((fact) => {
        const own = [...this.#applied].filter((each) => each.fact === fact);
        const [newest] = own.sort((one, other) => other.time - one.time);
        return newest?.isGood === true;
      });
    }
  }

  const patchOwner = (name: string) =>
    harness.point.sessions.patch(serviceItself, 's', { subject: properties(name) });
  const openSession = (name: string) =>
    harness.point.sessions.open(serviceItself, 's', {
      subject: { type: 'ai_agent', id: 's', ...properties(name) },
    });

  async function run(model: Model, each: Step): Promise<void> {
    if (each.kind === 'event') await model.receive(each, each.repetitions);
    else if (each.kind === 'owner') {
      model.owner = each.name;
      await setOwner(each.name);
    } else if (each.kind === 'failing') {
      unreadable = each.about;
      const { status } = await setOwner(each.name);
      unreadable = undefined;
      if (status === 200) model.owner = each.name;
    } else if (each.kind === 'clock') offset = each.seconds * 1_000;
    else if (each.kind === 'waiting') {
      // An event about somebody else has its turn first.
      closeGate();
      const turn = model.receive({ ...each, about: 'd', age: each.age + 5_000 });
      await waitAtGate();
      model.owner = each.name;
      const waiting = [turn, patchOwner(each.name), model.receive(each)];
      release();
      await Promise.all(waiting);
    } else if (each.kind === 'reuse') {
      await restart();
      closeGate();
      const received = model.receive(each);
      await waitAtGate();
      await harness.point.sessions.close(serviceItself, 's');
      const opened = openSession(each.name);
      const others = Promise.allSettled([openSession(each.others), openSession(each.others)]);
      release();
      await Promise.all([received, opened]);
      expect((await others).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      model.reopen(each.name);
    } else if (each.kind === 'restart') await restart();
    else await activate();
    model.apply();
  }

  test('the facts have the values of the newest events that were about the session', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 9 }), async (steps) => {
        await startAnew(modules[3]);
        try {
          await open();
          const model = new Model();
          for (const each of steps) {
            await run(model, each);
            expect(await decision()).toBe(model.decision);
          }
        } finally {
          release();
          await harness.close();
          offset = 0;
        }
      }),
      { numRuns: Number(process.env.NHIPOL_SIGNAL_ORDERS ?? 25) },
    );
    await startAnew();
  }, 300_000);
});
