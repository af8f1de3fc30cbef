// A session as a host uses it: its clock, its end, the recorded decisions and signals, and what answers report
// about it.

import {
  decideInSession,
  type EvaluatorSession,
  openSession,
  patchSession,
  recordSignal,
  reevaluate,
} from '@nhipol/language';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';

const policy = checkPolicy(`policy p
enum Kind { hard, soft }
subject agent { leaked: Bool = false }
action call { size: Int }
action note {}
resource any {}
context { time: Timestamp, note?: String }
signals { failed: { reason?: String, kind?: Kind, strict: Bool = false } }
for agent {
  permit ok otherwise
  revoke leaked when subject.leaked
    because "leaked at {subject.id}"
  revoke failing when count(signal "failed", within 1h) >= 2
}
for agent doing call {
  deny often when count(allowed, within 1m) > 1
  deny rejected when once(refused where event.effect is deny and event.action.name is "odd")
}
for agent doing note { deny noted when context.note is "no" }`);

function request(action: object, subject: object = {}): string {
  return JSON.stringify({
    subject: { type: 'agent', id: 'a', properties: subject },
    action,
    resource: { type: 'file', id: 'f' },
    context: {},
  });
}

const call = request({ name: 'call', properties: { size: 1 } });

function signalSession(
  session: EvaluatorSession,
  now: bigint,
  payload?: string,
  time?: bigint,
): EvaluatorSession {
  const recorded = recordSignal(policy, session, signal(payload, time), now);
  if ('error' in recorded) throw new Error(JSON.stringify(recorded.error));
  return recorded.session;
}

function signal(payload: string | undefined, time?: bigint) {
  const bytes = payload === undefined ? undefined : new TextEncoder().encode(payload);
  return { name: 'failed', payload: bytes, time };
}

test('evaluating again records nothing, and deciding does', () => {
  const session = openSession(call, 0n);
  const judged = reevaluate(policy, session, 5n);
  expect(judged.session).toEqual({ ...session, latest: 5n });
  const decided = decideInSession(policy, judged.session, 9n);
  expect(decided.answer).toEqual(judged.answer);
  const event = { kind: 'decision', effect: 'permit', time: 9n, recorded: 9n };
  expect(decided.session).toMatchObject({ events: [], taken: { event } });
  expect(decideInSession(policy, decided.session, 10n).session.events).toMatchObject([event]);
});

test('a decision is recorded once anything about the query changes', () => {
  const { session } = decideInSession(policy, openSession(call, 0n), 0n);
  const patchPath = (path: readonly string[]) =>
    patchSession(policy, session, [{ path, json: '"other"' }]);
  expect(patchPath(['action', 'name']).events).toHaveLength(1);
  expect(patchPath(['resource', 'id']).events).toHaveLength(1);
  expect(patchPath(['context', 'note'])).toMatchObject({ events: [], taken: session.taken });
});

test('an answer that counts decisions is for a single use, and lists what it read', () => {
  const { answer } = decideInSession(policy, openSession(call, 0n), 0n);
  expect(answer.singleUse).toBe(true);
  expect(answer.read).toContain('count(allowed, within 1m) > 1');
  const note = openSession(request({ name: 'note' }), 0n);
  const other = decideInSession(policy, note, 0n).answer;
  expect(other.singleUse).toBe(false);
  expect(other.read).toContain('count(signal "failed", within 1h) >= 2');
});

test('the first revoke is repeated with its reasons, without evaluation', () => {
  const open = patchSession(policy, openSession(call, 0n), [
    { path: ['subject', 'properties', 'leaked'], json: 'true' },
  ]);
  const ended = reevaluate(policy, open, 1_000n);
  expect(ended.answer).toMatchObject({
    effect: 'revoke',
    reasons: ['leaked'],
    reasonDetails: [{ message: 'leaked at a' }],
    validUntil: undefined,
  });
  const mended = patchSession(policy, ended.session, [
    { path: ['subject', 'properties', 'leaked'], json: 'false' },
  ]);
  for (const now of [2_000n, 0n, -999_999n]) {
    const again = decideInSession(policy, mended, now);
    expect(again).toEqual({ answer: ended.answer, session: mended });
  }
});

test('a clock up to a minute behind uses the latest instant, and one further behind denies', () => {
  const opened = openSession(call, 1_000_000n);
  const behind = decideInSession(policy, opened, 940_000n);
  expect(behind.answer.effect).toBe('permit');
  expect(behind.session.latest).toBe(1_000_000n);
  expect(behind.session.taken?.event.time).toBe(1_000_000n);
  for (const ask of [decideInSession, reevaluate]) {
    const back = ask(policy, behind.session, 939_999n);
    expect(back.answer).toMatchObject({
      effect: 'deny',
      decision: false,
      reasons: ['clock_went_back'],
      singleUse: false,
      callDigest: undefined,
    });
    expect(back.session).toBe(behind.session);
  }
});

