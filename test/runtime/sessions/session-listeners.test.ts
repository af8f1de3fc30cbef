// Listeners that throw, callers whose objects throw and modules that trap: abort signals fire in every case.

import { compile } from '@nhipol/compiler';
import { load, type Policy } from '@nhipol/runtime';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createRegistry } from '../../../runtime/sessions/create-sessions.ts';
import type { SessionRegistry } from '../../../runtime/sessions/registry.ts';
import { checkPolicy } from '../../support/checking.ts';
import { assemble } from '../../support/modules/assembler.ts';
import { ManualClock } from '../../support/system/manual-clock.ts';

let wasm: Uint8Array = new Uint8Array();
beforeAll(async () => {
  const text = `policy test.listeners
subject agent { expires_at: Timestamp }
action any {}
resource any {}
context { time: Timestamp, flagged: Bool = false }
signals { leaked: {} }
external table ended: String -> Bool
for agent {
  permit works otherwise
  deny flagged when context.flagged
  revoke expired when context.time >= subject.expires_at
  revoke leaked when once(signal "leaked")
  revoke ended when ended[subject.id], if unknown skip
}`;
  ({ wasm } = await compile(checkPolicy(text), assemble, { sessions: true }));
}, 300_000);

afterEach(() => {
  vi.restoreAllMocks();
});

const request = {
  subject: { type: 'agent', id: 'a', properties: { expires_at: '1970-01-01T01:00:00Z' } },
  action: { name: 'call' },
  resource: { type: 'file', id: 'f' },
  context: {},
};
const hour = 3_600_000;

function start(ids: readonly string[] = ['a', 'b', 'c']) {
  const clock = new ManualClock();
  const policy = load(wasm);
  const errors: string[] = [];
  const sessions = createRegistry(policy, {
    clock,
    onListenerError: (error, { id }) => errors.push(`${id}: ${error}`),
  });
  for (const id of ids) {
    sessions.open(id, request);
    expect(sessions.decide(id).effect).toBe('permit');
  }
  const signals = ids.map((id) => sessions.abortSignal(id));
  const listAborted = () => signals.map(({ aborted }) => aborted);
  return { clock, policy, sessions, errors, listAborted };
}

function throwing(): never {
  throw new Error('no disk');
}

test('a listener that throws in a sweep does not keep abort signals from firing', () => {
  const { clock, sessions, errors, listAborted } = start();
  const heard: string[] = [];
  const allAborted: boolean[] = [];
  sessions.on('revoked', () => allAborted.push(listAborted().every(Boolean)));
  sessions.on('revoked', throwing);
  sessions.on('revoked', ({ id }) => heard.push(id));
  clock.to(hour);
  expect(listAborted()).toEqual([true, true, true]);
  expect(allAborted).toEqual([true, true, true]);
  expect(heard.toSorted()).toEqual(['a', 'b', 'c']);
  expect(errors.toSorted()).toEqual(['a', 'b', 'c'].map((id) => `${id}: Error: no disk`));
});

test('the timer continues after it', () => {
  const { clock, sessions, listAborted } = start();
  sessions.patch('a', { subject: { properties: { expires_at: '1970-01-01T00:30:00Z' } } });
  sessions.on('revoked', throwing);
  clock.to(hour / 2);
  expect(listAborted()).toEqual([true, false, false]);
  clock.to(hour);
  expect(listAborted()).toEqual([true, true, true]);
});

test('a decision is returned even if a listener throws', () => {
  const { sessions, errors, listAborted } = start();
  sessions.on('revoked', throwing);
  sessions.record('a', 'leaked');
  expect(sessions.decide('a')).toMatchObject({ effect: 'revoke', reasons: ['leaked'] });
  expect(errors).toEqual(['a: Error: no disk']);
  expect(listAborted()).toEqual([true, false, false]);
  expect(sessions.decide('b').effect).toBe('permit');
  sessions.record('b', 'leaked');
  expect(sessions.reevaluate('b').effect).toBe('revoke');
  sessions.patch('c', { context: { flagged: true } });
  expect(sessions.decide('c').reasons).toEqual(['flagged']);
});

test('loading a table, activating a policy and closing a session succeed even if a listener throws', () => {
  const { policy, sessions, errors, listAborted } = start();
  sessions.on('revoked', throwing);
  policy.loadTable('ended', { a: true });
  expect(listAborted()).toEqual([true, true, true]);
  expect(errors.length).toBe(3);
  const next = load(wasm);
  expect(sessions.preview(next).activate()).toEqual([]);
  sessions.close('a');
  sessions.end();
});

test('a rejected promise of a listener is reported, too', async () => {
  const { sessions, errors } = start();
  sessions.on('revoked', async () => throwing());
  sessions.record('a', 'leaked');
  sessions.sweep();
  await Promise.resolve();
  await Promise.resolve();
  expect(errors).toEqual(['a: Error: no disk']);
});

