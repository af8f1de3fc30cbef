// Sessions over random requests, patches and signals: an answer holds until its `valid_until`, judging
// again changes nothing, a session that ended stays so, and what a decision leaves behind is one event.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Answer,
  decideIn,
  openSession,
  patchSession,
  recordSignal,
  reevaluate,
  type Session,
} from '../../language/index.ts';
import { policyOf } from '../support/checking.ts';
import { said } from '../support/engines.ts';

const policy = policyOf(`policy p
enum Level { low < high }
subject agent { risk?: { level?: Level, observed_at?: Timestamp } fresh 5s }
action call { tool: String, host?: String }
action any {}
resource secret { change?: String }
resource any {}
context { time: Timestamp }
signals { read: { source?: String }, failed: { reason?: String } }
constraint rows: Int smallest wins
for agent {
  permit works otherwise
  revoke failing when count(signal "failed" where event.reason is not "test", within 20s) >= 3
  narrow risky when subject.risk.level is high or count(refused, within 8s) is 2 to { rows: 10 }
  deny busy when count(allowed doing call, within 6s) >= 3
}
for agent doing send {
  deny tainted when once(signal "read" where event.source is "web", within 7s)
  challenge unclear when since(signal "read", decided doing send)
}
for agent doing call {
  deny moved
    when once(allowed doing call per action.tool up to 2, within 15s)
    and last(allowed doing call per action.tool up to 2).action.host is not action.host
}
for agent doing call on secret {
  deny again when once(allowed on secret per resource.change up to 2, within 9s)
}`);

const request = JSON.stringify({
  subject: {
    type: 'agent',
    id: 'a',
    properties: { risk: { level: 'low', observed_at: '1970-01-01T00:00:00Z' } },
  },
  action: { name: 'call', properties: { tool: 't', host: 'h' } },
  resource: { type: 'file', id: 'f' },
  context: {},
});

const json = (...values: readonly unknown[]) =>
  fc.constantFrom(
    ...values.map((value) => (value === undefined ? undefined : JSON.stringify(value))),
  );
const change = (path: readonly string[], value: fc.Arbitrary<string | undefined>) =>
  value.map((each) => ({ kind: 'patch' as const, change: { path, json: each } }));

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'ask' as const }) },
  fc.constantFrom(0, 1, 1_000, 2_500, 6_000).map((by) => ({ kind: 'wait' as const, by })),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('signal' as const),
      name: fc.constantFrom('read', 'failed', 'failed', 'unheard'),
      text: fc.constantFrom('web', 'web', 'test', undefined, 5),
      late: fc.constantFrom(undefined, 0, 500, 9_000, -4_000),
    }),
  },
  change(['action', 'name'], json('call', 'send', 'send', 'other', undefined)),
  change(['action', 'properties', 'tool'], json('t', 'u', 'v')),
  change(['action', 'properties', 'host'], json('h', 'i', undefined, 7)),
  change(['resource', 'type'], json('secret', 'file')),
  change(['resource', 'properties'], json({ change: 'c' }, { change: 'd' }, undefined)),
  change(
    ['subject', 'properties'],
    fc.constantFrom(0, 3_000, 9_000).map((at) =>
      JSON.stringify({
        risk: { level: at === 3_000 ? 'high' : 'low', observed_at: new Date(at).toISOString() },
      }),
    ),
  ),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** The session after each step, with its instant and what it had answered. */
function* run(steps: readonly Step[]): Iterable<{ session: Session; now: bigint }> {
  let session = openSession(request, 0n);
  let now = 0n;
  for (const each of steps) {
    if (each.kind === 'wait') now += BigInt(each.by);
    else if (each.kind === 'patch') session = patchSession(session, [each.change]);
    else if (each.kind === 'ask') {
      const before = session.events.length;
      const judged = reevaluate(policy, session, now);
      const decided = decideIn(policy, session, now);
      expect(decided.answer).toEqual(judged.answer);
      const grown = session.revoked === undefined ? 1 : 0;
      expect(decided.session.events.length).toBe(before + grown);
      session = decided.session;
    } else {
      const key = each.name === 'read' ? 'source' : 'reason';
      const payload = new TextEncoder().encode(JSON.stringify({ [key]: each.text }));
      const time = each.late === undefined ? undefined : now - BigInt(each.late);
      const recorded = recordSignal(policy, session, { name: each.name, payload, time }, now);
      if ('session' in recorded) session = recorded.session;
      else expect(each.name === 'unheard' || each.text === 5).toBe(true);
    }
    yield { session, now };
  }
}

const probes = [1n, 499n, 1_000n, 3_001n, 6_000n, 9_000n, 20_000n];

test('an answer holds until it says', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 24 }), (steps) => {
      let last: Answer | undefined;
      for (const { session, now } of run(steps)) {
        const { answer } = reevaluate(policy, session, now);
        for (const reason of answer.reasons) seen.add(reason);
        if (last?.effect === 'revoke') expect(answer).toBe(last);
        if (session.revoked !== undefined) last = session.revoked;
        // What ends a session holds because it is kept.
        if (answer.effect === 'revoke') continue;
        const end = answer.validUntil;
        const before = end === undefined ? [] : [end - 1n];
        for (const instant of [...probes.map((by) => now + by), ...before]) {
          if ((end !== undefined && instant >= end) || instant < now) continue;
          expect(said(reevaluate(policy, session, instant).answer)).toEqual(said(answer));
        }
      }
    }),
    { numRuns: 1_200 },
  );
  const rules = policy.rules.map(({ id }) => id).sort();
  expect([...seen].filter((id) => id !== 'invalid_request').sort()).toEqual(rules);
});

test('at the end of an answer another one is given, but where a rule fires on two values', () => {
  const turned = { yes: 0, no: 0 };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 24 }), (steps) => {
      for (const { session, now } of run(steps)) {
        const { answer } = reevaluate(policy, session, now);
        if (answer.validUntil === undefined) continue;
        const after = reevaluate(policy, session, answer.validUntil).answer;
        const same = JSON.stringify(said(after)) === JSON.stringify(said(answer));
        turned[same ? 'no' : 'yes'] += 1;
      }
    }),
    { numRuns: 200 },
  );
  expect(turned.yes).toBeGreaterThan(turned.no);
});
