// A policy about the events of all sessions, and requests of several subjects, owners and tenants.

import type { PolicyModel } from '@nhipol/language/model';
import { checkPolicy } from '../checking.ts';
import type { Subject } from '../fleets/subjects.ts';

const declarations = `policy p
subject agent { owner?: String }
action call { tool: String, size?: Int, amount: Int(0..) = 1 }
action any {}
resource any {}
context { time: Timestamp, tenant?: Int }
signals { failed: { reason?: String } }
outcomes { done: { rows: Int(0..1_000) = 1 } }
constraint rows: Int smallest wins`;

const sharedPolicyText = `${declarations}
for agent {
  permit works otherwise
  deny busy
    when count(allowed doing call where event.action.size is not 3
        across sessions per subject.owner up to 2, within 6s) >= 3
  challenge failed_before
    when once(signal "failed" where event.reason is not "test"
        across sessions per subject.id up to 2, within 7s)
  revoke failing
    when count(signal "failed" across sessions per subject.owner up to 3, within 20s) >= 5
  narrow asked_twice
    when count(decided across sessions per subject.id up to 3, within 9s) is 2 to { rows: 1 }
  deny much_done
    when count(outcome "done" doing call across sessions per context.tenant up to 2, within 15s) > 1
  narrow much_read
    when sum(event.result.rows of outcome "done" across sessions per subject.owner up to 8_192,
        within 30s) > 4
    to { rows: 3 }
  narrow asked_today
    when count(refused across sessions per subject.type up to 1,
        within today in "Europe/London") <= 1 to { rows: 2 }
}
for agent doing call {
  deny tool_busy
    when count(allowed doing call across sessions per action.tool up to 2, within 4s) >= 4
  narrow much_called
    when sum(event.action.amount of decided doing call where event.action.size is not 3
        across sessions per subject.id up to 2, within 11s) + action.amount > 12
    to { rows: 4 }
}`;

const sharedPolicy = checkPolicy(sharedPolicyText);

/** A policy whose answers depend on one term. */
export function policyAsking(term: string): PolicyModel {
  return checkPolicy(
    `${declarations}\nfor agent { permit works otherwise }\nfor agent doing call { deny stop when ${term} }`,
  );
}

const sharedRequests: readonly string[] = ['a', 'b', 'c', 'd'].flatMap((id) =>
  [undefined, 'o', 'q'].flatMap((owner) =>
    (
      [
        ['call', 't', 3, 1, 4],
        ['call', 'u', 1, undefined, 0],
        ['call', 'v', undefined, 2, undefined],
        ['call', 't', 1, 1, 'unusable'],
        ['send', undefined, undefined, 3, undefined],
      ] as const
    ).map(([name, tool, size, tenant, amount]) =>
      JSON.stringify({
        subject: { type: 'agent', id, properties: { owner } },
        action: { name, ...(tool === undefined ? {} : { properties: { tool, size, amount } }) },
        resource: { type: 'file', id: 'f' },
        context: { tenant },
      }),
    ),
  ),
);

/** Shortly before the end of a day. */
const start = 86_390_000;

const common: Omit<Subject, 'name' | 'policy'> = {
  start,
  requests: sharedRequests,
  signals: [
    ...['web', 'test', undefined].map((reason) => ({
      name: 'failed',
      payload: JSON.stringify({ reason }),
      time: undefined,
    })),
    { name: 'done', payload: '{}', time: undefined },
    { name: 'done', payload: '{"result":{"rows":5}}', time: undefined },
    {
      name: 'done',
      payload: '{"action":{"name":"call","properties":{"tool":"t"}}}',
      time: undefined,
    },
  ],
  waits: [0, 1, 500, 1_000, 2_500, 6_000, 20_000],
};

export const sharedSubject: Subject = createSharedSubject('shared', sharedPolicy);

export function createSharedSubject(name: string, policy: PolicyModel): Subject {
  return { ...common, name, policy };
}
