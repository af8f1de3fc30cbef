// Explanations of answers in a session: the events that made a term true, their number, and why a term is unknown.

import {
  decideInSession,
  type EvaluatorSession,
  explain,
  explainSession,
  openSession,
  patchSession,
  recordSignal,
  renderExplanation,
  type SharedHistory,
  withSharedHistory,
} from '@nhipol/language';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';

const policy = checkPolicy(`policy p
subject agent {}
action call { tool: String, host?: String }
action any {}
resource any {}
context { time: Timestamp }
signals { failed: { reason?: String } }
for agent { permit ok otherwise }
for agent doing call {
  deny busy when count(allowed doing call, within 1m) > 3
  deny tainted when once(signal "failed" where event.reason is "nonce", within 10m)
  deny moved
    when once(allowed doing call per action.tool up to 1)
    and last(allowed doing call per action.tool up to 1).action.host is not action.host
  narrow late when since(signal "failed", decided) to { rows: 1 }
}
constraint rows: Int smallest wins`);

const request = JSON.stringify({
  subject: { type: 'agent', id: 'a' },
  action: { name: 'call', properties: { tool: 't', host: 'h' } },
  resource: { type: 'file', id: 'f' },
});

function after(calls: number, change?: [string, string], payload?: string): EvaluatorSession {
  let session = openSession(request, 0n);
  for (let call = 0; call < calls; call += 1)
    ({ session } = decideInSession(policy, session, BigInt(call * 1000)));
  if (payload !== undefined) {
    const signal = { name: 'failed', payload: new TextEncoder().encode(payload), time: undefined };
    const recorded = recordSignal(policy, session, signal, 20_000n);
    if ('session' in recorded) session = recorded.session;
  }
  return change === undefined
    ? next(session)
    : patchSession(policy, session, [
        { path: ['action', 'properties', change[0]], json: change[1] },
      ]);
}

/** Repeats the query. */
function next(session: EvaluatorSession): EvaluatorSession {
  return patchSession(policy, session, [{ path: ['action', 'name'], json: '"call"' }]);
}

function renderSession(session: EvaluatorSession): string {
  return renderExplanation(explainSession(policy, session, 30_000n), policy.sources);
}

test('a count is explained with its threshold and the newest events', () => {
  expect(renderSession(after(4))).toMatchInlineSnapshot(`
    "deny because busy
      valid until 1970-01-01T00:01:00.001Z
        when \`count(allowed doing call, within 1m) > 3\` becomes false, in busy (p.nhipol:10)

    deny busy (p.nhipol:10)
      fired because its condition is true:
      10│   deny busy when count(allowed doing call, within 1m) > 3
        │                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ true: 4 of at most 3 within 1m
        │ event = permit of "call" on "file" "f" at 1970-01-01T00:00:03.000Z
        │ event = permit of "call" on "file" "f" at 1970-01-01T00:00:02.000Z
        │ event = permit of "call" on "file" "f" at 1970-01-01T00:00:01.000Z

    would be permitted by ok (p.nhipol:8)
      but for deny busy (p.nhipol:10)
    "
  `);
});

test('a member of the last event, and of a key, is explained', () => {
  expect(renderSession(after(1, ['host', '"other"']))).toMatchInlineSnapshot(`
    "deny because moved
      does not change with time

    deny moved (p.nhipol:12)
      fired because its condition is true:
      13│     when once(allowed doing call per action.tool up to 1)
        │          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ true: 1 event
        │ action.tool = "t"
        │ event = permit of "call" on "file" "f" at 1970-01-01T00:00:00.000Z
      14│     and last(allowed doing call per action.tool up to 1).action.host is not action.host
        │         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ true
        │ last(allowed doing call per action.tool up to 1).action.host = "h"
        │   action.tool = "t"
        │   event = permit of "call" on "file" "f" at 1970-01-01T00:00:00.000Z
        │ action.host = "other"

    would be permitted by ok (p.nhipol:8)
      but for deny moved (p.nhipol:12)
    "
  `);
});

test('an event that may count, and one that came after another, are explained', () => {
  expect(renderSession(after(1, undefined, '{}'))).toMatchInlineSnapshot(`
    "deny because tainted
      valid until 1970-01-01T00:10:20.001Z
        when \`once(signal "failed" where event.reason is "nonce", within 10m)\` becomes false, in tainted (p.nhipol:11)

    deny tainted (p.nhipol:11)
      fired because its condition is unknown, so it may be true:
      11│   deny tainted when once(signal "failed" where event.reason is "nonce", within 10m)
        │                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unknown: 0 to 1 events within 10m
        │ event (possible) = signal "failed" at 1970-01-01T00:00:20.000Z
        │ it is unknown whether some events count

    would be permitted by ok (p.nhipol:8)
      but for deny tainted (p.nhipol:11)
      but for narrow late (p.nhipol:15)
    "
  `);
});