test('an unhandled error of a listener is reported as uncaught', async () => {
  const reported: unknown[] = [];
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
  const clock = new ManualClock();
  const sessions = createRegistry(load(wasm), { clock });
  const handled = createRegistry(load(wasm), { clock, onListenerError: throwing });
  for (const each of [sessions, handled]) {
    each.open('a', request);
    each.on('revoked', throwing);
    each.decide('a');
    each.record('a', 'leaked');
    expect(each.decide('a').effect).toBe('revoke');
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
  vi.unstubAllGlobals();
  expect(reported.map(String)).toEqual(['Error: no disk', 'Error: no disk']);
});

test('a listener may close, decide and sweep', () => {
  const { clock, sessions, errors, listAborted } = start();
  const heard: string[] = [];
  sessions.on('revoked', ({ id }) => {
    heard.push(id);
    sessions.sweep();
    expect(sessions.decide(id).effect).toBe('revoke');
    for (const other of sessions.ids()) sessions.close(other);
  });
  clock.to(hour);
  expect(heard.toSorted()).toEqual(['a', 'b', 'c']);
  expect(errors.length).toBe(2);
  expect(listAborted()).toEqual([true, true, true]);
  expect(sessions.size).toBe(0);
});

test('a query that throws is denied, and is not an engine failure', () => {
  const { sessions, listAborted } = start();
  const question = {
    get action(): object {
      return throwing();
    },
  };
  expect(sessions.decide('a', question)).toMatchObject({
    effect: 'deny',
    error: { found: 'a request that throws when it is read' },
  });
  expect(sessions.decide('a').effect).toBe('permit');
  expect(listAborted()).toEqual([false, false, false]);
});

const trap = () => {
  throw new WebAssembly.RuntimeError('unreachable');
};

/** Sessions whose module traps in one function. */
function openBroken(name: string): {
  sessions: SessionRegistry;
  clock: ManualClock;
  listAborted: () => boolean[];
} {
  const clock = new ManualClock();
  const policy: Policy = load(wasm);
  const attach = policy.attach.bind(policy);
  let isBroken = false;
  vi.spyOn(policy, 'attach').mockImplementation((...given) => {
    const attached = attach(...given);
    const { instance } = attached;
    const sessions = new Proxy(instance.sessions as object, {
      get: (target, key) =>
        key === name && isBroken ? trap : (target as Record<PropertyKey, unknown>)[key],
    });
    return { ...attached, instance: { ...instance, sessions } as typeof instance };
  });
  const sessions = createRegistry(policy, { clock });
  for (const id of ['a', 'b']) {
    sessions.open(id, request);
    sessions.decide(id);
  }
  const signals = ['a', 'b'].map((id) => sessions.abortSignal(id));
  isBroken = true;
  return { sessions, clock, listAborted: () => signals.map(({ aborted }) => aborted) };
}

const code = 'engine_error';
test.each<[string, (sessions: SessionRegistry) => unknown]>([
  ['session_decide', (sessions) => sessions.decide('a')],
  ['session_sweep', (sessions) => sessions.sweep()],
  ['session_due', (sessions) => sessions.sweep()],
  ['session_patch', (sessions) => sessions.patch('a', { context: { flagged: true } })],
  ['session_set', (sessions) => sessions.patch('a', 'context.flagged', true)],
  ['session_record', (sessions) => sessions.record('a', 'leaked')],
  ['session_snapshot', (sessions) => sessions.snapshot('a')],
  ['session_open', (sessions) => sessions.open('c', request)],
  ['session_close', (sessions) => sessions.close('a')],
])('a trap in %s ends all work in progress', (name, call) => {
  const { sessions, clock, listAborted } = openBroken(name);
  const heard: string[] = [];
  sessions.on('denied', ({ id, answer }) => heard.push(`${id} ${answer.reasons}`));
  let thrown: unknown;
  try {
    call(sessions);
  } catch (error) {
    thrown = error;
  }
  if (thrown !== undefined) expect(thrown).toMatchObject({ name: 'SessionError', code });
  const open = name === 'session_close' ? ['b'] : ['a', 'b'];
  expect(listAborted()).toEqual([true, true]);
  expect(heard).toEqual(open.map((id) => `${id} engine_error`));
  for (const id of open) expect(sessions.decide(id).reasons).toEqual([code]);
  expect(sessions.sweep().map(({ id, answer }) => [id, answer.effect])).toEqual(
    open.map((id) => [id, 'deny']),
  );
  clock.to(hour);
  expect(() => sessions.open('d', request)).toThrow(expect.objectContaining({ code }));
  expect(() => sessions.patch('b', { context: {} })).toThrow(expect.objectContaining({ code }));
  expect(heard.length).toBe(open.length);
  sessions.close('b');
  sessions.end();
});
