// Sessions whose memory is full: a change without room leaves a session denied until it is applied.

import { compile } from '@nhipol/compiler';
import { load, type Policy, SessionError } from '@nhipol/runtime';
import { beforeAll, describe, expect, test } from 'vitest';
import { createRegistry } from '../../../runtime/sessions/create-sessions.ts';
import type { SessionRegistry } from '../../../runtime/sessions/registry.ts';
import { checkPolicy } from '../../support/checking.ts';
import { assemble } from '../../support/modules/assembler.ts';
import { ManualClock } from '../../support/system/manual-clock.ts';

const declared = `subject agent { team?: String }
action any { tool?: String }
resource any {}
context {
  time: Timestamp, risk: Int, level: String = "low", note?: String, list: List<String> = {},
  site?: { name?: String, floor?: Int }
}
signals { leaked: {} }`;

/** The policies, by the data that a new evaluation depends on: atoms alone, time, history, or a table. */
const policies: Readonly<Record<string, string>> = {
  atoms: `policy room
${declared}
for agent {
  permit works otherwise
  deny dangerous when context.level is "high"
  deny noted when context.note is "bad", if unknown skip
  revoke ended when context.risk > 90
}`,
  time: `policy room
${declared}
for agent {
  permit works when context.time < 2100-01-01T00:00:00Z
  deny dangerous when context.level is "high"
  deny noted when context.note is "bad", if unknown skip
  revoke ended when context.risk > 90
}`,
  history: `policy room
${declared}
for agent {
  permit works otherwise
  deny dangerous when context.level is "high"
  deny noted when context.note is "bad", if unknown skip
  deny busy when count(allowed, within 1h) >= 1000
  revoke ended when context.risk > 90
  revoke leaked when once(signal "leaked")
}`,
  computed: `policy room
${declared}
for agent {
  permit works otherwise
  deny dangerous when lower(context.level) is "high"
  deny noted when (context.note else "") contains "bad"
  revoke ended when context.risk + 1 > 91
}`,
};

const modules = new Map<string, Policy>();
beforeAll(async () => {
  for (const [name, text] of Object.entries(policies)) {
    const { wasm } = await compile(checkPolicy(text), assemble, { sessions: true });
    modules.set(name, load(wasm));
  }
}, 300_000);

const request = {
  subject: { type: 'agent', id: 'a' },
  action: { name: 'call' },
  resource: { type: 'file', id: 'f' },
  context: { risk: 1 },
};
const long = 'x'.repeat(3_000);
const action = { name: 'call', properties: { tool: 't' } };
/** Changes that each need much more memory than a session has. */
const restricting = { context: { level: 'high', list: [long, `${long}1`] } };
const harmless = { context: { list: [long, `${long}1`] } };

/** Sessions in which `s` is permitted, without free memory. */
function full(name: string) {
  const clock = new ManualClock();
  const policy = modules.get(name);
  if (policy === undefined) throw new Error(name);
  const sessions = createRegistry(policy, { clock, sessionBytes: 1_048_576 });
  sessions.open('s', request);
  expect(sessions.decide('s').effect).toBe('permit');
  const fillers: string[] = [];
  const fill = (context: object) => {
    const id = `filler ${fillers.length}`;
    sessions.open(id, { ...request, action, context: { risk: 1, ...context } });
    fillers.push(id);
  };
  // Freed memory serves other sessions of the same size.
  const sizes = [harmless.context, { note: `bad${long}` }, { site: { name: long } }, {}];
  for (const context of sizes) for (let at = 0; at < 3; at += 1) fill(context);
  for (const context of [...sizes, { note: 'x'.repeat(400) }, {}]) {
    expect(() => {
      for (;;) fill(context);
    }).toThrow(/memory for another session/);
  }
  const makeRoom = () => {
    for (const id of fillers) sessions.close(id);
  };
  return { clock, sessions, makeRoom };
}

function refusal(change: () => void): string | undefined {
  try {
    change();
  } catch (error) {
    if (error instanceof SessionError) return error.code;
    throw error;
  }
  return undefined;
}

