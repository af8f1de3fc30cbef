// Approvals of single calls: who is asked, what an approval is for, and what cannot be used as one.

import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { attack } from '../../../attacks/attack.ts';
import { Harness, type HarnessOptions, resultText, stateless } from '../../relay/relay-harness.ts';
import { compileForGuard, guardPolicy } from '../guard-policy.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(guardPolicy);
});

const open: Harness[] = [];
function harness(options: Omit<HarnessOptions, 'module'> = {}): Harness {
  const made = new Harness({ module, ...options });
  open.push(made);
  return made;
}
afterEach(() => {
  vi.useRealTimers();
  for (const each of open.splice(0)) each.close();
});

const file = { path: '/work/a', content: 'text' };
const accepted = { action: 'accept', content: { approve: true } };
const answer = (id: string, result: object) => ({ jsonrpc: '2.0', id, result });

describe('by a request to the client, until 2025-11-25', () => {
  const askApproval = (relay: Harness, given: Readonly<Record<string, unknown>> = file) => {
    relay.connect();
    return JSON.parse(relay.call(1, 'write', given).client[0] ?? '');
  };

  test('asks with the call and the reason, and passes the call on when it is approved', () => {
    const relay = harness();
    const { id, method, params } = askApproval(relay);
    expect(method).toBe('elicitation/create');
    expect(params.message).toBe(
      'writing /work/a needs an approval\n\nai_agent laptop wants to call write of fs\n{\n  "path": "/work/a",\n  "content": "text"\n}',
    );
    const received = relay.client(answer(id, accepted));
    expect(JSON.parse(received.server[0] ?? '').params.arguments).toEqual(file);
    const decision = relay.logged.at(-1);
    expect(decision).toMatchObject({
      effect: 'permit',
      trigger: 'approval',
      approval: { channel: 'elicitation' },
    });
  });

  test('an approved call runs on while others complete, until the approval expires', async () => {
    const relay = harness();
    const { id } = askApproval(relay);
    relay.client(answer(id, accepted));
    relay.call(2, 'read', { path: '/work/a' });
    expect(relay.complete(2).client).toHaveLength(1);
    const later = Date.now() + 5 * 60_000;
    vi.useFakeTimers({ now: later, toFake: ['Date'] });
    relay.engine.recheck('policy');
    expect(relay.complete(1).client).toHaveLength(1);

    vi.useRealTimers();
    const other = harness();
    const question = askApproval(other);
    other.client(answer(question.id, accepted));
    other.call(2, 'read', { path: '/work/a' });
    vi.useFakeTimers({ now: Date.now() + 11 * 60_000, toFake: ['Date'] });
    other.engine.recheck('policy');
    expect(other.toClient.join()).toContain('stopped while it ran');
  });

  test.each([
    ['declined', { action: 'decline' }],
    ['cancelled', { action: 'cancel' }],
    ['accepted without the approval', { action: 'accept', content: { approve: false } }],
    ['accepted without content', { action: 'accept' }],
  ])('refuses the call if it is %s', (_, result) => {
    const relay = harness();
    const { id } = askApproval(relay);
    const received = relay.client(answer(id, result));
    expect(resultText(received)).toBe('not permitted: a person refused it');
    expect(received.server).toEqual([]);
  });

  test('an approval permits one call', () => {
    const relay = harness();
    const { id } = askApproval(relay);
    relay.client(answer(id, accepted));
    relay.complete(1);
    expect(relay.client(answer(id, accepted)).server).toEqual([]);
    const second = relay.call(2, 'write', file);
    expect([JSON.parse(second.client[0] ?? '').method, second.server]).toEqual([
      'elicitation/create',
      [],
    ]);
  });

  test('the server cannot use the id of a question', () => {
    const relay = harness();
    const { id } = askApproval(relay);
    const params = { message: 'which one?' };
    const reused = relay.server({ jsonrpc: '2.0', id, method: 'elicitation/create', params });
    expect(reused.client).toEqual([]);
    expect(JSON.parse(reused.server[0] ?? '').error.code).toBe(-32600);
  });

  test('cancelling the call withdraws the question', () => {
    const relay = harness();
    const { id } = askApproval(relay);
    const params = { requestId: 1 };
    const received = relay.client({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
    expect(received.server).toEqual([]);
    expect(JSON.parse(received.client[0] ?? '').params.requestId).toBe(id);
    expect(relay.client(answer(id, accepted)).server).toEqual([]);
  });

  test('an answer that comes too late is refused', () => {
    const relay = harness();
    const { id } = askApproval(relay);
    vi.useFakeTimers({ now: Date.now() + 11 * 60_000, toFake: ['Date'] });
    expect(resultText(relay.client(answer(id, accepted)))).toBe(
      'not permitted: the approval has expired',
    );
  });

  test('a client that cannot ask gets the command that approves the call', () => {
    const relay = harness();
    relay.connect({});
    const text = resultText(relay.call(1, 'write', file)) ?? '';
    const [, id = ''] = /`nhipol guard approve ([^`]+)`, then repeat the call/.exec(text) ?? [];
    const [request] = relay.store.pending(Date.now());
    expect(request).toMatchObject({ id, subject: 'ai_agent laptop' });
    const now = Date.now();
    const { digest = '' } = request ?? {};
    const approval = { id, digest, approver: 'eve', grantedAt: now, expiresAt: now + 60_000 };
    relay.store.approve({ ...approval, channel: 'command' });
    expect(relay.call(2, 'write', { ...file, content: 'other' }).server).toEqual([]);
    expect(relay.call(3, 'write', file).server).toHaveLength(1);
    expect(relay.call(4, 'write', file).server).toEqual([]);
  });
});

describe('by a result, since 2026-07-28', () => {
  const write = (
    relay: Harness,
    id: number,
    given: Readonly<Record<string, unknown>>,
    more: object = {},
  ) => relay.call(id, 'write', given, { ...stateless, ...more });
  const askApproval = (relay: Harness, given: Readonly<Record<string, unknown>> = file) => {
    const { result } = JSON.parse(write(relay, 1, given).client[0] ?? '');
    expect(result.resultType).toBe('input_required');
    expect(result.inputRequests.nhipol.params.mode).toBe('form');
    return { requestState: result.requestState, inputResponses: { nhipol: accepted } };
  };

  test('passes the call on without the answers, all else byte for byte', () => {
    const relay = harness();
    const { requestState } = askApproval(relay);
    const text =
      `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"write","arguments":{ "content":"text", "path":"/work/\\u0061"},` +
      `"requestState":"${requestState}","inputResponses":{"nhipol":${JSON.stringify(accepted)}},"_meta":${JSON.stringify(stateless._meta)}}}`;
    const { server } = relay.client(text);
    expect(server).toEqual([
      `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"write","arguments":{ "content":"text", "path":"/work/\\u0061"},"_meta":${JSON.stringify(stateless._meta)}}}`,
    ]);
  });

  test('refuses the same approval again', () => {
    const relay = harness();
    const answers = askApproval(relay);
    expect(write(relay, 2, file, answers).server).toHaveLength(1);
    const replayed = write(relay, 3, file, answers);
    expect(resultText(replayed)).toBe('not permitted: the approval was used or has expired');
    expect(replayed.server).toEqual([]);
  });

  test.each([
    [
      'other arguments',
      (relay: Harness, answers: object) => write(relay, 2, { ...file, content: 'x' }, answers),
    ],
    [
      'another tool',
      (relay: Harness, answers: object) =>
        relay.call(2, 'read', { path: '/work/a' }, { ...stateless, ...answers }),
    ],
  ])('refuses an approval for %s', (_, call) => {
    const relay = harness();
    const received = call(relay, askApproval(relay));
    expect(resultText(received)).toBe('not permitted: the approval is for another call');
    expect(received.server).toEqual([]);
  });

  test('refuses an approval of another subject, and after a restart', () => {
    const relay = harness();
    const answers = askApproval(relay);
    for (const subject of ['desktop', 'laptop']) {
      const other = harness({ subject, store: relay.store });
      const received = write(other, 2, file, answers);
      expect(resultText(received)).toBe('not permitted: the request state is not of this call');
      expect(received.server).toEqual([]);
    }
  });

  test('refuses an approval that has expired', () => {
    const relay = harness();
    const answers = askApproval(relay);
    vi.useFakeTimers({ now: Date.now() + 11 * 60_000, toFake: ['Date'] });
    expect(resultText(write(relay, 2, file, answers))).toContain('was used or has expired');
  });

  test.each(['', 'forged', 'A'.repeat(200)])('refuses the forged state %j', (requestState) => {
    const relay = harness();
    askApproval(relay);
    const received = write(relay, 2, file, { requestState, inputResponses: { nhipol: accepted } });
    expect(resultText(received)).toBe('not permitted: the request state is not of this call');
    expect(received.server).toEqual([]);
  });

  test('refuses a call whose approval was declined', () => {
    const relay = harness();
    const { requestState } = askApproval(relay);
    const inputResponses = { nhipol: { action: 'decline' } };
    const received = write(relay, 2, file, { requestState, inputResponses });
    expect(resultText(received)).toBe('not permitted: a person refused it');
  });
});

describe('questions of the server, since 2026-07-28', () => {
  const question = (message: string) => ({
    q: { method: 'elicitation/create', params: { message } },
  });
  const ask = (relay: Harness, id: number, message: string) =>
    relay.server({
      jsonrpc: '2.0',
      id,
      result: {
        resultType: 'input_required',
        inputRequests: question(message),
        requestState: 'own',
      },
    });
  const read = (relay: Harness, id: number, path: string, more: object = {}) =>
    relay.call(id, 'read', { path }, { ...stateless, ...more });

  test('seal the state of the server, and give it back for the same call only', () => {
    const relay = harness();
    read(relay, 1, '/work/a');
    const { result } = JSON.parse(ask(relay, 1, 'which one?').client[0] ?? '');
    expect(result.requestState).not.toContain('own');
    const answers = { requestState: result.requestState, inputResponses: { q: accepted } };
    const other = read(relay, 2, '/work/b', answers);
    expect(resultText(other)).toBe('not permitted: the request state is not of this call');
    const { server } = read(relay, 3, '/work/a', answers);
    expect(JSON.parse(server[0] ?? '').params).toMatchObject({
      requestState: 'own',
      inputResponses: { q: accepted },
    });
    expect(read(relay, 4, '/work/a', { requestState: 'own' }).server).toEqual([]);
  });

  test('are decided', () => {
    const relay = harness();
    read(relay, 1, '/work/a');
    expect(resultText(ask(relay, 1, 'your password?'))).toBe('not permitted: no rule permits it');
  });

  test('keep the approval of the call', () => {
    const relay = harness();
    const { result } = JSON.parse(relay.call(1, 'write', file, stateless).client[0] ?? '');
    const approved = { requestState: result.requestState, inputResponses: { nhipol: accepted } };
    expect(relay.call(2, 'write', file, { ...stateless, ...approved }).server).toHaveLength(1);
    const asked = JSON.parse(ask(relay, 2, 'which one?').client[0] ?? '').result;
    const answers = { requestState: asked.requestState, inputResponses: { q: accepted } };
    expect(relay.call(3, 'write', file, { ...stateless, ...answers }).server).toHaveLength(1);
  });

  attack('guard-server-state-again', () => {
    const relay = harness();
    const { result } = JSON.parse(relay.call(1, 'write', file, stateless).client[0] ?? '');
    const approved = { requestState: result.requestState, inputResponses: { nhipol: accepted } };
    relay.call(2, 'write', file, { ...stateless, ...approved });
    const sendReply = (id: number, requestState: string, content: string) => {
      const inputResponses = { q: { action: 'accept', content: { content } } };
      return relay.call(id, 'write', file, { ...stateless, requestState, inputResponses });
    };
    // Each question of the server is answered once, and the last answer ends the call.
    let { requestState } = JSON.parse(ask(relay, 2, 'which one?').client[0] ?? '').result;
    for (const id of [3, 6]) {
      expect(sendReply(id, requestState, 'one').server).toHaveLength(1);
      for (const again of [id + 1, id + 2]) {
        const replayed = sendReply(again, requestState, `other ${again}`);
        expect(resultText(replayed)).toBe('not permitted: the approval was used or has expired');
        expect(replayed.server).toEqual([]);
      }
      const next = JSON.parse(ask(relay, id, 'which one?').client[0] ?? '').result;
      requestState = next.requestState;
    }
    const approvals = relay.logged.filter(({ kind }) => kind === 'approval');
    expect(approvals).toHaveLength(3);
    vi.useFakeTimers({ now: Date.now() + 11 * 60_000, toFake: ['Date'] });
    expect(resultText(sendReply(9, requestState, 'late'))).toContain('was used or has expired');
  });

  test('cannot forge the state of the guard', () => {
    const relay = harness();
    read(relay, 1, '/work/a');
    const forged = { kind: 'question', question: { digest: 'x', expiresAt: 9e15 }, session: 's' };
    const requestState = Buffer.from(JSON.stringify(forged)).toString('base64url');
    const inputRequests = question('which one?');
    const message = { resultType: 'input_required', inputRequests, requestState };
    const { result } = JSON.parse(
      relay.server({ jsonrpc: '2.0', id: 1, result: message }).client[0] ?? '',
    );
    const answers = { requestState: result.requestState, inputResponses: { nhipol: accepted } };
    const written = relay.call(2, 'write', { path: '/work/a' }, { ...stateless, ...answers });
    expect(written.server).toEqual([]);
  });
});

describe('at a terminal', () => {
  test('the call waits until it is approved in another process', async () => {
    const relay = harness({ ask: 'terminal' });
    relay.connect();
    const received = relay.call(1, 'write', file);
    expect([received.client, received.server]).toEqual([[], []]);
    const [{ id = '', digest = '' } = {}] = relay.store.pending(Date.now());
    const now = Date.now();
    const approval = { id, digest, approver: 'eve', grantedAt: now, expiresAt: now + 60_000 };
    relay.store.approve({ ...approval, channel: 'terminal' });
    await expect.poll(() => relay.toServer.length).toBe(1);
    const decision = relay.logged.at(-1);
    expect(decision).toMatchObject({ approval: { channel: 'terminal', approver: 'eve' } });
  });

  test('a refusal, and the end of the time, refuse the call', async () => {
    const relay = harness({ ask: 'terminal' });
    relay.connect();
    relay.call(1, 'write', file);
    const [{ id = '' } = {}] = relay.store.pending(Date.now());
    relay.store.refuse(id);
    await expect.poll(() => relay.toClient.at(-1)).toContain('it was refused');
    relay.call(2, 'write', file);
    await expect
      .poll(() => relay.toClient.at(-1), { timeout: 3_000 })
      .toContain('then repeat the call');
    expect(relay.toServer).toEqual([]);
  });
});
