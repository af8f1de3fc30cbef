// A search finds what would be permitted and leaves no trace: no approval is used up, nothing becomes history of a session,
// and nothing is logged.

import { afterEach, describe, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { memoryLog } from '../grpc/grpc-harness.ts';
import { type Harness, openHarness } from './service-harness.ts';
import { approvalPolicy } from './sessions/session-policy.ts';

const agent = { type: 'ai_agent', id: 'a-1' };
const file = { type: 'file', id: 'f-1' };
const inSession = { 'nhipol-session': 's' };
const soon = () => new Date(Date.now() + 60_000).toISOString();

/** `once` opens what a policy denies before it; `within` closes it after some decisions. */
const historyPolicy = `
policy test.history version "1.0.0"

subject ai_agent {}
action list {}
action pay {}
resource file {}
context { time: Timestamp }

for ai_agent doing list on file {
  permit lists when true
  deny too_often when count(allowed doing list, within 1h) >= 2
}
for ai_agent doing pay on file {
  permit pays when true
  deny untested when not once(allowed doing list)
}
`;

const sharedPolicy = `
policy test.shared version "1.0.0"

subject ai_agent {}
action list {}
resource file {}
context { time: Timestamp }

for ai_agent doing list on file {
  permit lists when true
  deny too_often when count(allowed doing list across sessions per subject.id up to 100, within 1h) >= 2
}
`;

let harness: Harness;
afterEach(() => harness.close());

async function start(policy: string) {
  const { log, entries } = memoryLog();
  harness = await openHarness({ policy, entities: [agent, file], point: { log } });
  return entries;
}

async function decide(action: object, headers: object): Promise<string> {
  const request = { subject: agent, action, resource: file };
  return (await harness.post('/access/v1/evaluation', request, headers)).body.context.effect;
}

async function search(searched: string, request: object, headers = {}): Promise<string[]> {
  const { body } = await harness.post(`/access/v1/search/${searched}`, request, headers);
  return body.results.map(({ id, name }: { id?: string; name?: string }) => id ?? name);
}

attack('http-search-approval', async () => {
  const lines = await start(approvalPolicy);
  const pay = { name: 'pay', properties: { amount: 5 } };
  const request = { subject: agent, action: pay, resource: file };
  const { body } = await harness.post('/access/v1/evaluation', request);
  const approval = { digest: body.context.call_digest, expires_at: soon() };
  await harness.point.approveOnce(
    { id: 'key:ann', isOperator: false },
    approval.digest,
    Date.now() + 60_000,
  );
  const before = lines.length;
  for (const searched of ['subject', 'resource', 'action']) {
    expect(await search(searched, request)).toEqual([]);
  }
  expect(lines).toHaveLength(before);
  expect(await decide(pay, {})).toBe('permit');
  expect(await decide(pay, {})).toBe('challenge');
});

attack('http-search-history', async () => {
  const lines = await start(historyPolicy);
  await harness.post('/sessions', { id: 's', subject: agent });
  const before = lines.length;
  const request = { subject: agent, action: { name: 'list' }, resource: file };
  for (let times = 0; times < 3; times += 1) {
    expect(await search('action', request, inSession)).toEqual(['list']);
    expect(await search('resource', request, inSession)).toEqual(['f-1']);
  }
  expect(lines).toHaveLength(before);
  expect(await decide({ name: 'pay' }, inSession)).toBe('deny');
  expect(await decide({ name: 'list' }, inSession)).toBe('permit');
  expect(await search('action', request, inSession)).toEqual(['list', 'pay']);
  expect(await decide({ name: 'list' }, inSession)).toBe('permit');
  expect(await decide({ name: 'list' }, inSession)).toBe('deny');
  expect(await search('action', request, inSession)).toEqual(['pay']);
});

describe('a search in a session', () => {
  test('counts the events of other sessions', async () => {
    await start(sharedPolicy);
    for (const id of ['s', 't']) {
      await harness.post('/sessions', { id, subject: agent });
    }
    const request = { subject: agent, action: { name: 'list' }, resource: file };
    expect(await search('resource', request, inSession)).toEqual(['f-1']);
    for (let times = 0; times < 2; times += 1) {
      expect(await decide({ name: 'list' }, { 'nhipol-session': 't' })).toBe('permit');
    }
    expect(await search('resource', request, inSession)).toEqual([]);
    expect(await decide({ name: 'list' }, inSession)).toBe('deny');
  });

  test('finds nothing for another subject, and nothing in a session that is not open', async () => {
    await start(historyPolicy);
    await harness.post('/sessions', { id: 's', subject: agent });
    const request = { subject: { ...agent, id: 'a-2' }, resource: file };
    expect(await search('action', request, inSession)).toEqual([]);
    expect(
      await search('action', { ...request, subject: agent }, { 'nhipol-session': 'u' }),
    ).toEqual([]);
  });
});