test('a signal is recorded whatever the clock shows', () => {
  const session = signalSession(openSession(call, 1_000_000n), 5n);
  expect(session.latest).toBe(1_000_000n);
  expect(session.events).toMatchObject([{ time: 1_000_000n, recorded: 1_000_000n }]);
  expect(signalSession(session, 2_000_000n, undefined, 7n)).toMatchObject({
    latest: 2_000_000n,
    events: [{}, { time: 7n, recorded: 2_000_000n }],
  });
  expect(signalSession(session, 2_000_000n, undefined, 3_000_000n).events[1]).toMatchObject({
    time: 2_000_000n,
  });
});

test('the second signal within an hour ends the session', () => {
  const one = signalSession(openSession(call, 0n), 0n);
  expect(reevaluate(policy, one, 1n).answer.effect).toBe('permit');
  const two = signalSession(one, 3_600_000n);
  expect(reevaluate(policy, two, 3_600_000n).answer.reasons).toEqual(['failing']);
  expect(reevaluate(policy, two, 3_600_001n).answer.effect).toBe('permit');
});

test.each([
  ['{ "kind": "hard", "unheard": [1] }', undefined],
  ['{ "kind": "none at all" }', undefined],
  ['{ "kind": null, "strict": null }', undefined],
  ['{ "strict": "yes" }', { code: 'wrong_type', path: '$.strict', found: 'a string' }],
  ['{ "reason": 5 }', { code: 'wrong_type', path: '$.reason', expected: 'a string' }],
  ['[]', { code: 'wrong_type', path: '$', expected: 'an object', found: 'an array' }],
  ['{', { path: '$' }],
  ['{ "reason": "a", "reason": "b" }', { code: 'duplicate_name' }],
])('a signal with %s as its payload is recorded', (payload, error) => {
  const session = openSession(call, 0n);
  const recorded = recordSignal(policy, session, signal(payload), 9n);
  if (error === undefined) expect(recorded).toMatchObject({ session: { events: [{}] } });
  else expect(recorded).toEqual({ error: expect.objectContaining(error) });
});

test('a revoked session records nothing, whatever the payload is', () => {
  const { session } = decideInSession(
    policy,
    openSession(request({ name: 'call' }, { leaked: true }), 0n),
    0n,
  );
  expect(session.revoked).toBeDefined();
  for (const payload of ['{ "reason": 5 }', '{', '{ "reason": "a" }']) {
    expect(recordSignal(policy, session, signal(payload), 9n)).toEqual({ session });
  }
});

test('an undeclared signal is an error', () => {
  const unheard = { name: 'unheard', payload: undefined, time: undefined };
  expect(recordSignal(policy, openSession(call, 0n), unheard, 0n)).toEqual({
    error: {
      code: 'unknown_signal',
      path: '$',
      expected: 'a signal that the policy declares',
      found: '"unheard"',
      offset: 0,
    },
  });
});

test('a decision about an invalid request is recorded with an unknown query', () => {
  const faulty = openSession(request({ name: 'call', properties: { size: 'x' } }), 0n);
  const first = decideInSession(policy, faulty, 0n);
  expect(first.answer.reasons).toEqual(['invalid_request']);
  expect(first.answer.read).toEqual([
    'action',
    'context',
    'count(signal "failed", within 1h) >= 2',
    'resource',
    'subject',
  ]);
  expect(first.session.taken?.event).toMatchObject({ effect: 'deny' });
  const nameless = patchSession(policy, first.session, [
    { path: ['action', 'name'], json: undefined },
  ]);
  const second = decideInSession(policy, nameless, 0n);
  expect(second.answer.reasons).toEqual(['invalid_request']);
  const asked = patchSession(policy, second.session, [
    { path: ['action'], json: '{"name":"call","properties":{"size":1}}' },
  ]);
  expect(reevaluate(policy, asked, 0n).answer).toMatchObject({
    reasons: ['rejected'],
    reasonDetails: [{ firedOn: 'unknown' }],
  });
});

test('a non-request is denied in a session, too, and recorded', () => {
  const { answer, session } = decideInSession(policy, openSession('no JSON', 0n), 0n);
  expect(answer).toMatchObject({ reasons: ['invalid_request'], error: { code: 'not_json' } });
  expect(session.taken?.event).toMatchObject({ kind: 'decision', effect: 'deny' });
});
