// Whose sessions are, and who approves: for everybody but its caller and operators a session does not exist, nobody approves
// the calls of a session that it opened or used, and each line of the log names its caller.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccess, type LogEntry, readAccess, serviceItself } from '@nhipol/service';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { serviceSessions } from '../../../service/store/store.ts';
import { attack } from '../../attacks/attack.ts';
import { type Harness, openHarness, type Reply } from '../decisions/service-harness.ts';
import { approvalPolicy, sessionPolicy } from '../decisions/sessions/session-policy.ts';
import { memoryLog } from '../grpc/grpc-harness.ts';
import { TokenIssuer } from './token-issuer.ts';

const agent = { type: 'ai_agent', id: 'a-1', properties: { team: 'ops' } };
const file = { type: 'file', id: 'f-1' };
const read = { action: { name: 'read' }, resource: file };
const pay = { action: { name: 'pay', properties: { amount: 5 } }, resource: file };
const low = () => ({ risk: { level: 'LOW', observed_at: new Date().toISOString() } });
const soon = () => new Date(Date.now() + 60_000).toISOString();

type Headers = Readonly<Record<string, string>>;
const ofKey = (id: string): Headers => ({ 'x-api-key': `k-${id}` });
const createKey = (id: string, roles: readonly string[], tenant?: string) => ({
  id,
  roles,
  sha256: createHash('sha256').update(`k-${id}`).digest('hex'),
  ...(tenant === undefined ? {} : { tenant }),
});
const workload = ['evaluate', 'sessions'];

let [one, other]: TokenIssuer[] = [];
let folder: string;
let harness: Harness;
let lines: readonly LogEntry[];

