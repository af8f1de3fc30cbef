// Budgets across sessions whose records are stored with the sessions, compared with a ledger that adds all amounts of a month in
// a map. Sessions are closed, modules restart with what was written, two modules go on from one copy, and a store loses or
// repeats records: an amount is exact as long as the store has all records, and otherwise never less than it is.

import { compile } from '@nhipol/compiler';
import {
  type Answer,
  createSessions,
  load,
  type Persistence,
  type Session,
  type SessionStore,
  type Sessions,
} from '@nhipol/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import { assembleQuickly } from '../../support/modules/assembler.ts';

const limit = 100;
const day = 86_400_000;
const bots = ['a', 'b', 'c', 'd', 'e'] as const;

const policy = (places: number, member = 'action.amount') =>
  checkPolicy(`policy p
subject bot {}
action pay { amount: Int(0..) }
resource any {}
context { time: Timestamp }
for bot doing pay {
  permit pays otherwise
  deny budget
    when sum(event.${member} of allowed doing pay across sessions per subject.id up to ${places},
        within this month in "UTC")
      + action.amount
      > ${limit}
}`);

const loadModule = async (places: number) =>
  load((await compile(policy(places), assembleQuickly, { sessions: true })).wasm);

const module = await loadModule(bots.length);
const smallModule = await loadModule(2);
const wideModule = await loadModule(64);

let now = 0;
const clock = { now: () => now, at: () => () => {} };
const open = (source: typeof module): Sessions =>
  createSessions(source, { clock, revokedIdLifetime: 0 });

/** A store whose contents are a map, so that it can be copied and damaged. */
class MemoryStore implements SessionStore {
  readonly texts: Map<string, string>;
  /** Whether writes fail. */
  isFull = false;

  constructor(texts: ReadonlyMap<string, string> = new Map()) {
    this.texts = new Map(texts);
  }

  async read(): Promise<readonly string[]> {
    return [...this.texts.values()];
  }

  async write(changed: ReadonlyMap<string, string | undefined>): Promise<void> {
    this.writeNow(changed);
  }

  writeNow(changed: ReadonlyMap<string, string | undefined>): void {
    if (this.isFull) throw new Error('the disk is full');
    for (const [key, text] of changed) {
      if (text === undefined) this.texts.delete(key);
      else this.texts.set(key, text);
    }
  }
}

const isRecord = (key: string): boolean => key.startsWith('history:');
/** The key of a term's record: that of a key's record is longer. */
const isHead = (key: string): boolean => isRecord(key) && key.length === 'history:'.length + 18;

/** The permitted amounts of each month, by bot. It shares no code with the product. */
class Ledger {
  readonly #amounts = new Map<string, number>();

  get(bot: string): number {
    return this.#amounts.get(Ledger.#key(bot)) ?? 0;
  }

  add(bot: string, amount: number): void {
    this.#amounts.set(Ledger.#key(bot), this.get(bot) + amount);
  }

  static #key(bot: string): string {
    const date = new Date(now);
    return `${date.getUTCFullYear()}-${date.getUTCMonth()} ${bot}`;
  }
}

/** A module with its store. */
class Service {
  readonly sessions: Sessions;
  readonly store: MemoryStore;
  readonly #persistence: Persistence;

  private constructor(sessions: Sessions, store: MemoryStore, persistence: Persistence) {
    this.sessions = sessions;
    this.store = store;
    this.#persistence = persistence;
  }

  static async start(store: MemoryStore, source = module): Promise<Service> {
    const sessions = open(source);
    const persistence = await sessions.attachStore(store, { delay: 1e9 });
    const service = new Service(sessions, store, persistence);
    service.save();
    return service;
  }

  /** A full disk takes nothing; the next write repeats it. */
  save(): void {
    try {
      this.#persistence.saveNow();
    } catch (error) {
      if (!this.store.isFull) throw error;
    }
  }

  /** Pays in a new session, or in one that the bot has. */
  pay({ bot, amount, isNew, isLast }: Payment): Paid {
    let id = isNew ? undefined : this.#list(bot)[0];
    if (id === undefined) {
      opened += 1;
      id = `${bot}.${opened}`;
      this.sessions.open(id, { subject: { type: 'bot', id: bot } });
    }
    const answer = this.sessions.decide(id, {
      action: { name: 'pay', properties: { amount } },
      resource: { type: 'account', id: 'x' },
    });
    this.save();
    if (answer.effect === 'permit') {
      // A payment does not count for itself while it runs.
      expect(classifyAnswer(this.find(id).reevaluate())).not.toBe('refused');
    }
    if (isLast) this.close(bot);
    return classifyAnswer(answer);
  }

  find(id: string): Session {
    const session = this.sessions.get(id);
    if (session === undefined) throw new Error(`${id} is not open`);
    return session;
  }

  /** Closes the sessions of a bot. */
  close(bot: string): void {
    for (const id of this.#list(bot)) this.find(id).close();
    this.save();
  }

  #list(bot: string): readonly string[] {
    return this.sessions.ids().filter((id) => id.startsWith(`${bot}.`));
  }
}