function answers(sessions: SessionRegistry) {
  const { effect, error } = sessions.decide('s');
  return [effect, sessions.reevaluate('s').effect, error?.code];
}

const denied = ['deny', 'deny', 'no_room'];

describe.each(Object.keys(policies))('with %s', (name) => {
  test('a change without room denies the session until it is applied', () => {
    const { clock, sessions, makeRoom } = full(name);
    const changes: string[] = [];
    for (const kind of ['denied', 'restored', 'changed'] as const) {
      sessions.on(kind, ({ id, answer }) => changes.push(`${kind} ${id} ${answer.error?.code}`));
    }
    expect(refusal(() => sessions.patch('s', harmless))).toBe('no_room');
    clock.to(clock.now() + 1);
    expect(changes).toEqual(['denied s no_room']);
    expect(answers(sessions)).toEqual(denied);
    makeRoom();
    expect(answers(sessions)).toEqual(denied);
    sessions.patch('s', harmless);
    clock.to(clock.now() + 1);
    expect(changes).toEqual(['denied s no_room', 'restored s undefined']);
    expect(answers(sessions)).toEqual(['permit', 'permit', undefined]);
  });

  test('a sweep denies it before any query', () => {
    const { sessions } = full(name);
    expect(refusal(() => sessions.patch('s', restricting))).toBe('no_room');
    expect(sessions.sweep().map(({ id, before, answer }) => [id, before, answer.effect])).toEqual([
      ['s', 'permit', 'deny'],
    ]);
    expect(sessions.sweep({ all: true })).toEqual([]);
  });

  test('other changes leave it denied', () => {
    const { sessions, makeRoom } = full(name);
    expect(refusal(() => sessions.patch('s', restricting))).toBe('no_room');
    sessions.patch('s', 'context.risk', 2);
    expect(answers(sessions)).toEqual(denied);
    sessions.patch('s', { context: { risk: 3 } });
    expect(answers(sessions)).toEqual(denied);
    makeRoom();
    sessions.patch('s', { context: { note: long } });
    expect(answers(sessions)).toEqual(denied);
    expect(sessions.decide('s', { action: { name: 'read' } }).effect).toBe('deny');
    sessions.patch('s', { context: { note: null } });
    expect(answers(sessions)).toEqual(denied);
    sessions.patch('s', restricting);
    expect(sessions.decide('s').reasons).toEqual(['dangerous']);
  });

  test('newer values of all its members lift the denial', () => {
    const { sessions, makeRoom } = full(name);
    expect(refusal(() => sessions.patch('s', restricting))).toBe('no_room');
    expect(refusal(() => sessions.patch('s', { context: { note: `bad${long}`, risk: 2 } }))).toBe(
      'no_room',
    );
    makeRoom();
    sessions.patch('s', { context: { level: 'low' } });
    sessions.patch('s', { context: { list: null } });
    expect(answers(sessions)).toEqual(denied);
    sessions.patch('s', { context: { note: null } });
    expect(answers(sessions)).toEqual(denied);
    sessions.patch('s', 'context.risk', 3);
    expect(answers(sessions)).toEqual(['permit', 'permit', undefined]);
  });

  test('replacing the part as a whole lifts the denial', () => {
    const { sessions, makeRoom } = full(name);
    expect(refusal(() => sessions.patch('s', restricting))).toBe('no_room');
    makeRoom();
    sessions.replace('s', { context: { risk: 1 } });
    expect(answers(sessions)).toEqual(['permit', 'permit', undefined]);
  });

  test('a query without room denies the previous query, too', () => {
    const { clock, sessions, makeRoom } = full(name);
    const question = {
      action: { name: 'read', properties: { tool: long } },
      resource: { type: 'file', id: 'g' },
    };
    expect(sessions.decide('s', question)).toMatchObject({
      effect: 'deny',
      error: { code: 'no_room' },
    });
    clock.to(clock.now() + 1);
    expect(answers(sessions)).toEqual(denied);
    makeRoom();
    expect(sessions.decide('s', question).effect).toBe('permit');
    expect(answers(sessions)).toEqual(['permit', 'permit', undefined]);
  });

  test('its snapshot is denied in the next process', () => {
    const { sessions } = full(name);
    expect(refusal(() => sessions.patch('s', { context: { note: `bad${long}` } }))).toBe('no_room');
    const text = sessions.snapshot('s');
    const policy = modules.get(name) as Policy;
    const later = createRegistry(policy, { clock: new ManualClock() });
    later.restore(text);
    expect(answers(later)).toEqual(denied);
    expect(later.snapshot('s')).toContain('"outdated":');
    later.patch('s', { context: { risk: 1 } });
    expect(answers(later)).toEqual(denied);
    later.patch('s', { context: { note: 'fine' } });
    expect(answers(later)).toEqual(['permit', 'permit', undefined]);
    expect(later.snapshot('s')).not.toContain('"outdated":');
  });

  test('a change that needs no additional memory always succeeds', () => {
    const { sessions } = full(name);
    sessions.patch('s', { context: { risk: 2 } });
    sessions.replace('s', { ...request, context: { risk: 3, level: 'low' } });
    expect(answers(sessions)).toEqual(['permit', 'permit', undefined]);
    sessions.patch('s', { context: { level: 'high' } });
    expect(sessions.decide('s').reasons).toEqual(['dangerous']);
    expect(JSON.parse(sessions.snapshot('s')).request).toMatchObject({
      subject: { id: 'a' },
      resource: { id: 'f' },
      context: { risk: 3, level: 'high' },
    });
  });

  test('current facts may still revoke it', () => {
    const { clock, sessions } = full(name);
    expect(refusal(() => sessions.patch('s', harmless))).toBe('no_room');
    clock.to(clock.now() + 1);
    sessions.patch('s', 'context.risk', 95);
    expect(sessions.sweep().map(({ answer }) => answer.reasons)).toEqual([['ended']]);
    expect(sessions.decide('s').effect).toBe('revoke');
  });
});

