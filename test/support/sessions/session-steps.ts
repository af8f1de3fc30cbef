// A policy that uses history in every way, and the steps of a session of it.

import fc from 'fast-check';
import { checkPolicy } from '../checking.ts';

export const sessionPolicyText = `policy p
enum Level { low < high }
subject agent { risk?: { level?: Level, observed_at?: Timestamp } fresh 5s }
action call { tool: String, host?: String, amount?: Decimal(0..) }
action any {}
resource secret { change?: String }
resource any {}
context { time: Timestamp }
signals {
  read: { source?: String, rows: Int(0..1_000) = 1 }
  failed: { reason?: String }
}
outcomes { done: { source?: String, rows: Int(0..1_000) = 1 } }
constraint rows: Int smallest wins
for agent {
  permit works otherwise
  revoke failing when count(signal "failed" where event.reason is not "test", within 20s) >= 3
  narrow risky when subject.risk.level is high or count(refused, within 8s) is 2 to { rows: 10 }
  deny busy when count(allowed doing call, within 6s) >= 3
  deny read_much
    when sum(event.rows of signal "read" where event.source is not "test", within 7s) > 20
  deny read_today
    when 50 - sum(event.rows of signal "read", within today in "Europe/London") < 30
  deny read_ever when sum(event.rows of signal "read") >= 20
  deny asked_this_month when count(decided, within this month in "Etc/GMT-14") > 3
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
for agent doing call {
  deny failing_tool
    when count(outcome "done" doing call per action.tool up to 2, within 15s) >= 2
  deny much_from_web
    when sum(event.result.rows of outcome "done" where event.result.source is "web", within 7s)
      > 20
  deny over_budget
    when sum(event.action.amount of allowed doing call per action.tool up to 2, within 15s)
      + action.amount
      > (if subject.risk.level is high then 20 else 40.5)
}
for agent doing call on secret {
  deny used when once(outcome "done" on secret where event.resource.change is not "d", within 9s)
  deny again when once(allowed on secret per resource.change up to 2, within 9s)
}`;

export const sessionPolicy = checkPolicy(sessionPolicyText);

export const sessionRequest = JSON.stringify({
  subject: {
    type: 'agent',
    id: 'a',
    properties: { risk: { level: 'low', observed_at: '1970-01-01T00:00:00Z' } },
  },
  action: { name: 'call', properties: { tool: 't', host: 'h', amount: 1 } },
  resource: { type: 'file', id: 'f' },
  context: {},
});

const json = (...values: readonly unknown[]) =>
  fc.constantFrom(
    ...values.map((value) => (value === undefined ? undefined : JSON.stringify(value))),
  );
const change = (path: readonly string[], value: fc.Arbitrary<string | undefined>) =>
  value.map((each) => ({ kind: 'patch' as const, change: { path, json: each } }));

export const sessionStep = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'ask' as const }) },
  fc
    .constantFrom(0, 1, 1_000, 2_500, 6_000, 6_000, 36_000_000)
    .map((by) => ({ kind: 'wait' as const, by })),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('signal' as const),
      name: fc.constantFrom('read', 'failed', 'failed', 'done', 'done', 'unheard'),
      text: fc.constantFrom('web', 'web', 'test', undefined, 5),
      rows: fc.constantFrom(undefined, 3, 8, 25, 2_000),
      /** The call of an outcome. */
      call: fc.constantFrom(
        {},
        {},
        { action: { name: 'call', properties: { tool: 't' } } },
        { action: { name: 'send' }, resource: { type: 'secret', id: 's' } },
        { resource: { type: 'secret', id: 's', properties: { change: 'd' } } },
      ),
      late: fc.constantFrom(undefined, 0, 500, 9_000, -4_000),
    }),
  },
  change(['action', 'name'], json('call', 'send', 'send', 'other', undefined)),
  change(['action', 'properties', 'tool'], json('t', 'u', 'v')),
  change(['action', 'properties', 'host'], json('h', 'i', undefined, 7)),
  change(['action', 'properties', 'amount'], json(0, 7.25, 15, undefined, -1)),
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
export type SessionStep = typeof sessionStep extends fc.Arbitrary<infer S> ? S : never;

/** The payload of a signal. */
export function createPayload({
  name,
  text,
  rows,
  call,
}: SessionStep & { readonly kind: 'signal' }): string {
  if (name === 'done') return JSON.stringify({ ...call, result: { source: text, rows } });
  return JSON.stringify(name === 'read' ? { source: text, rows } : { reason: text });
}