type Paid = 'paid' | 'refused' | 'unknown';

function classifyAnswer({ effect, reasonDetails }: Answer): Paid {
  if (effect === 'permit') return 'paid';
  return reasonDetails.some(({ firedOn }) => firedOn === 'unknown') ? 'unknown' : 'refused';
}

/** So that no two sessions have one id. */
let opened = 0;

const bot = fc.constantFrom(...bots);
interface Payment {
  readonly bot: string;
  readonly amount: number;
  readonly isNew: boolean;
  /** Whether the sessions of the bot are closed after it. */
  readonly isLast: boolean;
}

const payment = fc.record({
  kind: fc.constant('pay' as const),
  bot,
  amount: fc.nat({ max: 40 }),
  isNew: fc.boolean(),
  isLast: fc.boolean(),
});
const waiting = fc
  .constantFrom(1, day / 2, 9 * day, 40 * day)
  .map((by) => ({ kind: 'wait' as const, by }));
const closing = fc.record({ kind: fc.constant('close' as const), bot });
const common = [
  { weight: 12, arbitrary: payment },
  { weight: 3, arbitrary: waiting },
  { weight: 3, arbitrary: closing },
];
const filling = fc.record({ kind: fc.constant('fill' as const), isFull: fc.boolean() });
const restart = fc.record({ kind: fc.constant('restart' as const), order: fc.nat() });
const fork = fc.record({
  kind: fc.constant('fork' as const),
  theirs: fc.array(payment, { minLength: 1, maxLength: 4 }),
  ours: fc.array(payment, { maxLength: 4 }),
});
const damage = fc.record({
  kind: fc.constant('damage' as const),
  lost: fc.constantFrom('heads', 'records', 'sessions', 'ends'),
});

/** Expects that a payment is permitted if and only if the ledger has room for it. `isExact`: whether nothing may be unknown. */
function pay(service: Service, ledger: Ledger, payment: Payment, isExact: boolean): Paid {
  const { bot, amount } = payment;
  const spent = ledger.get(bot);
  const paid = service.pay(payment);
  const context = `${bot} has spent ${spent} and pays ${amount}`;
  if (isExact || paid !== 'unknown') {
    expect(paid, context).toBe(spent + amount > limit ? 'refused' : 'paid');
  }
  if (paid === 'paid') ledger.add(bot, amount);
  return paid;
}

/** The texts in another order, of which some are there twice. */
function shuffle(texts: ReadonlyMap<string, string>, order: number): MemoryStore {
  const store = new MemoryStore(texts);
  store.read = async () =>
    [...texts.values(), ...[...texts.values()].slice(0, order % 5)].toSorted(
      (a, b) => hash(a, order) - hash(b, order),
    );
  return store;
}

function hash(text: string, salt: number): number {
  let value = salt;
  for (let at = 0; at < text.length; at += 7) {
    value = (Math.imul(value, 31) + text.charCodeAt(at)) | 0;
  }
  return value;
}

function assertProperty<T>(step: fc.Arbitrary<T>, run: (steps: readonly T[]) => Promise<void>) {
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 80, size: 'max' }),
    async (steps) => {
      now = Date.UTC(2026, 0, 20);
      await run(steps);
    },
  );
  return fc.assert(property, { numRuns: runs(100, 20) });
}

const counts = { paid: 0, refused: 0, unknown: 0 };

test.each([
  ['the same policy', [module]],
  ['another number of places', [module, wideModule]],
] as const)('budgets are exact after restarts: %s', async (_, sources) => {
  const all = { ...counts };
  const step = fc.oneof(
    ...common,
    { weight: 2, arbitrary: filling },
    { weight: 2, arbitrary: restart },
  );
  await assertProperty(step, async (steps) => {
    const ledger = new Ledger();
    let service = await Service.start(new MemoryStore());
    let restarts = 0;
    for (const step of steps) {
      if (step.kind === 'wait') now += step.by;
      else if (step.kind === 'fill') service.store.isFull = step.isFull;
      else if (step.kind === 'close') service.close(step.bot);
      else if (step.kind === 'pay') all[pay(service, ledger, step, true)] += 1;
      else {
        restarts += 1;
        // A service does not answer before the write.
        service.store.isFull = false;
        service.save();
        const source = sources[restarts % sources.length] ?? module;
        service = await Service.start(shuffle(service.store.texts, step.order), source);
        service = await Service.start(new MemoryStore(service.store.texts), source);
      }
    }
  });
  expect(all.paid).toBeGreaterThan(0);
  expect(all.refused).toBeGreaterThan(0);
});

