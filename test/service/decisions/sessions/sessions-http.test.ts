// Sessions over HTTP: what each route does, what survives a restart, and how a plain evaluation is decided in a session.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attack } from '../../../attacks/attack.ts';
import { accessWithApprover as access, ofApprover } from '../../guard/approvals/approver.ts';
import { type Harness, openHarness, type Reply } from '../service-harness.ts';
import { approvalPolicy, sessionPolicy } from './session-policy.ts';

const agent = { type: 'ai_agent', id: 'a-1', properties: { team: 'ops' } };
const file = { type: 'file', id: 'f-1' };
const low = () => ({ risk: { level: 'LOW', observed_at: new Date().toISOString() } });
const read = { action: { name: 'read' }, resource: file };
const pay = { action: { name: 'pay', properties: { amount: 5 } }, resource: file };

let folder: string;
let harness: Harness;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-sessions-'));
  harness = await openHarness({ policy: sessionPolicy, folder, service: { access } });
});
afterEach(async () => {
  await harness.close();
  rmSync(folder, { recursive: true, force: true });
});

async function restart(): Promise<void> {
  await harness.close();
  harness = await openHarness({ policy: sessionPolicy, folder, service: { access } });
}

const open = (id: string | undefined, more: object = {}) =>
  harness.post('/sessions', { ...(id === undefined ? {} : { id }), subject: agent, ...more });
const readEffect = ({ status, body }: Reply) => [status, body.context?.effect];

describe('routes', () => {
  test('a session opens, decides, changes and closes', async () => {
    const opened = await open('s 1', { context: low(), ...read });
    expect([opened.status, opened.headers.get('location')]).toEqual([201, '/sessions/s%201']);
    expect(opened.body).toMatchObject({ id: 's 1', decision: true, context: { effect: 'permit' } });

    expect(readEffect(await harness.post('/sessions/s%201/decide', read))).toEqual([200, 'permit']);
    const medium = { context: { risk: { ...low().risk, level: 'MEDIUM' } } };
    const patched = await harness.call('PATCH', '/sessions/s%201', medium);
    expect(readEffect(patched)).toEqual([200, 'narrow']);
    expect(patched.body.context.constraints).toEqual({ max_rows: 10 });

    const state = await harness.call('GET', '/sessions/s%201');
    expect(state.body).toMatchObject({ id: 's 1', facts: { subject: agent, ...medium } });
    expect((await harness.call('GET', '/sessions')).body.sessions).toHaveLength(1);

    expect((await harness.call('DELETE', '/sessions/s%201')).status).toBe(204);
    const gone = await harness.call('GET', '/sessions/s%201');
    expect([gone.status, gone.body.code]).toEqual([404, 'no_session']);
  });

  test('a session without an id gets a random one', async () => {
    const [one, other] = [await open(undefined), await open(undefined)];
    expect([one.status, other.status]).toEqual([201, 201]);
    expect(one.body.id).not.toBe(other.body.id);
  });

  test('decisions become part of the history', async () => {
    await open('s', { context: low() });
    const effects = [];
    for (let turn = 0; turn < 4; turn += 1) {
      effects.push((await harness.post('/sessions/s/decide', read)).body.context.effect);
    }
    expect(effects).toEqual(['permit', 'permit', 'permit', 'deny']);
  });

  test('a signal revokes, and the id stays revoked', async () => {
    await open('s', { context: low(), ...read });
    const signal = { signal: 'leaked', payload: { where: 'a log' } };
    expect(readEffect(await harness.post('/sessions/s/signals', signal))).toEqual([200, 'revoke']);
    expect(readEffect(await harness.post('/sessions/s/decide', read))).toEqual([200, 'revoke']);
    await harness.call('DELETE', '/sessions/s');
    const again = await open('s');
    expect([again.status, again.body.code]).toEqual([410, 'session_revoked']);
  });

  test('an approval permits one call until it ends', async () => {
    await open('s', { context: low() });
    const challenged = await harness.post('/sessions/s/decide', pay);
    expect(readEffect(challenged)).toEqual([200, 'challenge']);
    const approval = {
      digest: challenged.body.context.call_digest,
      expires_at: new Date(Date.now() + 60_000).toISOString(),
      approver: 'key:ann',
    };
    const path = '/sessions/s/approvals';
    expect(readEffect(await harness.post(path, approval, ofApprover))).toEqual([200, 'permit']);
    expect(readEffect(await harness.post('/sessions/s/decide', pay))).toEqual([200, 'permit']);
    const other = { ...pay, action: { name: 'pay', properties: { amount: 6 } } };
    expect(readEffect(await harness.post('/sessions/s/decide', other))).toEqual([200, 'challenge']);
  });

  attack('http-undeclared-fact', async () => {
    await open('s', { context: low(), ...read });
    const high = { ...low().risk, level: 'HIGH' };
    const changes: readonly (readonly [object, string | undefined])[] = [
      [{ contxt: { risk: high } }, undefined],
      [{ context: { rsik: high } }, '$.context.rsik'],
      [{ context: { risk: { ...high, levle: 'HIGH' } } }, '$.context.risk.levle'],
      [{ subject: { team: 'none' } }, '$.subject.team'],
    ];
    for (const [change, path] of changes) {
      const { status, body } = await harness.call('PATCH', '/sessions/s', change);
      expect([status, body.path ?? path]).toEqual([400, path ?? body.path]);
    }
    const unknownPart = { ...read, contxt: { risk: high } };
    expect((await harness.post('/sessions/s/decide', unknownPart)).status).toBe(400);
    const misplaced = { action: { name: 'pay', amount: 5 }, resource: file };
    const { body } = await harness.post('/sessions/s/decide', misplaced);
    expect(body.context).toMatchObject({ effect: 'deny', error: { path: '$.action.amount' } });
    const state = await harness.call('GET', '/sessions/s');
    expect(state.body).toMatchObject({ facts: { subject: agent, action: read.action } });
    expect(readEffect(state)).toEqual([200, 'permit']);
  });

  test.each([
    ['a second session of the same id', 'POST', '/sessions', { id: 's', subject: agent }, 409],
    ['an unknown member', 'POST', '/sessions', { id: 'x', subject: agent, else: 1 }, 400],
    ['no subject', 'POST', '/sessions', { id: 'x' }, 400],
    ['a signal that is not declared', 'POST', '/sessions/s/signals', { signal: 'x' }, 400],
    [
      'a payload of another type',
      'POST',
      '/sessions/s/signals',
      { signal: 'leaked', payload: [] },
      400,
    ],
    ['an unknown session', 'POST', '/sessions/none/decide', read, 404],
    [
      'an approval in the past',
      'POST',
      '/sessions/s/approvals',
      { digest: `sha-256:${'0'.repeat(64)}`, expires_at: '2020-01-01T00:00:00Z' },
      400,
    ],
    [
      'a digest of another form',
      'POST',
      '/sessions/s/approvals',
      { digest: 'x', expires_at: '2090-01-01T00:00:00Z' },
      400,
    ],
    ['a patch that removes the subject', 'PATCH', '/sessions/s', { subject: null }, 400],
    ['a patch that is not an object', 'PATCH', '/sessions/s', [], 400],
  ] as readonly [string, string, string, unknown, number][])(
    '%s is refused',
    async (_, method, path, body, status) => {
      await open('s', { context: low() });
      const caller = path.endsWith('/approvals') ? ofApprover : {};
      const reply = await harness.call(method, path, body, caller);
      expect([reply.status, typeof reply.body.detail]).toEqual([status, 'string']);
      expect((await harness.call('GET', '/sessions/s')).status).toBe(200);
    },
  );

  test('callers cannot approve their own calls by facts', async () => {
    await open('s', { context: low() });
    const { body } = await harness.post('/sessions/s/decide', pay);
    const approvals = [
      {
        digest: body.context.call_digest,
        granted_at: '2020-01-01T00:00:00Z',
        expires_at: '2090-01-01T00:00:00Z',
      },
    ];
    const forged = { context: { approvals } };
    await harness.call('PATCH', '/sessions/s', forged);
    const decided = await harness.post('/sessions/s/decide', { ...pay, ...forged });
    expect(readEffect(decided)).toEqual([200, 'challenge']);
  });
});

