// Events of all sessions: cases that random sessions rarely reach.

import { compile } from '@nhipol/compiler';
import { boundTerm } from '@nhipol/language';
import { collectPolicyHistory, type PolicyModel } from '@nhipol/language/model';
import { load, type Policy } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { createRegistry } from '../../runtime/sessions/create-sessions.ts';
import type { SessionRegistry } from '../../runtime/sessions/registry.ts';
import { checkPolicy } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';

const checkRules = (rules: string): PolicyModel =>
  checkPolicy(`policy p
subject agent { owner?: String }
context { time: Timestamp }
constraint ttl: Duration smallest wins
signals { failed: {}, paid: { amount: Decimal(0..), kind?: String } }
for agent { permit works otherwise }
for agent { ${rules} }`);

async function compileRules(rules: string): Promise<Policy> {
  const { wasm } = await compile(checkRules(rules), assemble, { sessions: true });
  return load(wasm);
}

let now = 0;
const clock = { now: () => now, at: () => () => {} };

function openSessions(policy: Policy, ids: readonly string[]): SessionRegistry {
  now = Date.parse('2026-03-03T10:00:00Z');
  const sessions = createRegistry(policy, { clock });
  for (const id of ids) open(sessions, id);
  return sessions;
}

/** The subject of a session has the first letter of its ID. */
function open(sessions: SessionRegistry, id: string, owner?: string): void {
  openSession(sessions, id, { id: id.slice(0, 1), owner });
}

function openSession(
  sessions: SessionRegistry,
  session: string,
  { id, owner }: { readonly id: string; readonly owner: string | undefined },
): void {
  sessions.open(session, {
    subject: { type: 'agent', id, properties: owner === undefined ? {} : { owner } },
    action: { name: 'call' },
    resource: { type: 'file', id: 'f' },
  });
}

const one = await compileRules(
  'deny seen when once(signal "failed" across sessions per subject.id up to 1, within 6s)',
);
const limited = await compileRules(
  'deny busy when count(allowed across sessions per subject.id up to 9, within 1h) >= 3',
);

test('a decision counts for other sessions at once, and for its own with the next', () => {
  const sessions = openSessions(limited, ['a1', 'a2', 'b1']);
  const effects = (id: string) => [sessions.decide(id).effect, sessions.reevaluate(id).effect];
  expect([effects('a1'), effects('a2'), effects('a1')]).toEqual([
    ['permit', 'permit'],
    ['permit', 'permit'],
    ['permit', 'permit'],
  ]);
  expect(effects('a2')).toEqual(['deny', 'deny']);
  expect(effects('a1')).toEqual(['deny', 'deny']);
  expect(effects('b1')).toEqual(['permit', 'permit']);
});

test('a session that opens later, or after another was closed, does not start again', () => {
  const sessions = openSessions(limited, []);
  for (const id of ['a1', 'a2', 'a3', 'a4']) {
    open(sessions, id);
    expect(sessions.decide(id).effect).toBe(id === 'a4' ? 'deny' : 'permit');
    sessions.close(id);
  }
});

test('grants count in no limit, and the decisions that follow do', async () => {
  const text = `policy p
use nhi.{ Approval, is_approved }
subject agent {}
action pay { amount: Int(0..) }
resource account {}
context { time: Timestamp, call_digest?: String, approvals?: List<Approval> }
for agent doing pay on account {
  permit pays otherwise
  challenge waits when not is_approved(context.approvals, context.call_digest)
  deny budget
    when sum(event.action.amount of allowed doing pay across sessions per subject.id up to 9, within today in "UTC")
      + action.amount > 1_000
}`;
  const { wasm } = await compile(checkPolicy(text), assemble, { sessions: true });
  const sessions = openSessions(await load(wasm), []);
  const call = {
    action: { name: 'pay', properties: { amount: 900 } },
    resource: { type: 'account', id: 'x' },
  };
  const ids = ['a1', 'a2', 'a3'];
  for (const id of ids) sessions.open(id, { subject: { type: 'agent', id: 'a' }, ...call });
  const digests = ids.map((id) => sessions.decide(id, call).callDigest ?? '');
  const granted = ids.map((id, at) =>
    sessions.grant(id, { digest: digests[at] ?? '', expiresAt: now + 60_000 }),
  );
  expect(granted.map(({ effect }) => effect)).toEqual(['permit', 'permit', 'permit']);
  const decided = ids.map((id) => sessions.decide(id, call).effect);
  expect(decided).toEqual(['permit', 'deny', 'deny']);
});