test('a signal that ends a session reaches a session without room', () => {
  const { sessions } = full('history');
  expect(refusal(() => sessions.patch('s', harmless))).toBe('no_room');
  sessions.record('s', 'leaked');
  expect(sessions.sweep().map(({ answer }) => answer.reasons)).toEqual([['leaked']]);
});

test('members of a record become outdated one by one', () => {
  const { sessions, makeRoom } = full('atoms');
  const { bytes } = (modules.get('atoms') as Policy).manifest.sessions ?? { bytes: 0 };
  expect(bytes).toBeLessThan(400);
  expect(refusal(() => sessions.patch('s', { context: { site: { name: long } } }))).toBe('no_room');
  makeRoom();
  sessions.patch('s', { context: { site: { floor: 1 } } });
  expect(answers(sessions)).toEqual(denied);
  sessions.patch('s', { context: { site: { name: 'here' } } });
  expect(answers(sessions)).toEqual(['permit', 'permit', undefined]);
  expect(JSON.parse(sessions.snapshot('s')).request.context.site).toEqual({
    name: 'here',
    floor: 1,
  });
});

test('a revocation remains if its reasons had no room, also after a table changes', async () => {
  const text = `policy room
${declared}
external table ended: String -> Bool
for agent {
  permit works otherwise
  revoke ended when ended[subject.id] is true, if unknown skip
}`;
  const policy = load((await compile(checkPolicy(text), assemble, { sessions: true })).wasm);
  const clock = new ManualClock();
  const sessions = createRegistry(policy, { clock, sessionBytes: 1_048_576 });
  const open = (id: string, note: string) => {
    const context = { risk: 1, note };
    sessions.open(id, { ...request, subject: { type: 'agent', id: 'a' }, context });
    sessions.decide(id);
  };
  let count = 0;
  for (const size of [1_000, 60, 0]) {
    expect(() => {
      for (; ; count += 1) open(`s${count}`, 'x'.repeat(size));
    }).toThrow(/memory for another session/);
  }
  policy.loadTable('ended', { a: true });
  clock.to(clock.now() + 1);
  const effects = () => new Set(sessions.ids().map((id) => sessions.reevaluate(id).effect));
  expect(effects()).toEqual(new Set(['revoke']));
  policy.loadTable('ended', { a: false });
  expect(effects()).toEqual(new Set(['revoke']));
});
