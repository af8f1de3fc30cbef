// Responses with a part of the context only: what the caller gets is what the log says, on every route and in streams.

import type { ContextForm } from '@nhipol/service';
import { afterEach, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { type Harness, openHarness } from '../decisions/service-harness.ts';
import { sessionPolicy } from '../decisions/sessions/session-policy.ts';
import { memoryLog } from '../grpc/grpc-harness.ts';

const agent = { type: 'ai_agent', id: 'a-1' };
const file = { type: 'file', id: 'f-1' };
const read = { action: { name: 'read' }, resource: file };
const pay = { action: { name: 'pay', properties: { amount: 5 } }, resource: file };
const medium = () => ({ risk: { level: 'MEDIUM', observed_at: new Date().toISOString() } });

/** A payment is permitted after an approval, with a constraint; a notice is permitted with an obligation. */
const limitedPolicy = `
policy test.limited version "1.0.0"

use nhi.{ Approval }
use nhi.{ is_approved }

subject ai_agent {}
action pay { amount?: Int }
action notice {}
resource file {}
context { time: Timestamp, call_digest?: String, approvals?: List<Approval> }
constraint max_rows: Int smallest wins
obligation notify: custom { to: String }

for ai_agent doing pay on file {
  permit pays when action.amount <= 1_000
  narrow limited when action.amount > 1 to { max_rows: 10 }
  challenge over when not is_approved(context.approvals, context.call_digest)
    because "a payment needs an approval"
}
for ai_agent doing notice on file {
  permit notices when true with notify { to: "owner" }
}
`;

let harness: Harness;
afterEach(() => harness.close());

async function start(policy: string, contextForm: ContextForm) {
  const { log, entries } = memoryLog();
  harness = await openHarness({ policy, point: { log, contextForm } });
  return () => {
    const last = entries.filter(({ kind }) => kind === 'decision').at(-1);
    return last?.kind === 'decision' ? [last.decision, last.enforcement] : [];
  };
}

attack('http-hidden-permit', async () => {
  for (const form of ['none', 'profiles'] as const) {
    const logged = await start(sessionPolicy, form);
    await harness.post('/sessions', { id: 's', subject: agent, context: medium() });
    const request = { subject: agent, ...read, context: medium() };
    for (const [path, body] of [
      ['/sessions/s/decide', read],
      ['/access/v1/evaluation', request],
      ['/access/v1/evaluations', request],
    ] as const) {
      const headers = { 'nhipol-session': 's' };
      expect((await harness.post(path, body, headers)).body).toEqual({ decision: false });
      expect(logged()).toEqual([false, 'refused']);
    }
    await harness.close();
  }
  const logged = await start(limitedPolicy, 'none');
  const request = { subject: agent, ...pay };
  const challenged = await harness.point.answer(request);
  const digest = String(challenged.answer.callDigest);
  const by = { id: 'key:ann', isOperator: false };
  await harness.point.approveOnce(by, digest, Date.now() + 60_000);
  expect((await harness.post('/access/v1/evaluation', request)).body).toEqual({ decision: false });
  expect(logged()).toEqual([false, 'refused']);
  expect((await harness.point.answer(request)).answer.effect).toBe('narrow');
  expect((await harness.point.answer(request)).answer.effect).toBe('challenge');
});

test('routes and streams of sessions obey the option', async () => {
  await start(sessionPolicy, 'none');
  const denied = { id: 's', decision: false };
  const opening = { id: 's', subject: agent, ...read, context: medium() };
  expect((await harness.post('/sessions', opening)).body).toEqual(denied);
  expect((await harness.call('GET', '/sessions')).body).toEqual({ sessions: [denied] });
  const { facts, ...state } = (await harness.call('GET', '/sessions/s')).body;
  expect([state, facts.subject.id]).toEqual([denied, agent.id]);
  const stream = await fetch(`${harness.url}/sessions/s/changes`);
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  const text = async () => (await reader?.read())?.value ?? '';
  expect(await text()).toContain('data: {"id":"s","decision":false}\n');
  const low = { risk: { ...medium().risk, level: 'LOW' } };
  const permitted = { id: 's', decision: true };
  expect((await harness.call('PATCH', '/sessions/s', { context: low })).body).toEqual(permitted);
  expect(await text()).toContain('"decision":true}\n');
  await reader?.cancel();
});

test('with `profiles`, a permit has its obligations', async () => {
  await start(limitedPolicy, 'profiles');
  const request = { subject: agent, action: { name: 'notice' }, resource: file };
  const { body } = await harness.post('/access/v1/evaluation', request);
  expect(body).toMatchObject({
    decision: true,
    context: { obligations: [{ properties: { to: 'owner' } }] },
  });
});