const both = await compileRules(
  'deny busy when count(decided across sessions per (subject.id, subject.owner) up to 9, within 1h) >= 1',
);

test('compound keys are equal if all of their members are', () => {
  const keys = [
    ['a', 'bc'],
    ['ab', 'c'],
    ['a', 'c'],
    ['', 'abc'],
    ['a","b', 'c'],
    ['a', 'b","c'],
    ['a\0\0\0\0b', 'c'],
    ['a', 'b\0\0\0\0c'],
  ] as const;
  const sessions = openSessions(both, []);
  for (const [id, owner] of keys) openSession(sessions, `${id} of ${owner}`, { id, owner });
  const decideAll = () => keys.map(([id, owner]) => sessions.decide(`${id} of ${owner}`).effect);
  expect(decideAll()).toEqual(keys.map(() => 'permit'));
  expect(decideAll()).toEqual(keys.map(() => 'deny'));
});

test('an event without a member of a compound key may have any key', () => {
  const sessions = openSessions(both, ['a', 'b']);
  openSession(sessions, 'known', { id: 'c', owner: 'o' });
  expect(sessions.decide('known').effect).toBe('permit');
  // It has no owner.
  expect(sessions.decide('a').effect).toBe('deny');
  openSession(sessions, 'other', { id: 'd', owner: 'o' });
  expect(sessions.decide('other').effect).toBe('deny');
});

test('an amount that is recorded late counts in no later period', async () => {
  const today = await compileRules(
    'deny spent when sum(event.amount of signal "paid" across sessions per subject.id up to 9, within today in "UTC") > 50',
  );
  const sessions = openSessions(today, ['a1', 'a2']);
  sessions.record('a1', 'paid', { amount: 60 }, now - 86_400_000);
  expect(sessions.decide('a2').effect).toBe('permit');
  sessions.record('a1', 'paid', { amount: 60 }, now - 3_600_000);
  expect(sessions.decide('a2').effect).toBe('deny');
});

test('a sweep reports the sessions that lose their place, because events were dropped', async () => {
  const eight = await compileRules(
    'deny seen when once(signal "failed" across sessions per subject.id up to 8, within 6s)',
  );
  const all = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const sessions = openSessions(eight, [...all, 'i', 'j']);
  const fail = (id: string) => sessions.record(id, 'failed', '{}', undefined);
  for (const id of all) fail(id);
  now += 5_000;
  // There is no place for it.
  fail('i');
  now += 1_500;
  expect(sessions.reevaluate('a').effect).toBe('permit');
  sessions.sweep();
  // It takes the place of the first, for which the dropped one may have been.
  fail('j');
  expect(sessions.sweep().map(({ id }) => id)).toEqual(['a']);
  expect(sessions.reevaluate('a').effect).toBe('deny');
});

test('no session is evaluated before the last event of another', () => {
  const sessions = openSessions(limited, ['a1', 'b1']);
  now += 120_000;
  sessions.decide('a1');
  now -= 59_000;
  expect(sessions.decide('b1').effect).toBe('permit');
  now -= 2_000;
  expect(sessions.decide('b1').reasons).toEqual(['clock_went_back']);
});

test('the effect of a session is that after the events of others', () => {
  const sessions = openSessions(one, ['a1', 'a2']);
  expect(sessions.decide('a2').effect).toBe('permit');
  sessions.record('a1', 'failed', '{}', undefined);
  expect(sessions.sweep().map(({ id, answer }) => [id, answer.effect])).toEqual([['a2', 'deny']]);
});

