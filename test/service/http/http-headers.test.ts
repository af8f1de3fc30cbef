// A server over HTTP that redirects, and headers that repeat arguments of a call.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Guard, type HttpGuard, listenHttp } from '@nhipol/service';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { stateless, temporaryStore } from '../relay/relay-harness.ts';

const policy = `
policy test.headers version "1.0.0"
record Find { region: String, depth?: Int(1..100), deep?: { on?: Bool } }
subject ai_agent {}
action "fs:find" { arguments: Find }
resource mcp_server {}
context { time: Timestamp }
constraint depth: Int limits action.arguments.depth or lower
for ai_agent doing "fs:find" {
  permit finds otherwise
  narrow shallow when action.arguments.region is "deep" to { depth: 3 }
}
`;

const abilities = { obligations: new Set<string>(), constraints: new Set(['depth']) };
const find = {
  name: 'find',
  inputSchema: {
    type: 'object',
    properties: {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      depth: { type: 'integer', 'x-mcp-header': 'Depth' },
      deep: {
        type: 'object',
        properties: { on: { type: 'boolean', 'x-mcp-header': 'On' } },
      },
    },
  },
};

type Received = {
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

async function listening(answer: (given: Received, response: ServerResponse) => void) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const given = {
      method: request.method ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    received.push(given);
    answer(given, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
  return { server, received, url };
}

let module: Uint8Array;
const servers: Server[] = [];
beforeAll(async () => {
  module = await compileForGuard(policy);
});
const opened: { readonly guard: Guard; readonly http: HttpGuard }[] = [];
afterEach(async () => {
  for (const { guard, http } of opened.splice(0)) {
    await http.close();
    await guard.close();
  }
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function startGuard(upstream: URL) {
  const warnings: string[] = [];
  const onWarning = (warning: string) => void warnings.push(warning);
  const guard = await Guard.open({
    module,
    abilities,
    store: temporaryStore().store,
    log: undefined,
    mode: 'enforce',
    server: 'fs',
    session: undefined,
    pins: undefined,
    ask: 'never',
    askTimeout: 1_000,
    refusal: 'result',
    onRevoked: () => {},
    onWarning,
    facts: { identity: { type: 'ai_agent', id: 'laptop', properties: {} }, context: {} },
  });
  const http = await listenHttp({
    guard,
    upstream,
    host: '127.0.0.1',
    port: 0,
    token: undefined,
    maxMessageBytes: 100_000,
    onWarning,
  });
  opened.push({ guard, http });
  return { url: http.url, warnings };
}

const answerRequest = ({ body }: Received, response: ServerResponse) => {
  const { id, method } = body === '' ? { id: 0, method: '' } : JSON.parse(body);
  const result = method === 'tools/list' ? { tools: [find] } : { content: [] };
  response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 's-1' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
};

attack('guard-upstream-redirect', async () => {
  const stranger = await listening(({ method }, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(
      method === 'GET'
        ? 'data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n'
        : '',
    );
  });
  let status = 0;
  const upstream = await listening((given, response) => {
    if (status === 0) answerRequest(given, response);
    else response.writeHead(status, { location: stranger.url.href }).end();
  });
  servers.push(stranger.server, upstream.server);
  const { url, warnings } = await startGuard(upstream.url);
  const params = { protocolVersion: '2025-11-25', capabilities: {} };
  const initialize = { jsonrpc: '2.0', id: 0, method: 'initialize', params };
  await fetch(url, { method: 'POST', body: JSON.stringify(initialize) });
  const send = (method: string, message?: object) =>
    fetch(url, {
      method,
      redirect: 'manual',
      headers: {
        authorization: 'Bearer secret',
        'mcp-session-id': 's-1',
        'last-event-id': '7',
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      ...(message === undefined ? {} : { body: JSON.stringify(message) }),
    });
  const call = (id: number) => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name: 'find', arguments: { region: 'a' } },
  });
  expect((await send('POST', call(1))).status).toBe(200);
  for (const each of [301, 302, 303, 307, 308]) {
    status = each;
    const posted = await send('POST', call(each));
    expect([posted.status, posted.headers.get('location')]).toEqual([502, null]);
    const streamed = await send('GET');
    expect([streamed.status, await streamed.text()]).toEqual([502, '']);
  }
  expect((await send('DELETE')).status).toBe(502);
  expect(stranger.received).toEqual([]);
  expect(warnings.at(-1)).toContain('which is not followed');
});

attack('guard-parameter-headers', async () => {
  const upstream = await listening(answerRequest);
  servers.push(upstream.server);
  const { url } = await startGuard(upstream.url);
  let id = 0;
  const call = async (given: object, headers: Record<string, string>, method = 'tools/call') => {
    id += 1;
    const params = { name: 'find', arguments: given, ...stateless };
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': method,
        'mcp-name': 'find',
        ...headers,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
    });
    const { error } = (await response.json()) as { error?: { code: number } };
    return error === undefined ? response.status : [response.status, error.code];
  };
  const refused = [400, -32_020];
  const region = { 'mcp-param-region': 'us' };
  // Before the guard knows the tools, nothing can be compared.
  expect(await call({ region: 'us' }, region)).toEqual(refused);
  expect(await call({ region: 'us' }, {})).toBe(200);
  expect(await call({ region: 'us' }, region)).toBe(200);
  expect(
    await call(
      { region: 'us', depth: 7, deep: { on: true } },
      { ...region, 'mcp-param-depth': '7.0', 'mcp-param-on': 'true' },
    ),
  ).toBe(200);
  expect(
    await call(
      { region: 'Köln' },
      { 'mcp-param-region': `=?base64?${Buffer.from('Köln').toString('base64')}?=` },
    ),
  ).toBe(200);
  for (const [given, headers] of [
    [{ region: 'us' }, { 'mcp-param-region': 'eu' }],
    [{ region: 'us' }, {}],
    [{ region: 'us' }, { ...region, 'mcp-param-depth': '1' }],
    [{ region: 'us' }, { ...region, 'mcp-param-other': 'x' }],
    [{ region: null }, region],
    [
      { region: 'us', depth: 7 },
      { ...region, 'mcp-param-depth': '0x7' },
    ],
    [
      { region: 'us', deep: { on: true } },
      { ...region, 'mcp-param-on': '1' },
    ],
    [{ region: 'a' }, { 'mcp-param-region': '=?base64?YR==?=' }],
    [{ region: '\ufffd' }, { 'mcp-param-region': '=?base64?/w==?=' }],
  ] as const) {
    expect(await call(given, headers), JSON.stringify([given, headers])).toEqual(refused);
  }
  expect(await call({ region: 'us' }, region, 'prompts/get')).toEqual(refused);
  // `Mcp-Name` repeats the id of a task.
  for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
    expect(await call({}, {}, method), method).toEqual(refused);
  }
});

test('the server gets the headers of a call that was lowered', async () => {
  const upstream = await listening(answerRequest);
  servers.push(upstream.server);
  const { url } = await startGuard(upstream.url);
  const call = (headers: Record<string, string>) =>
    fetch(url, {
      method: 'POST',
      headers: {
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'find',
        ...headers,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'find', arguments: { region: 'deep', depth: 9 }, ...stateless },
      }),
    });
  expect((await call({})).status).toBe(200);
  expect((await call({ 'mcp-param-region': 'deep', 'mcp-param-depth': '9' })).status).toBe(200);
  const { headers, body } = upstream.received.at(-1) ?? { headers: {}, body: '{}' };
  expect(JSON.parse(body).params.arguments).toEqual({ region: 'deep', depth: 3 });
  expect([headers['mcp-param-region'], headers['mcp-param-depth']]).toEqual(['deep', '3']);
});