test('values beyond the stored ones are explained', () => {
  let session = after(1, ['tool', '"u"']);
  ({ session } = decideInSession(policy, session, 20_000n));
  expect(renderSession(next(session))).toMatchInlineSnapshot(`
    "deny because moved
      does not change with time

    deny moved (p.nhipol:12)
      fired because its condition is unknown, so it may be true:
      13│     when once(allowed doing call per action.tool up to 1)
        │          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unknown: 0 or more events
        │ action.tool = "u"
        │ the session has seen more values than it stores
      14│     and last(allowed doing call per action.tool up to 1).action.host is not action.host
        │         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unknown
        │ last(allowed doing call per action.tool up to 1).action.host is unknown: the session has seen more
        │   values than it stores
        │   action.tool = "u"

    would be permitted by ok (p.nhipol:8)
      but for deny moved (p.nhipol:12)
    "
  `);
});

test('an explanation without a session states that', () => {
  const clock = { now: 0n, precedence: 'host' } as const;
  const alone = explain(policy, new TextEncoder().encode(request), clock);
  expect(renderExplanation(alone, policy.sources)).toMatchInlineSnapshot(`
    "deny because busy, moved, tainted
      does not change with time

    deny busy (p.nhipol:10)
      fired because its condition is unknown, so it may be true:
      10│   deny busy when count(allowed doing call, within 1m) > 3
        │                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unknown
        │ there is no session

    deny moved (p.nhipol:12)
      fired because its condition is unknown, so it may be true:
      13│     when once(allowed doing call per action.tool up to 1)
        │          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unknown
        │ action.tool = "t"
        │ there is no session
      14│     and last(allowed doing call per action.tool up to 1).action.host is not action.host
        │         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unknown
        │ last(allowed doing call per action.tool up to 1).action.host is unknown: there is no session
        │   action.tool = "t"

    deny tainted (p.nhipol:11)
      fired because its condition is unknown, so it may be true:
      11│   deny tainted when once(signal "failed" where event.reason is "nonce", within 10m)
        │                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unknown
        │ there is no session

    would be permitted by ok (p.nhipol:8)
      but for deny busy (p.nhipol:10)
      but for deny tainted (p.nhipol:11)
      but for deny moved (p.nhipol:12)
      but for narrow late (p.nhipol:15)
    "
  `);
});

test('a session that ended, or whose clock went back, was not evaluated', () => {
  const explanation = explainSession(policy, { ...after(1), latest: 900_000n }, 1n);
  expect(explanation).toMatchObject({ reasons: [], silent: [], scores: [] });
  expect(renderExplanation(explanation, policy.sources)).toMatchInlineSnapshot(`
    "deny because clock_went_back
      does not change with time
    "
  `);
});

test('events of other sessions, and values beyond the stored ones of all sessions, are explained', () => {
  const sharing = checkPolicy(`policy p
subject agent {}
context { time: Timestamp }
for agent {
  permit ok otherwise
  deny busy when count(allowed across sessions per subject.id up to 1, within 1m) >= 1
}`);
  const openRequest = (id: string) => openSession(request.replace('"id":"a"', `"id":"${id}"`), 0n);
  const renderShared = (session: EvaluatorSession, shared: SharedHistory) =>
    renderExplanation(
      explainSession(sharing, withSharedHistory(sharing, session, shared), 5_000n),
      sharing.sources,
    );
  const first = decideInSession(sharing, openRequest('a'), 0n).session;
  expect(renderShared(openRequest('a'), first.shared)).toContain(
    'true: 1 of less than 1 within 1m',
  );
  expect(renderShared(openRequest('a'), first.shared)).toContain(
    'event = permit of "call" on "file" "f"',
  );
  const other = decideInSession(
    sharing,
    withSharedHistory(sharing, openRequest('b'), first.shared),
    1_000n,
  ).session;
  expect(renderShared(openRequest('b'), other.shared)).toContain(
    'the sessions have seen more values than are stored',
  );
  // Its own decision does not count.
  expect(renderShared(first, first.shared)).toContain('permit because ok');
});

test('a total of all sessions is explained with the events that were dropped', () => {
  const adding = checkPolicy(`policy p
subject agent {}
context { time: Timestamp }
signals { paid: { amount: Int(0..) } }
for agent {
  permit ok otherwise
  deny much
    when sum(event.amount of signal "paid" across sessions per subject.id up to 8_192, within 1m) > 32
}`);
  const pay = (session: EvaluatorSession, amount: number, now: bigint) => {
    const payload = new TextEncoder().encode(JSON.stringify({ amount }));
    const recorded = recordSignal(adding, session, { name: 'paid', payload, time: undefined }, now);
    if ('error' in recorded) throw new Error('broken invariant: the signal is valid');
    return recorded.session;
  };
  const renderAdding = (session: EvaluatorSession) =>
    renderExplanation(explainSession(adding, session, 5_000n), adding.sources);
  let session = openSession(request, 0n);
  for (let at = 0n; at < 16n; at += 1n) session = pay(session, 2, at);
  expect(renderAdding(session)).toContain('permit because ok');
  session = pay(session, 1, 16n);
  expect(renderAdding(session)).toContain('unknown: 31 or more within 1m');
  expect(renderAdding(session)).toContain(
    'the sessions have seen more values or events than are stored',
  );
  session = pay(session, 4, 17n);
  expect(renderAdding(session)).toContain('true: 33 or more within 1m');
});