test('another key of the subject is another identity', async () => {
  const owned = await compileRules(
    'deny busy when count(allowed across sessions per subject.owner up to 9, within 1h) >= 1',
  );
  const sessions = openSessions(owned, []);
  open(sessions, 'a', 'o');
  open(sessions, 'b', 'q');
  expect(sessions.decide('a').effect).toBe('permit');
  expect(sessions.decide('b').effect).toBe('permit');
  sessions.patch('b', { subject: { properties: { owner: 'o' } } });
  expect(sessions.reevaluate('b').effect).toBe('deny');
  // Its own decision was that of another owner.
  sessions.patch('b', { subject: { properties: { owner: 'q' } } });
  expect(sessions.reevaluate('b').effect).toBe('permit');
  sessions.patch('a', { subject: { properties: { owner: 'q' } } });
  expect(sessions.sweep().map(({ id }) => id)).toEqual(['a']);
});

test('a key that is not known may be any', async () => {
  const owned = await compileRules(
    'deny busy when once(allowed across sessions per subject.owner up to 9, within 1h)',
  );
  const sessions = openSessions(owned, []);
  open(sessions, 'a', 'o');
  open(sessions, 'b');
  expect(sessions.decide('a').effect).toBe('permit');
  expect(sessions.decide('b').effect).toBe('deny');
  // It was not allowed.
  expect(sessions.sweep()).toEqual([]);
});

/** Restores the session in the module of a policy, at the present instant. */
function moveSession(sessions: SessionRegistry, id: string, policy: Policy): SessionRegistry {
  const others = createRegistry(policy, { clock });
  others.restore(sessions.snapshot(id));
  return others;
}

test('events of other sessions are not known after a policy without the term', async () => {
  const without = await compileRules('deny never when subject.owner is "nobody"');
  const before = openSessions(limited, ['a1']);
  before.decide('a1');
  expect(moveSession(before, 'a1', limited).reevaluate('a1').effect).toBe('permit');
  const meanwhile = moveSession(before, 'a1', without);
  open(meanwhile, 'a2');
  for (let times = 0; times < 3; times += 1) meanwhile.decide('a2');
  meanwhile.close('a2');
  const after = moveSession(meanwhile, 'a1', limited);
  expect(after.reevaluate('a1').effect).toBe('deny');
  // An hour later, everything that may have happened has left the window.
  now += 3_600_001;
  expect(after.reevaluate('a1').effect).toBe('permit');
});

/** Records payments of one each, a millisecond apart. */
function pay(sessions: SessionRegistry, id: string, times: number): void {
  for (let paid = 0; paid < times; paid += 1) {
    now += 1;
    sessions.record(id, 'paid', '{"amount":1}', undefined);
  }
}

const total =
  'sum(event.amount of signal "paid" across sessions per subject.id up to 9, within 1h)';
const stored = 256;

test('the total of more events than are stored is at least what these add', async () => {
  const policy = await compileRules(`
    deny over_exactly when ${total} > ${stored}
    challenge over_half when ${total} > ${stored / 2}
    narrow not_much when ${total} < ${stored + 1} to { ttl: 1m }`);
  const sessions = openSessions(policy, ['a1', 'a2', 'b1']);
  const listFired = () => {
    const { reasonDetails } = sessions.reevaluate('a2');
    return reasonDetails.map(({ id, firedOn }) => `${id}: ${firedOn}`);
  };
  pay(sessions, 'a1', stored / 2);
  pay(sessions, 'b1', 1);
  expect(listFired()).toEqual(['not_much: true']);
  pay(sessions, 'a2', stored / 2);
  expect(listFired()).toEqual(['over_half: true']);
  pay(sessions, 'a1', 1);
  expect(listFired()).toEqual(['over_exactly: unknown']);
  now += 1;
  sessions.record('a1', 'paid', '{"amount":2}', undefined);
  expect(listFired()).toEqual(['over_exactly: true']);
});

