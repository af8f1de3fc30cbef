// The instants at which sessions must be evaluated: `session_due` returns the first end of an answer, also if
// an earlier one was expected, and the memory for it depends on the open sessions.

import { compile } from '@nhipol/compiler';
import { type Clock, load } from '@nhipol/runtime';
import { asks, forms, type ModuleExports, type SessionExports } from '@nhipol/runtime/abi';
import { beforeAll, expect, test } from 'vitest';
import { createRegistry } from '../../../runtime/sessions/create-sessions.ts';
import type { SessionRegistry } from '../../../runtime/sessions/registry.ts';
import { checkPolicy } from '../../support/checking.ts';
import { assemble } from '../../support/modules/assembler.ts';

const policy = checkPolicy(`policy test.due
subject agent { expires_at: Timestamp }
action call { weight: Int = 0 }
resource any {}
context { time: Timestamp, flagged: Bool = false }
signals { leaked: {} }
for agent {
  permit works otherwise
  deny expired when context.time >= subject.expires_at
  revoke flagged when context.flagged
  revoke leaked when once(signal "leaked", within 10s) and action.name is "call"
  deny twice when once(allowed doing call where event.action.weight > 5)
}`);

let wasm: Uint8Array = new Uint8Array();
beforeAll(async () => {
  ({ wasm } = await compile(policy, assemble));
});

const start = Date.parse('2026-03-03T10:00:00Z');

function createRequest(instant: number) {
  return {
    subject: {
      type: 'agent',
      id: 'a',
      properties: { expires_at: new Date(instant).toISOString() },
    },
    action: { name: 'call', properties: { weight: 1 } },
    resource: { type: 'file', id: 'f' },
    context: { flagged: false },
  };
}

/** Sweeps like a host that follows the ABI. */
class Bare {
  readonly exports = new WebAssembly.Instance(new WebAssembly.Module(wasm as BufferSource))
    .exports as unknown as ModuleExports & SessionExports;

  constructor(pages = 64) {
    this.exports.limit(pages);
  }