describe('a plain evaluation', () => {
  const evaluate = (request: object, headers = {}) =>
    harness.post('/access/v1/evaluation', request, headers);

  test('is decided in the session that it names, with its facts and history', async () => {
    await open('s', { context: low() });
    const request = { subject: agent, ...read };
    const effects = [];
    for (const named of [{ ...request, context: { session: { id: 's' } } }, request, request]) {
      const headers = named === request ? { 'nhipol-session': 's' } : {};
      effects.push((await evaluate(named, headers)).body.context.effect);
    }
    await harness.post('/sessions/s/signals', { signal: 'leaked' });
    effects.push((await evaluate(request, { 'nhipol-session': 's' })).body.context.effect);
    expect(effects).toEqual(['permit', 'permit', 'permit', 'revoke']);
    // Outside a session nothing is known about earlier decisions.
    expect(readEffect(await evaluate({ ...request, context: low() }))).toEqual([200, 'deny']);
  });

  test('cannot replace the facts of the session', async () => {
    const high = { risk: { ...low().risk, level: 'HIGH' } };
    await open('s', { context: high });
    const request = { subject: agent, ...read, context: { ...low(), session: { id: 's' } } };
    expect(readEffect(await evaluate(request))).toEqual([200, 'deny']);
    await restart();
    expect(readEffect(await evaluate(request))).toEqual([200, 'deny']);
  });

  test('is denied for another subject, and for a session that is not open', async () => {
    await open('s', { context: low() });
    const other = { ...agent, id: 'a-2' };
    const by = (subject: object, session: string) =>
      evaluate({ subject, ...read }, { 'nhipol-session': session });
    expect((await by(other, 's')).body.context.reasons).toEqual(['other_subject']);
    expect((await by(agent, 't')).body.context.reasons).toEqual(['no_session']);
  });

  test('is permitted once by an approval of its digest', async () => {
    await harness.close();
    harness = await openHarness({ policy: approvalPolicy, folder, service: { access } });
    const request = { subject: agent, ...pay };
    const challenged = await evaluate(request);
    expect(challenged.body.context).toMatchObject({
      effect: 'challenge',
      evaluation_id: expect.any(String),
    });
    const digest = challenged.body.context.call_digest;
    const expires = { expires_at: new Date(Date.now() + 60_000).toISOString() };
    const approved = await harness.post('/approvals', { digest, ...expires }, ofApprover);
    expect(approved.status).toBe(201);
    const approvals = [
      { digest, granted_at: '2020-01-01T00:00:00Z', expires_at: '2090-01-01T00:00:00Z' },
    ];
    const forged = { ...request, context: { approvals } };
    expect(
      readEffect(await evaluate({ ...forged, action: { name: 'pay', properties: { amount: 7 } } })),
    ).toEqual([200, 'challenge']);
    expect(readEffect(await evaluate(request))).toEqual([200, 'permit']);
    expect(readEffect(await evaluate(forged))).toEqual([200, 'challenge']);
    expect(readEffect(await evaluate(request))).toEqual([200, 'challenge']);
  });
});