test('a budget of modules that went on from one copy is never exceeded by what they know together', async () => {
  const all = { ...counts };
  await assertProperty(
    fc.oneof(...common, { weight: 2, arbitrary: fork }, { weight: 1, arbitrary: restart }),
    async (steps) => {
      const ledger = new Ledger();
      let service = await Service.start(new MemoryStore());
      let isExact = true;
      for (const step of steps) {
        if (step.kind === 'wait') now += step.by;
        else if (step.kind === 'close') service.close(step.bot);
        else if (step.kind === 'pay') all[pay(service, ledger, step, isExact)] += 1;
        else if (step.kind === 'restart')
          service = await Service.start(shuffle(service.store.texts, step.order));
        else {
          // Another module pays from a copy, in new sessions, which are then moved here.
          const other = await Service.start(new MemoryStore(service.store.texts));
          isExact = false;
          for (const each of step.theirs) {
            if (other.pay({ ...each, isNew: true, isLast: false }) === 'paid')
              ledger.add(each.bot, each.amount);
          }
          for (const each of step.ours) {
            if (service.pay(each) === 'paid') ledger.add(each.bot, each.amount);
          }
          const moved = other.sessions.ids().filter((id) => service.sessions.get(id) === undefined);
          for (const id of moved) service.sessions.restore(other.find(id).snapshot());
          service.save();
        }
      }
    },
  );
  expect(all.paid).toBeGreaterThan(0);
  expect(all.refused).toBeGreaterThan(0);
  expect(all.unknown).toBeGreaterThan(0);
});

type Texts = readonly (readonly [key: string, text: string])[];

const losing = {
  heads: (texts: Texts) => texts.filter(([key]) => !isHead(key)),
  records: (texts: Texts) => texts.filter(([key]) => !isRecord(key)),
  sessions: (texts: Texts) => texts.filter(([key]) => isRecord(key)),
  /** The ends of the records of keys. */
  ends: (texts: Texts) =>
    texts.map(
      ([key, text]) => [key, isRecord(key) && !isHead(key) ? text.slice(0, -9) : text] as const,
    ),
};

test('without the records of terms or of all keys, no budget is exceeded', async () => {
  const all = { ...counts };
  await assertProperty(fc.oneof(...common, { weight: 2, arbitrary: damage }), async (steps) => {
    const ledger = new Ledger();
    let service = await Service.start(new MemoryStore());
    let isExact = true;
    for (const step of steps) {
      if (step.kind === 'wait') now += step.by;
      else if (step.kind === 'close') service.close(step.bot);
      else if (step.kind === 'pay') all[pay(service, ledger, step, isExact)] += 1;
      else {
        const rest = losing[step.lost]([...service.store.texts]);
        // Nothing shows that an empty store was not new.
        if (rest.length === 0) continue;
        if (step.lost !== 'sessions') isExact = false;
        service = await Service.start(new MemoryStore(new Map(rest)));
      }
    }
  });
  expect(all.paid).toBeGreaterThan(0);
  expect(all.refused).toBeGreaterThan(0);
  expect(all.unknown).toBeGreaterThan(0);
});

test('with too few places for keys, no budget is exceeded', async () => {
  const all = { ...counts };
  await assertProperty(fc.oneof(...common, { weight: 2, arbitrary: restart }), async (steps) => {
    const ledger = new Ledger();
    let service = await Service.start(new MemoryStore(), smallModule);
    for (const step of steps) {
      if (step.kind === 'wait') now += step.by;
      else if (step.kind === 'close') service.close(step.bot);
      else if (step.kind === 'pay') all[pay(service, ledger, step, false)] += 1;
      else service = await Service.start(shuffle(service.store.texts, step.order), smallModule);
    }
  });
  expect(all.paid).toBeGreaterThan(0);
  expect(all.unknown).toBeGreaterThan(0);
});

test('damaged records are refused or restored, and leave a module that decides', async () => {
  const change = fc.record({
    at: fc.nat(),
    byte: fc.constantFrom(...'0f8"{}x\\'),
    cut: fc.boolean(),
  });
  const property = fc.asyncProperty(
    fc.array(payment, { minLength: 5, maxLength: 20 }),
    fc.array(change, { minLength: 1, maxLength: 4 }),
    async (payments, changes) => {
      now = Date.UTC(2026, 0, 20);
      const service = await Service.start(new MemoryStore());
      for (const each of payments) service.pay(each);
      const texts = new Map(service.store.texts);
      const keys = [...texts.keys()].filter(isRecord);
      for (const { at, byte, cut } of changes) {
        const key = keys[at % keys.length] ?? '';
        const text = texts.get(key) ?? '';
        // The start stays: it shows that the text is a record.
        const from = 11 + ((at >>> 3) % (text.length - 11));
        texts.set(key, text.slice(0, from) + byte + (cut ? '' : text.slice(from + 1)));
      }
      const again = await Service.start(new MemoryStore(texts));
      const answers = payments.map((each) => again.pay(each));
      expect(answers).toHaveLength(payments.length);
    },
  );
  await fc.assert(property, { numRuns: runs(600, 40) });
});

test('if the record of a key cannot be read, nothing is known of its term', async () => {
  now = Date.UTC(2026, 0, 20);
  const payment = { bot: 'a', amount: 60, isNew: true, isLast: true };
  const service = await Service.start(new MemoryStore());
  expect(service.pay(payment)).toBe('paid');
  const again = await Service.start(new MemoryStore(service.store.texts));
  expect(again.pay(payment)).toBe('refused');
  const cut = await Service.start(new MemoryStore(new Map(losing.ends([...service.store.texts]))));
  expect(cut.pay(payment)).toBe('unknown');
});