beforeAll(async () => {
  [one, other] = [await TokenIssuer.open(), await TokenIssuer.open()];
});
afterAll(() => {
  one?.close();
  other?.close();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-callers-'));
  await start();
});
afterEach(async () => {
  await harness.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(policy = sessionPolicy): Promise<void> {
  const grants = { roles: [...workload, 'approve'] };
  const access = {
    keys: [
      ...['ann', 'bob', 'kim'].map((id) => createKey(id, workload)),
      createKey('eve', [...workload, 'approve']),
      createKey('approver', ['approve']),
      createKey('operator', [...workload, 'operate']),
      createKey('acme-1', workload, 'acme'),
      createKey('acme-2', workload, 'acme'),
      createKey('acme-approver', ['approve'], 'acme'),
      createKey('key:ann', workload),
      createKey('umbra', [...workload, 'approve'], 'umbra'),
      createKey('acme', workload),
    ],
    tokens: [
      { ...one?.trust, ...grants },
      { ...other?.trust, ...grants },
    ],
  };
  const { entries, log } = memoryLog();
  lines = entries;
  harness = await openHarness({
    policy,
    folder,
    point: { log },
    service: { access: createAccess(readAccess(JSON.stringify(access))) },
  });
}

const open = (id: string, headers: Headers) =>
  harness.post('/sessions', { id, subject: agent, context: low() }, headers);
const readEffect = ({ status, body }: Reply) => [status, body.context?.effect];

async function readChallenge(id: string, headers: Headers): Promise<string> {
  const { body } = await harness.post(`/sessions/${id}/decide`, pay, headers);
  expect(body.context.effect).toBe('challenge');
  return body.context.call_digest;
}

async function follow(path: string, headers: Headers) {
  const ending = new AbortController();
  const response = await fetch(`${harness.url}${path}`, { signal: ending.signal, headers });
  const events = response.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  return {
    next: async () => {
      const { value, done } = (await events?.read()) ?? { done: true };
      return done ? undefined : { event: value?.event, data: JSON.parse(value?.data ?? '') };
    },
    end: () => ending.abort(),
  };
}

/** Every way to name a session. */
const evaluation = { subject: agent, ...read };
const inSession = (id: string) => ({ ...evaluation, context: { session: { id } } });
const ways: readonly [
  string,
  string,
  (id: string) => string,
  ((id: string) => object)?,
  string?,
][] = [
  ['read', 'GET', (id) => `/sessions/${id}`],
  ['follow', 'GET', (id) => `/sessions/${id}/changes`],
  ['patch', 'PATCH', (id) => `/sessions/${id}`, () => ({ context: low() })],
  ['patch its subject', 'PATCH', (id) => `/sessions/${id}`, () => ({ subject: { id: 'x' } })],
  ['decide', 'POST', (id) => `/sessions/${id}/decide`, () => read],
  ['signal', 'POST', (id) => `/sessions/${id}/signals`, () => ({ signal: 'leaked' })],
  ['signal none', 'POST', (id) => `/sessions/${id}/signals`, () => ({ signal: 'nothing' })],
  ['evaluate', 'POST', () => '/access/v1/evaluation', inSession],
  ['evaluate by header', 'POST', () => '/access/v1/evaluation', () => evaluation, 'header'],
  ['a batch', 'POST', () => '/access/v1/evaluations', (id) => ({ evaluations: [inSession(id)] })],
  ['search', 'POST', () => '/access/v1/search/action', (id) => ({ ...inSession(id), action: {} })],
  ['close', 'DELETE', (id) => `/sessions/${id}`],
];

async function tryAll(id: string, headers: Headers): Promise<readonly unknown[]> {
  const replies: unknown[] = [];
  for (const [name, method, path, body, header] of ways) {
    const all = { ...headers, ...(header === undefined ? {} : { 'nhipol-session': id }) };
    const reply = await harness.call(method, path(id), body?.(id), all);
    const { status, body: answer } = reply;
    // Instants differ.
    const text = JSON.stringify(answer)?.replaceAll(/"\d{4}-\d\d-\d\dT[^"]*"/g, '"instant"');
    replies.push([name, status, text, [...reply.headers.keys()].sort()]);
  }
  return replies;
}

describe('sessions', () => {
  attack('http-other-session', async () => {
    await open('mine', ofKey('ann'));
    const strangers: readonly Headers[] = [
      ...['bob', 'eve', 'key:ann', 'acme-1', 'umbra'].map(ofKey),
      (await one?.headers({ sub: 'ann' })) ?? {},
      (await other?.headers({ sub: 'key:ann' })) ?? {},
    ];
    for (const stranger of strangers) {
      expect(await tryAll('mine', stranger)).toEqual(await tryAll('none', stranger));
    }
    const { body } = await harness.call('GET', '/sessions/mine', undefined, ofKey('ann'));
    expect(body).toMatchObject({ id: 'mine', facts: { subject: agent } });
    expect(readEffect(await harness.post('/sessions/mine/decide', read, ofKey('ann')))).toEqual([
      200,
      'permit',
    ]);
  });

  test('are those of their caller in lists and streams', async () => {
    const [ofAnn, ofBob] = [ofKey('ann'), ofKey('bob')];
    await open('a', ofAnn);
    await open('b', ofBob);
    const ids = async (headers: Headers) =>
      (await harness.call('GET', '/sessions?limit=1', undefined, headers)).body;
    expect(await ids(ofAnn)).toMatchObject({ sessions: [{ id: 'a' }] });
    expect(await ids(ofAnn)).not.toHaveProperty('next_after');
    expect(await ids(ofKey('operator'))).toMatchObject({ next_after: 'a' });
    const stream = await follow('/changes', ofAnn);
    expect(await stream.next()).toEqual({ event: 'state', data: { sessions: 1 } });
    await harness.post('/sessions/b/signals', { signal: 'leaked' }, ofBob);
    await harness.call('DELETE', '/sessions/b', undefined, ofBob);
    await harness.post('/sessions/a/signals', { signal: 'leaked' }, ofAnn);
    expect((await stream.next())?.data.id).toBe('a');
    stream.end();
  });

  attack('http-session-takeover', async () => {
    await open('mine', ofKey('ann'));
    const taken = await open('mine', ofKey('bob'));
    expect([taken.status, taken.body.code]).toEqual([409, 'session_exists']);
    const stream = await follow('/sessions/mine/changes', ofKey('ann'));
    await stream.next();
    await harness.call('DELETE', '/sessions/mine', undefined, ofKey('ann'));
    expect((await stream.next())?.event).toBe('closed');
    await open('mine', ofKey('bob'));
    expect((await harness.call('GET', '/sessions/mine', undefined, ofKey('ann'))).status).toBe(404);
    await harness.post('/sessions/mine/signals', { signal: 'leaked' }, ofKey('bob'));
    // The earlier stream must not show it: the next event is of a session of ann.
    await harness.call('DELETE', '/sessions/mine', undefined, ofKey('bob'));
    const silent = Symbol('silent');
    const pause = new Promise((resolve) => setTimeout(() => resolve(silent), 200));
    expect(await Promise.race([stream.next(), pause])).toBe(silent);
    stream.end();
  });

  test('of a tenant are shared by its callers only', async () => {
    await open('ours', ofKey('acme-1'));
    const status = async (id: string) =>
      (await harness.call('GET', '/sessions/ours', undefined, ofKey(id))).status;
    expect(await status('acme-2')).toBe(200);
    expect(await status('operator')).toBe(200);
    for (const id of ['ann', 'umbra', 'acme', 'key:ann'])
      expect([id, await status(id)]).toEqual([id, 404]);
  });

  test('keep their caller after a restart; without one they are of operators', async () => {
    await open('mine', ofKey('ann'));
    await harness.close();
    await start();
    const status = async (id: string, caller: string) =>
      (await harness.call('GET', `/sessions/${id}`, undefined, ofKey(caller))).status;
    expect([await status('mine', 'ann'), await status('mine', 'bob')]).toEqual([200, 404]);
    const name = serviceSessions.owners;
    const stored = await harness.store.sessions(name).read();
    const text = JSON.parse(String(stored[0]));
    await harness.close();
    await start();
    await harness.store
      .sessions(name)
      .write(new Map([['mine', JSON.stringify({ ...text, holder: undefined })]]));
    await harness.close();
    await start();
    expect([await status('mine', 'ann'), await status('mine', 'operator')]).toEqual([404, 200]);
  });
});

describe('approvals', () => {
  const approve = (id: string, digest: string, headers: Headers, more: object = {}) =>
    harness.post(`/sessions/${id}/approvals`, { digest, expires_at: soon(), ...more }, headers);

  attack('http-self-approval', async () => {
    const person = { sub: 'ann', client_id: 'one' };
    const samePerson = (await one?.headers({ sub: 'ann', client_id: 'two', jti: 'x' })) ?? {};
    const openers: readonly (readonly [Headers, Headers])[] = [
      [ofKey('ann'), ofKey('ann')],
      [ofKey('eve'), ofKey('eve')],
      [(await one?.headers(person)) ?? {}, samePerson],
    ];
    for (const [at, [opener, approver]] of openers.entries()) {
      const id = `s${at}`;
      await open(id, opener);
      const digest = await readChallenge(id, opener);
      expect((await approve(id, digest, approver)).status).toBe(403);
      expect(readEffect(await harness.post(`/sessions/${id}/decide`, pay, opener))).toEqual([
        200,
        'challenge',
      ]);
    }
  });

  test('of one who used the session of its tenant are refused, and an approver cannot use it', async () => {
    await open('s', ofKey('eve'));
    const digest = await readChallenge('s', ofKey('eve'));
    expect(readEffect(await approve('s', digest, ofKey('approver')))).toEqual([200, 'permit']);
    const operator = { ...createKey('both', []), id: 'key:both', isOperator: true };
    const { sessions } = harness.point;
    await sessions.decide(operator, 's', pay);
    const approval = { digest, expiresAt: Date.now() + 60_000 };
    await expect(sessions.approve(operator, 's', approval)).rejects.toMatchObject({ status: 403 });
    const second = { id: 'key:second', isOperator: true };
    await sessions.approve(second, 's', approval);
    await expect(sessions.decide(second, 's', pay)).rejects.toMatchObject({ status: 403 });
    await expect(sessions.patch(second, 's', { context: low() })).rejects.toMatchObject({
      status: 403,
    });
    // It can still end the session.
    await sessions.signal(second, 's', 'leaked', {}, undefined);
  });

  attack('http-approver-name', async () => {
    await open('s', ofKey('ann'));
    const digest = await readChallenge('s', ofKey('ann'));
    const refused = await approve('s', digest, ofKey('approver'), { approver: 'key:boss' });
    expect([refused.status, refused.body.code]).toEqual([403, 'other_approver']);
    const approved = await approve('s', digest, ofKey('approver'), { approver: 'key:approver' });
    expect(readEffect(approved)).toEqual([200, 'permit']);
    expect(lines.find(({ kind }) => kind === 'approval')).toMatchObject({
      caller: 'key:approver',
      approval: { approver: 'key:approver' },
    });
  });

  test('need the role, and a session of the tenant', async () => {
    await open('s', ofKey('ann'));
    await open('t', ofKey('acme-1'));
    const [digest, ofAcme] = [
      await readChallenge('s', ofKey('ann')),
      await readChallenge('t', ofKey('acme-1')),
    ];
    const statuses = async (caller: string) => [
      (await approve('s', digest, ofKey(caller))).status,
      (await approve('t', ofAcme, ofKey(caller))).status,
      (await approve('none', digest, ofKey(caller))).status,
    ];
    expect(await statuses('bob')).toEqual([403, 403, 403]);
    expect(await statuses('umbra')).toEqual([404, 404, 404]);
    expect(await statuses('approver')).toEqual([200, 404, 404]);
    expect(await statuses('acme-approver')).toEqual([404, 200, 404]);
  });

  attack('http-own-evaluation-approval', async () => {
    await harness.close();
    await start(approvalPolicy);
    const request = { subject: agent, ...pay };
    const evaluate = (caller: string) =>
      harness.post('/access/v1/evaluation', request, ofKey(caller));
    const grant = (digest: string, caller: string) =>
      harness.post('/approvals', { digest, expires_at: soon() }, ofKey(caller));
    const digest = (await evaluate('eve')).body.context.call_digest;
    expect((await grant(digest, 'ann')).status).toBe(403);
    expect((await grant(digest, 'eve')).status).toBe(201);
    expect((await evaluate('eve')).body.context.effect).toBe('challenge');
    expect((await evaluate('acme-1')).body.context.effect).toBe('challenge');
    expect((await evaluate('ann')).body.context.effect).toBe('permit');
    expect((await evaluate('ann')).body.context.effect).toBe('challenge');
    expect((await grant(digest, 'acme-approver')).status).toBe(201);
    expect((await evaluate('ann')).body.context.effect).toBe('challenge');
    expect((await evaluate('umbra')).body.context.effect).toBe('challenge');
    expect((await evaluate('acme-2')).body.context.effect).toBe('permit');
  });
});

describe('the log', () => {
  test('names the caller in every line', async () => {
    await open('s', ofKey('ann'));
    await open('t', ofKey('ann'));
    await harness.post('/sessions/s/decide', read, ofKey('ann'));
    const digest = await readChallenge('s', ofKey('ann'));
    const approval = { digest, expires_at: soon() };
    await harness.post('/sessions/s/approvals', approval, ofKey('approver'));
    const medium = { context: { risk: { ...low().risk, level: 'MEDIUM' } } };
    await harness.post('/sessions/t/decide', read, ofKey('ann'));
    await harness.call('PATCH', '/sessions/t', medium, ofKey('operator'));
    const { target } = harness.point.sessions.signals ?? {};
    target?.record('issuer:https://idp.example', 's', 'leaked', {}, Date.now());
    target?.reevaluate();
    await harness.post('/access/v1/evaluation', evaluation, ofKey('bob'));
    await harness.call('DELETE', '/sessions/t', undefined, ofKey('operator'));
    harness.activation.offer(new Uint8Array());
    expect(lines.every(({ caller }) => typeof caller === 'string' && caller !== '')).toBe(true);
    const told = lines.map(({ kind, caller, session }) => [
      kind,
      session.length > 9 ? '-' : session,
      caller,
    ]);
    expect(told).toEqual([
      ['opened', 's', 'key:ann'],
      ['opened', 't', 'key:ann'],
      ['decision', 's', 'key:ann'],
      ['decision', 's', 'key:ann'],
      ['decision', 's', 'key:approver'],
      ['approval', 's', 'key:approver'],
      ['decision', 't', 'key:ann'],
      ['changed', 't', 'key:operator'],
      ['decision', 't', 'key:operator'],
      ['event', 's', 'issuer:https://idp.example'],
      ['decision', 's', 'issuer:https://idp.example'],
      ['revocation', 's', 'issuer:https://idp.example'],
      ['decision', '-', 'key:bob'],
      ['closed', 't', 'key:operator'],
      ['policy', 'all', serviceItself.id],
    ]);
  });
});