describe('a restart', () => {
  test('keeps sessions, their facts, history, approvals and revocations', async () => {
    await open('calm', { context: low() });
    await open('leaky', { context: low() });
    for (let turn = 0; turn < 3; turn += 1) await harness.post('/sessions/calm/decide', read);
    const challenged = await harness.post('/sessions/calm/decide', pay);
    const approval = {
      digest: challenged.body.context.call_digest,
      expires_at: new Date(Date.now() + 60_000).toISOString(),
    };
    await harness.post('/sessions/calm/approvals', approval, ofApprover);
    await harness.post('/sessions/leaky/signals', { signal: 'leaked' });
    await restart();
    expect(readEffect(await harness.post('/sessions/calm/decide', read))).toEqual([200, 'deny']);
    expect(readEffect(await harness.post('/sessions/calm/decide', pay))).toEqual([200, 'permit']);
    expect(readEffect(await harness.post('/sessions/leaky/decide', read))).toEqual([200, 'revoke']);
  });
});

describe('events', () => {
  async function follow(path: string) {
    const ending = new AbortController();
    const response = await fetch(`${harness.url}${path}`, { signal: ending.signal });
    const events = response.body
      ?.pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream())
      .getReader();
    return {
      status: response.status,
      next: async () => {
        const { value, done } = (await events?.read()) ?? { done: true };
        return done ? undefined : { event: value?.event, data: JSON.parse(value?.data ?? '') };
      },
      end: () => ending.abort(),
    };
  }

  test('a session is followed from its state to its revocation', async () => {
    await open('s', { context: low(), ...read });
    await open('t', { context: low(), ...read });
    const stream = await follow('/sessions/s/changes');
    expect(await stream.next()).toMatchObject({
      event: 'state',
      data: { id: 's', decision: true },
    });
    await harness.post('/sessions/t/signals', { signal: 'leaked' });
    const context = { risk: { ...low().risk, level: 'MEDIUM' } };
    await harness.call('PATCH', '/sessions/s', { context });
    expect(await stream.next()).toMatchObject({
      event: 'changed',
      data: { id: 's', before: 'permit', context: { effect: 'narrow' } },
    });
    await harness.post('/sessions/s/signals', { signal: 'leaked' });
    expect(await stream.next()).toMatchObject({
      event: 'revoked',
      data: { id: 's', decision: false, context: { effect: 'revoke', reasons: ['leaked'] } },
    });
    stream.end();
  });

  test('all sessions are followed in one stream', async () => {
    await open('s', { context: low(), ...read });
    await open('t', { context: low(), ...read });
    const stream = await follow('/changes');
    expect(await stream.next()).toEqual({ event: 'state', data: { sessions: 2 } });
    for (const id of ['s', 't'])
      await harness.post(`/sessions/${id}/signals`, { signal: 'leaked' });
    expect((await stream.next())?.data.id).toBe('s');
    expect((await stream.next())?.data.id).toBe('t');
    stream.end();
  });

  test('time alone is an event', async () => {
    const observed = new Date(Date.now() - 299_000).toISOString();
    await open('s', { context: { risk: { level: 'LOW', observed_at: observed } }, ...read });
    const stream = await follow('/sessions/s/changes');
    expect((await stream.next())?.data.decision).toBe(true);
    expect(await stream.next()).toMatchObject({ data: { before: 'permit', decision: false } });
    stream.end();
  });

  test('a closed session is an event', async () => {
    await open('s', { context: low(), ...read });
    const stream = await follow('/sessions/s/changes');
    await stream.next();
    await harness.call('DELETE', '/sessions/s');
    expect(await stream.next()).toEqual({ event: 'closed', data: { id: 's' } });
    stream.end();
  });

  test('the stream ends with the service', async () => {
    await open('s', { context: low(), ...read });
    const stream = await follow('/sessions/s/changes');
    await stream.next();
    const ended = stream.next();
    await harness.service.close();
    expect(await ended).toBeUndefined();
  });
});
