// Questions of a server in its answers: each is decided, in the answer to any method, and the state that a client returns is
// that of its own request.

import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard, guardPolicy } from '../guard/guard-policy.ts';
import { Harness, type Received, readError, resultText, stateless } from './relay-harness.ts';

const policy = `${guardPolicy}
action "mcp:prompts/get" { params: { name: String } }
action "mcp:tasks/get" { params: { taskId: String } }
action "mcp:tasks/update" { params: { taskId: String } }
action "mcp:completion/complete" {}
for ai_agent doing "mcp:prompts/get", "mcp:tasks/get", "mcp:tasks/update", "mcp:completion/complete" {
  permit others when true
}
`;

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(policy);
});
const open: Harness[] = [];
function harness(): Harness {
  const made = new Harness({ module });
  open.push(made);
  return made;
}
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

type Json = Readonly<Record<string, unknown>>;
const requests: readonly (readonly [method: string, params: Json])[] = [
  ['tools/call', { name: 'read', arguments: { path: '/work/a' } }],
  ['prompts/get', { name: 'greet' }],
  ['resources/read', { uri: 'file:///work/a' }],
  ['tasks/get', { taskId: 't' }],
  ['tools/list', {}],
  ['resources/list', {}],
  ['prompts/list', {}],
  ['completion/complete', {}],
  ['server/discover', {}],
  ['ping', {}],
];
const resumable = ['tools/call', 'prompts/get', 'resources/read'];

const elicit = { method: 'elicitation/create', params: { message: 'which one?' } };
const sample = { method: 'sampling/createMessage', params: { messages: [] } };
const roots = { method: 'roots/list' };

/** The client sends a request, and the server answers. Returns what the client got. */
function answerQuestion(relay: Harness, method: string, params: Json, answer: Json): Received {
  const { server } = relay.client({ jsonrpc: '2.0', id: 1, method, params });
  expect(server).toHaveLength(1);
  return relay.server({ jsonrpc: '2.0', id: 1, ...answer });
}

function isRefusal(received: Received): boolean {
  const text = resultText(received) ?? readError(received)?.message ?? '';
  const asks = /inputRequests|requestState|elicitations/.test(received.client.join());
  return received.client.length === 1 && text.startsWith('not permitted: ') && !asks;
}

attack('guard-input-result', () => {
  const relay = harness();
  const results: readonly Json[] = [
    { resultType: 'input_required', inputRequests: { q: sample } },
    { resultType: 'input_required', inputRequests: { q: roots } },
    {
      resultType: 'input_required',
      inputRequests: { q: { method: 'elicitation/create', params: {} } },
    },
    // Some clients act on the member without its type.
    { inputRequests: { q: sample } },
    { content: [], resultType: 'complete', inputRequests: { a: elicit, b: sample } },
    // A task that begins like this is cancelled; those below have another id.
    { task: { taskId: 'begun', inputRequests: { q: sample } } },
    { resultType: 'task', taskId: 'begun', inputRequests: { q: sample } },
  ];
  for (const meta of [stateless, {}]) {
    for (const [method, params] of requests) {
      for (const result of results) {
        const received = answerQuestion(relay, method, { ...params, ...meta }, { result });
        expect([method, result, received, isRefusal(received)]).toEqual([
          method,
          result,
          received,
          true,
        ]);
      }
    }
  }
  // A question that the policy permits passes where the revision has it, and nowhere else.
  const result = { resultType: 'input_required', inputRequests: { q: elicit } };
  for (const [method, params] of requests) {
    const now = answerQuestion(relay, method, { ...params, ...stateless }, { result });
    expect([method, isRefusal(now)]).toEqual([method, !resumable.includes(method)]);
    expect(isRefusal(answerQuestion(relay, method, params, { result }))).toBe(true);
  }
});

attack('guard-input-task', () => {
  const relay = harness();
  const status = (inputRequests: unknown) => ({
    jsonrpc: '2.0',
    method: 'notifications/tasks/status',
    params: { taskId: 't', status: 'input_required', inputRequests },
  });
  const task = (inputRequests: unknown) => ({
    result: { resultType: 'complete', taskId: 't', status: 'input_required', inputRequests },
  });
  const get = (inputRequests: unknown) =>
    answerQuestion(relay, 'tasks/get', { taskId: 't', ...stateless }, task(inputRequests));
  expect(get({ q: elicit }).client).toEqual([
    JSON.stringify({ jsonrpc: '2.0', id: 1, ...task({ q: elicit }) }),
  ]);
  expect(relay.server(status({ q: elicit })).client).toHaveLength(1);
  for (const asked of [{ q: sample }, { a: elicit, b: roots }, [sample], 'x', { q: 'x' }]) {
    expect(isRefusal(get(asked))).toBe(true);
    expect(relay.server(status(asked)).client).toEqual([]);
  }
});

