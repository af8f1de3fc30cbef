// A policy whose terms compare their events with the current request, and the requests and signals of its sessions.

import { checkPolicy } from '../checking.ts';
import type { Subject } from '../fleets/subjects.ts';

const policy = checkPolicy(`policy p
enum Level { low < high }
subject agent {}
action look { host?: String }
action pay { to?: String, rank: Level = low, amount: Int(0..9) = 0 }
action any {}
resource any { owner?: String }
context { time: Timestamp, tenant?: String, most: Int = 2 }
signals { seen: { id?: String, rank?: Level, rows: Int(0..9) = 1 } }
outcomes { found: { account?: String, tenant: String = "t", rows: Int(0..9) = 1 } }
for agent {
  permit works otherwise
}
for agent doing pay {
  deny strange when not once(outcome "found" where event.result.account is action.to, within 9s)
  deny often
    when count(
      outcome "found" doing look where event.result.account is action.to up to 2,
      within 6s
    )
    >= 2
  deny much
    when sum(
      event.result.rows of outcome "found"
        where event.result.account is action.to and event.result.tenant is context.tenant up to 3,
      within 7s
    )
    + action.amount
    > 12
  deny ranked
    when once(signal "seen" where event.rank is action.rank and event.id is not "x", within 8s)
  deny changed
    when since(
      signal "seen" where resource.id is event.id up to 2,
      outcome "found" where event.result.account is action.to
    )
  deny many when last(signal "seen" where event.id is action.to).rows > context.most
  deny paid_owner
    when once(allowed doing pay where event.action.to is resource.owner per resource.id up to 2)
  deny shared_account
    when count(
      allowed doing pay where event.action.to is resource.owner
        across sessions per subject.id up to 4,
      within 20s
    )
    >= 2
  deny shared_today
    when sum(
      event.result.rows of outcome "found" where event.result.account is action.to
        across sessions per subject.id up to 3,
      within today in "Europe/London"
    )
    > 20
}
for agent doing look {
  deny looked when once(allowed where event.action.name is action.host, within 5s)
}`);

const accounts = ['a', 'b', 'c', 'd', undefined];
const ids = ['a', 'b', 'x'];

function createRequest(index: number): string {
  const pick = <T>(values: readonly T[], step: number): T =>
    values[Math.floor(index / step) % values.length] as T;
  const isLook = index % 4 === 3;
  return JSON.stringify({
    subject: { type: 'agent', id: pick(['s', 's', 't'], 7) },
    action: isLook
      ? { name: 'look', properties: { host: pick(['look', 'pay', undefined], 4) } }
      : {
          name: 'pay',
          properties: {
            to: pick(accounts, 1),
            rank: pick(['low', 'high', undefined], 3),
            amount: pick([0, 3, 9], 5),
          },
        },
    resource: { type: 'file', id: pick(ids, 2), properties: { owner: pick(accounts, 3) } },
    context: { tenant: pick(['t', 't', 'u', undefined], 2), most: pick([0, 2], 6) },
  });
}

function createSignals(): Subject['signals'] {
  const payloads = accounts.flatMap((account, index) => [
    ['found', { result: { account, rows: 2 * index } }],
    [
      'found',
      {
        action: { name: 'look', properties: {} },
        result: { account, tenant: index < 2 ? 'u' : 't' },
      },
    ],
    [
      'seen',
      { id: account === 'd' ? 'x' : account, rank: index % 2 === 0 ? 'high' : 'low', rows: index },
    ],
    ['seen', { id: account }],
  ]);
  return payloads.map(([name, payload]) => ({
    name: name as string,
    payload: JSON.stringify(payload),
    time: undefined,
  }));
}

export const correlatedSubject: Subject = {
  name: 'correlated',
  policy,
  start: 10_000,
  requests: Array.from({ length: 60 }, (_, index) => createRequest(index)),
  signals: createSignals(),
  waits: [0, 1, 500, 1_000, 2_500, 6_000, 20_000],
};