  /** Evaluated once, at the start. */
  open(until: number, now = start): number {
    const handle = this.exports.session_open(0, this.#write(createRequest(until)), now) >>> 0;
    this.decide(handle, now);
    return handle;
  }

  decide(handle: number, now = start): void {
    this.exports.session_decide(handle, 0, now, asks.latest, forms.header);
  }

  patch(handle: number, part: object): number {
    return this.exports.session_patch(handle, this.#write(part), 0);
  }

  /** After a sweep, from the start. */
  due(): number {
    this.exports.session_sweep(start, 0);
    return this.exports.session_due() - start;
  }

  #write(value: object): number {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    const address = this.exports.request(bytes.length) >>> 0;
    new Uint8Array(this.exports.memory.buffer).set(bytes, address);
    return bytes.length;
  }
}

test('an answer that was extended is not due at its old end', () => {
  const module = new Bare();
  const first = module.open(start + 10_000);
  module.open(start + 20_000);
  const { subject } = createRequest(start + 1_000_000);
  expect(module.patch(first, { subject: { properties: subject.properties } })).toBe(0);
  module.decide(first);
  expect(module.due()).toBe(20_000);
});

test('an answer that now ends sooner is due then', () => {
  const module = new Bare();
  const first = module.open(start + 20_000);
  const { subject } = createRequest(start + 5_000);
  expect(module.patch(first, { subject: { properties: subject.properties } })).toBe(0);
  module.decide(first);
  expect(module.due()).toBe(5_000);
  expect(module.exports.session_sweep(start + 5_000, 0)).toBe(1);
});

test('the handle of a closed session is not that of another', () => {
  const module = new Bare();
  const closed = module.open(start + 10_000);
  module.exports.session_close(closed);
  const next = module.open(start + 20_000);
  expect(module.patch(closed, { context: { flagged: true } })).not.toBe(0);
  expect(module.exports.session_snapshot(closed)).toBe(0);
  expect(module.exports.session_snapshot(next)).toBeGreaterThan(0);
  expect(module.due()).toBe(20_000);
});

test('a revoked session is never due', () => {
  const module = new Bare();
  const first = module.open(start + 10_000);
  module.open(start + 20_000);
  expect(module.patch(first, { context: { flagged: true } })).toBe(0);
  expect(module.exports.session_sweep(start, 0)).toBe(1);
  expect(module.due()).toBe(20_000);
});

test.each(['2109-05-16', '2120-01-01', '9999-12-31'])(
  'an end in %s hides no earlier one',
  (date) => {
    const module = new Bare();
    module.open(Date.parse(`${date}T00:00:00Z`));
    module.open(start + 20_000);
    expect(module.due()).toBe(20_000);
  },
);

test('an end more than one turn of the wheel ahead is due in between', () => {
  const module = new Bare();
  module.open(start + 86_400_000);
  const due = module.due();
  expect(due).toBeGreaterThan(16_300 * 1_024);
  expect(due).toBeLessThan(86_400_000);
});

test('a sweep with more changes than room continues, even if the clock goes back meanwhile', () => {
  const module = new Bare();
  const handles = Array.from({ length: 2_500 }, (_, at) => module.open(start + 1_000 + at * 4));
  const found: number[] = [];
  for (const [behind, expected] of [
    [0, 1024],
    [5_000, 1024],
    [5_000, 452],
    [0, 0],
  ] as const) {
    expect(module.exports.session_sweep(start + 20_000 - behind, 0)).toBe(expected);
    const { memory, changes } = module.exports;
    const view = new DataView(memory.buffer, changes.value);
    for (let at = 0; at < expected; at += 1) found.push(view.getUint32(at * 8, true));
  }
  expect(found.sort()).toEqual(handles.sort());
});

/** Returns the number of sessions that can still be opened. */
function countRoom(module: Bare): number {
  let count = 0;
  while (module.open(start + 20_000) !== 0) count += 1;
  return count;
}

const fewPages = 16;
const farAhead = start + 86_400_000 * 365;

test('closed sessions leave no pending ends', () => {
  const module = new Bare(fewPages);
  for (let at = 0; at < 100_000; at += 1) {
    const handle = module.open(farAhead, start + at);
    module.exports.session_close(handle);
  }
  expect(countRoom(module)).toBeGreaterThan(countRoom(new Bare(fewPages)) / 2);
});

test('ends that come and go leave no pending ends', () => {
  const module = new Bare(fewPages);
  const handle = module.open(farAhead);
  for (let at = 0; at < 150_000; at += 1) {
    const now = start + at * 2_000;
    const { properties } = createRequest(at % 2 === 0 ? now + 1_000 : farAhead).subject;
    expect(module.patch(handle, { subject: { properties } })).toBe(0);
    module.exports.session_sweep(now, 0);
  }
  expect(countRoom(module)).toBeGreaterThan(countRoom(new Bare(fewPages)) / 2);
});

/** A clock that does not advance, and records the requested instants. */
class NotedClock implements Clock {
  readonly alarms: number[] = [];
  time = start;
  readonly now = () => this.time;
  readonly at = (instant: number, call: () => void) => {
    this.alarms.push(instant);
    if (this.alarms.length > 20) throw new Error('it is evaluated repeatedly');
    const timer = instant <= this.time ? setTimeout(call, 0) : undefined;
    return () => clearTimeout(timer);
  };
}

test('a revoked session keeps no timer busy', async () => {
  const clock = new NotedClock();
  const sessions = createRegistry(load(wasm), { clock });
  sessions.open('s', createRequest(start + 10_000));
  sessions.decide('s');
  sessions.patch('s', { context: { flagged: true } });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(sessions.reevaluate('s').effect).toBe('revoke');
  expect(clock.alarms).toEqual([start + 10_000, start]);
});

const littleMemory = 16 * 65_536;

/** Sessions with different ends, in too little memory for lists of ends. */
function fillRegistry(
  clock: NotedClock,
  sessionBytes: number,
): { sessions: SessionRegistry; count: number } {
  const sessions = createRegistry(load(wasm), { clock, sessionBytes });
  const little = createRegistry(load(wasm), { clock, sessionBytes: littleMemory });
  let count = 0;
  const openMore = () => {
    for (; ; count += 1) little.open(`s${count}`, createRequest(start));
  };
  expect(openMore).toThrow(/memory for another session/);
  for (let at = 0; at < count; at += 1) {
    sessions.open(`s${at}`, createRequest(start + 1_000 * (at + 2)));
  }
  for (let at = 0; at < count; at += 1) sessions.decide(`s${at}`);
  return { sessions, count };
}

test('if there is no room to track when answers end, memory grows', () => {
  const clock = new NotedClock();
  const { sessions, count } = fillRegistry(clock, 64 * littleMemory);
  expect(sessions.sweep()).toEqual([]);
  expect(clock.alarms.at(-1)).toBe(start + 2_000);
  clock.time = start + 1_000 * (count + 2);
  expect(sessions.sweep().length).toBe(count);
});

test('if memory may not grow, all sessions are evaluated regularly', () => {
  const clock = new NotedClock();
  const { sessions, count } = fillRegistry(clock, littleMemory);
  expect(sessions.sweep()).toEqual([]);
  expect(clock.alarms.at(-1)).toBe(start + 1_000);
  clock.time = start + 1_000 * (count + 2);
  expect(sessions.sweep().length).toBe(count);
});

test('input that arrived while the clock was back is evaluated by a sweep', () => {
  const clock = new NotedClock();
  const sessions = createRegistry(load(wasm), { clock });
  sessions.open('s', createRequest(start + 10_000));
  sessions.decide('s');
  clock.time = start - 60_001;
  const answer = sessions.decide('s', { context: { flagged: true } });
  expect(answer.reasons).toEqual(['clock_went_back']);
  expect(clock.alarms.at(-1)).toBe(clock.time);
  expect(sessions.sweep()).toMatchObject([
    { id: 's', before: 'permit', answer: { effect: 'revoke' } },
  ]);
});

test('setting a number of the action makes it another query', () => {
  const clock = new NotedClock();
  const sessions = createRegistry(load(wasm), { clock });
  sessions.open('s', createRequest(start + 10_000));
  sessions.patch('s', 'action.weight', 7);
  expect(sessions.decide('s').effect).toBe('permit');
  sessions.patch('s', 'action.weight', 1);
  expect(sessions.reevaluate('s').reasons).toEqual(['twice']);
});

test('properties that are null are removed', () => {
  const clock = new NotedClock();
  const sessions = createRegistry(load(wasm), { clock });
  sessions.open('s', createRequest(start + 10_000));
  sessions.patch('s', 'action.weight', 7);
  sessions.patch('s', { action: { properties: null } });
  expect(sessions.decide('s').effect).toBe('permit');
  expect(sessions.decide('s').effect).toBe('permit');
  expect(() => sessions.patch('s', { subject: { properties: null } })).toThrow(/expires_at/);
});

test('an invalid input is evaluated at the instant of the last sweep', () => {
  const clock = new NotedClock();
  const sessions = createRegistry(load(wasm), { clock });
  sessions.open('s', { ...createRequest(start + 3_600_000), action: { name: 'other' } });
  sessions.record('s', 'leaked');
  expect(sessions.decide('s').effect).toBe('permit');
  clock.time = start + 20_000;
  sessions.sweep();
  const isOver = { action: { name: 'call', properties: { weight: 'heavy' } } };
  expect(() => sessions.replace('s', isOver)).toThrow(/weight/);
  expect(sessions.reevaluate('s').effect).toBe('permit');
});