attack('guard-input-error', () => {
  const relay = harness();
  const link = { mode: 'url', elicitationId: 'e', url: 'https://evil.example' };
  const error = (elicitations: unknown) => ({
    error: { code: -32042, message: 'needs it', data: { elicitations } },
  });
  for (const [method, params] of requests) {
    for (const elicitations of [[{ ...link, message: 'your password?' }], [link], 'x', [1]]) {
      expect(isRefusal(answerQuestion(relay, method, params, error(elicitations)))).toBe(true);
    }
    const permitted = error([{ ...link, message: 'which one?' }]);
    expect(answerQuestion(relay, method, params, permitted).client).toEqual([
      JSON.stringify({ jsonrpc: '2.0', id: 1, ...permitted }),
    ]);
  }
});

attack('guard-input-unknown', () => {
  const relay = harness();
  const [, [method, params] = ['', {}]] = requests;
  const ask = (result: Json) =>
    answerQuestion(relay, method, { ...params, ...stateless }, { result });
  for (const each of ['InputRequests', 'inputrequests', 'ResultType', 'RequestState']) {
    const received = ask({ content: [], [each]: { q: sample } });
    expect(readError(received)?.message).toContain(`a member "${each}" of unusual case`);
  }
  const forms = [
    { ...elicit, Method: 'sampling/createMessage' },
    { ...elicit, id: 1 },
    { method: 'ping' },
    { method: 'tasks/cancel', params: {} },
    { method: 'unknown/method', params: {} },
    { method: 'elicitation/create', params: [] },
    null,
  ];
  for (const q of forms) {
    const received = ask({ resultType: 'input_required', inputRequests: { q } });
    expect(received.client.every(() => isRefusal(received))).toBe(true);
  }
});

describe('the state of a server', () => {
  const question = {
    resultType: 'input_required',
    inputRequests: { q: elicit },
    requestState: 'own',
  };
  const answers = { q: { action: 'accept', content: {} } };

  /** Returns the sealed state. */
  function askQuestion(relay: Harness, method: string, params: Json): string {
    const { client } = answerQuestion(
      relay,
      method,
      { ...params, ...stateless },
      { result: question },
    );
    const { result } = JSON.parse(client[0] ?? '');
    expect(result).toMatchObject({ inputRequests: { q: elicit } });
    expect(result.requestState).not.toContain('own');
    return result.requestState;
  }
  const again = (relay: Harness, method: string, params: Json) =>
    relay.client({ jsonrpc: '2.0', id: 2, method, params: { ...params, ...stateless } });

  test.each(requests.slice(0, 3))('returns to it with the next round of %s', (method, params) => {
    const relay = harness();
    const requestState = askQuestion(relay, method, params);
    const round = { ...params, requestState, inputResponses: answers };
    const { server } = again(relay, method, round);
    expect(JSON.parse(server[0] ?? '').params).toEqual({
      ...params,
      ...stateless,
      requestState: 'own',
      inputResponses: answers,
    });
  });

  attack('guard-request-state', () => {
    for (const [method, params] of requests.slice(0, 3)) {
      const relay = harness();
      const requestState = askQuestion(relay, method, params);
      const expectRefusal = (sent: string, given: Json) => {
        const received = again(relay, sent, given);
        expect([sent, given, received.server]).toEqual([sent, given, []]);
        expect(isRefusal(received)).toBe(true);
      };
      for (const [other, own] of requests.slice(0, 3)) {
        if (other !== method)
          expectRefusal(other, { ...own, requestState, inputResponses: answers });
      }
      expectRefusal('tools/list', { requestState });
      expectRefusal(method, { ...params, requestState: 'own' });
      expectRefusal(method, { ...params, requestState: `${requestState.slice(0, -4)}AAAA` });
      expectRefusal(method, { ...params, inputResponses: answers });
      expectRefusal(method, { ...params, requestState, inputResponses: { other: {} } });
      expectRefusal(method, { ...params, requestState, inputResponses: [] });
    }
    const relay = harness();
    const requestState = askQuestion(relay, 'resources/read', { uri: 'file:///work/a' });
    const other = { uri: 'file:///work/b', requestState };
    expect(again(relay, 'resources/read', other).server).toEqual([]);
  });
});
