// Requests that wait for their turn because events about the next subject of the session are remembered. Others change the
// session, approve its calls, and may no longer call meanwhile: what counts is how things are when a request takes effect.

import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { attack } from '../../../attacks/attack.ts';
import { compileForGuard } from '../../guard/guard-policy.ts';
import { by, read, tenant, user, WaitingService, waitingPolicy } from './waiting-service.ts';

let module: Uint8Array;
let service: WaitingService;
beforeAll(async () => {
  module = await compileForGuard(waitingPolicy);
});
beforeEach(async () => {
  service = await WaitingService.start(module);
  await service.receive({ zone: 'x' }, tenant('t'));
});
afterEach(async () => {
  await service.end();
});

const reasons = async (reply: ReturnType<WaitingService['decide']>) =>
  (await reply).body.context?.reasons;

/** Runs `meanwhile` while the request waits for what is remembered. */
async function whileWaiting<Result>(
  request: () => Promise<Result>,
  meanwhile: () => Promise<unknown>,
) {
  service.gate.closeLater(0);
  const waiting = request();
  await service.gate.reached;
  await meanwhile();
  service.gate.open();
  return waiting;
}

attack('http-waiting-evaluation', async () => {
  await service.open('a', {});
  const reply = await whileWaiting(
    () => service.evaluate('a', { risk: 'LOW', tenant: 't' }),
    async () => expect((await service.patch({ context: { risk: 'HIGH' } })).status).toBe(200),
  );
  expect(reply.body).toMatchObject({ decision: false });
  expect((await service.readFacts()).context.risk).toBe('HIGH');
  expect((await service.evaluate('a', { risk: 'LOW' })).body.decision).toBe(false);
  // An event has its turn before that of the evaluation.
  await service.close();
  await service.open('b', {});
  const other = service.open('c', { tenant: 't' }, 'other');
  service.gate.closeLater(0);
  const opening = service.open('d', { tenant: 't' }, 'd');
  await service.gate.reached;
  const event = service.receive({ risk: 'HIGH' }, user('b'));
  const evaluation = service.evaluate('b', { risk: 'LOW', tenant: 't' });
  await new Promise((resolve) => setTimeout(resolve, 50));
  service.gate.open();
  await Promise.all([other, opening, event]);
  expect((await evaluation).body.decision).toBe(false);
  expect((await service.readFacts()).context.risk).toBe('HIGH');
});

test('a request about the former subject of a session is denied, also if it waits', async () => {
  await service.open('a', { risk: 'LOW' });
  service.gate.closeLater(0);
  const change = service.patch({ subject: { id: 'b' }, context: { tenant: 't' } });
  await service.gate.reached;
  const evaluation = service.evaluate('a', { tenant: 't' });
  await new Promise((resolve) => setTimeout(resolve, 50));
  service.gate.open();
  expect((await change).status).toBe(200);
  expect(await reasons(evaluation)).toEqual(['other_subject']);
});

attack('http-waiting-approver', async () => {
  const ways = [
    () => service.patch({ context: { risk: 'LOW', tenant: 't' } }, 'bob'),
    () => service.decide('read', { risk: 'LOW', tenant: 't' }, 'bob'),
    () => service.evaluate('a', { tenant: 't' }, 'bob'),
  ];
  for (const way of ways) {
    await service.open('a', { risk: 'LOW' });
    const digest = (await service.decide('pay')).body.context.call_digest;
    await service.patch({ context: { risk: 'HIGH' } });
    const approve = () => service.approve(digest, 'bob');
    const reply = await whileWaiting(way, async () => expect((await approve()).status).toBe(200));
    expect([reply.status, reply.body.code]).toEqual([403, 'own_approval']);
    expect(await reasons(service.decide('pay'))).toEqual(['risky']);
    const { risk, tenant, zone } = (await service.readFacts()).context;
    expect([risk, tenant, zone]).toEqual(['HIGH', undefined, undefined]);
    await service.close();
  }
});

attack('http-waiting-removed-key', async () => {
  await service.open('a', { risk: 'HIGH' });
  const ways = [
    () => service.patch({ context: { risk: 'LOW', tenant: 't' } }, 'bob'),
    () => service.decide('read', { risk: 'LOW', tenant: 't' }, 'bob'),
    () => service.evaluate('a', { tenant: 't' }, 'bob'),
    () => service.open('e', { tenant: 't' }, 'e', 'bob'),
  ];
  for (const way of ways) {
    const reply = await whileWaiting(way, async () => service.allow(['ann']));
    expect(reply.status).toBe(401);
    service.allow(['ann', 'bob']);
    const another = await whileWaiting(way, async () => service.allow(['ann', 'bob'], ['operate']));
    expect(another.status).toBe(403);
    service.allow(['ann', 'bob']);
    expect((await service.readFacts()).context).toEqual({ risk: 'HIGH' });
  }
  const { body } = await service.harness.call('GET', '/sessions', undefined, by('ann'));
  expect(body.sessions.map(({ id }: { readonly id: string }) => id)).toEqual(['s']);
  // A caller that still may goes on, also by another access file.
  const reply = await whileWaiting(ways[0] as () => ReturnType<WaitingService['patch']>, async () =>
    service.allow(['bob', 'ann']),
  );
  expect([reply.status, (await service.readFacts()).context.risk]).toEqual([200, 'LOW']);
});

test('a batch whose caller was removed is not finished', async () => {
  await service.open('a', {});
  const item = { context: { tenant: 't' } };
  const batch = () =>
    service.harness.post(
      '/access/v1/evaluations',
      { subject: { type: 'ai_agent', id: 'a' }, ...read, evaluations: [item, item] },
      { ...by('bob'), 'nhipol-session': 's' },
    );
  const reply = await whileWaiting(batch, async () => service.allow(['ann']));
  expect(reply.status).toBe(401);
});

test('the first opening after another policy is in use is not refused', async () => {
  for (const version of ['1.0.1', '1.0.2']) {
    const next = await compileForGuard(waitingPolicy.replace('1.0.0', version));
    expect(service.harness.activation.offer(next).kind).toBe('activated');
    const reply = await service.open('f', { tenant: 't' }, version);
    expect([reply.status, reply.body.detail]).toEqual([201, undefined]);
  }
});