test.each([9, 1_000, 8_192])(
  'a sum with a room for %d keys is exact as its bound states',
  async (keys) => {
    const text = `sum(event.amount of signal "paid" across sessions per subject.id up to ${keys}, within 1h)`;
    const checked = checkRules(`deny over when ${text} > 100_000`);
    const [bound] = collectPolicyHistory(checked).map(({ term }) => boundTerm(term));
    const { events = 0 } = bound ?? expect.fail('no bound');
    const exactly = await compileRules(`deny over when ${text} != ${events}`);
    const sessions = openSessions(exactly, ['a1', 'a2']);
    const findFiredOn = () =>
      sessions.reevaluate('a2').reasonDetails.find(({ id }) => id === 'over')?.firedOn;
    pay(sessions, 'a1', events - 1);
    expect(findFiredOn()).toBe('true');
    pay(sessions, 'a2', 1);
    expect(findFiredOn()).toBeUndefined();
    pay(sessions, 'a1', 1);
    expect(findFiredOn()).toBe('unknown');
  },
);

test('an event that may match adds its amount or nothing', async () => {
  const big = 'sum(event.amount of signal "paid" where event.kind is "big"';
  const policy = await compileRules(
    `deny over when ${big} across sessions per subject.id up to 9, within 1h) > 5`,
  );
  const sessions = openSessions(policy, ['a1', 'a2']);
  const findFiredOn = () =>
    sessions.reevaluate('a2').reasonDetails.find(({ id }) => id === 'over')?.firedOn;
  for (const [payload, firedOn] of [
    ['{"amount":9,"kind":"small"}', undefined],
    ['{"amount":9}', 'unknown'],
    ['{"amount":6,"kind":"big"}', 'true'],
  ] as const) {
    now += 1;
    sessions.record('a1', 'paid', payload, undefined);
    expect([payload, findFiredOn()]).toEqual([payload, firedOn]);
  }
});

test('a restored session adds no event twice, and knows that some have no room', async () => {
  const policy = await compileRules(`deny over when ${total} > ${stored}`);
  const sessions = openSessions(policy, ['a1', 'a2']);
  pay(sessions, 'a1', stored - 1);
  const [first, second] = ['a1', 'a2'].map((id) => sessions.snapshot(id)) as [string, string];
  const others = createRegistry(policy, { clock });
  others.restore(first);
  others.restore(second);
  expect(others.reevaluate('a1').effect).toBe('permit');
  pay(sessions, 'a1', 1);
  pay(others, 'a2', 1);
  const [reason] = moveSession(sessions, 'a1', policy).reevaluate('a1').reasons;
  expect(reason).toBe('works');
  others.close('a1');
  others.restore(sessions.snapshot('a1'));
  // Together there are more events than are stored.
  expect(others.reevaluate('a1').reasonDetails.map(({ id, firedOn }) => [id, firedOn])).toEqual([
    ['over', 'unknown'],
  ]);
});

test('a key that loses its place still has the events that were dropped', async () => {
  const dropping = await compileRules(
    'deny seen when once(signal "failed" across sessions per subject.id up to 1, within 6s)',
  );
  const without = await compileRules('deny never when subject.owner is "nobody"');
  const before = openSessions(dropping, ['a1']);
  before.record('a1', 'failed', '{}', undefined);
  now += 5_000;
  // The events of the meantime are not known.
  const meanwhile = moveSession(before, 'a1', without);
  meanwhile.decide('a1');
  const text = meanwhile.snapshot('a1');
  const after = createRegistry(dropping, { clock });
  after.restore(before.snapshot('a1'));
  after.close('a1');
  after.restore(text);
  open(after, 'b1');
  now += 2_000;
  // It takes the place of `a`, whose known event has left the window.
  after.record('b1', 'failed', '{}', undefined);
  expect(after.reevaluate('a1').effect).toBe('deny');
  now += 6_001;
  expect(after.reevaluate('a1').effect).toBe('permit');
});

test('a longer window includes events that were dropped', async () => {
  const longer = await compileRules(
    'deny seen when once(signal "failed" across sessions per subject.id up to 9, within 15s)',
  );
  const sessions = openSessions(one, ['a1', 'b1']);
  sessions.record('a1', 'failed', '{}', undefined);
  now += 7_000;
  sessions.record('b1', 'failed', '{}', undefined);
  const others = moveSession(sessions, 'a1', longer);
  expect(others.reevaluate('a1').effect).toBe('deny');
  now += 9_000;
  expect(others.reevaluate('a1').effect).toBe('permit');
});
