// The memory of a guard over HTTP: what clients send slowly or do not read is limited for each of them, and in sum.

import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Guard, type HttpGuard, listenHttp } from '@nhipol/service';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { noAbilities } from '../../../service/engine/abilities.ts';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard, guardPolicy } from '../guard/guard-policy.ts';
import { files, temporaryStore } from '../relay/relay-harness.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(guardPolicy);
});
const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Answer = (response: ServerResponse, id: unknown) => void;

/** A server of MCP over HTTP that answers calls, and requests for streams, as a test wants. */
async function startUpstream(call: Answer, stream: Answer = () => {}): Promise<Server> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === 'GET') {
      stream(response, undefined);
      return;
    }
    const { id, method } = JSON.parse(Buffer.concat(chunks).toString());
    if (method === 'tools/call') call(response, id);
    else answer(response, id, method === 'tools/list' ? { tools: files } : {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

function answer(response: ServerResponse, id: unknown, result: object): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
}

const answerDone: Answer = (response, id) =>
  answer(response, id, { content: [{ type: 'text', text: 'done' }] });

interface Guarded {
  readonly http: HttpGuard;
  readonly warnings: readonly string[];
}

/** A guard whose clients are identified by the name after `Bearer`. */
async function startGuard(upstream: Server, maxMessageBytes: number): Promise<Guarded> {
  const warnings: string[] = [];
  const guard = await Guard.open({
    module,
    abilities: noAbilities,
    store: temporaryStore().store,
    mode: 'enforce',
    facts: undefined,
    log: undefined,
    server: 'fs',
    session: undefined,
    pins: undefined,
    ask: 'never',
    askTimeout: 1_000,
    refusal: 'result',
    onRevoked: () => {},
    onWarning: () => {},
  });
  const { port } = upstream.address() as AddressInfo;
  const http = await listenHttp({
    guard,
    upstream: new URL(`http://127.0.0.1:${port}/mcp`),
    host: '127.0.0.1',
    port: 0,
    token: undefined,
    verifier: async (header) => ({
      identity: {
        type: 'ai_agent',
        id: header?.slice('Bearer '.length) ?? '',
        properties: { expires_at: '2099-01-01T00:00:00Z' },
      },
      context: {},
    }),
    maxMessageBytes,
    maxWaitingBytes: 2 * maxMessageBytes,
    onWarning: (warning) => warnings.push(warning),
  });
  cleanups.push(async () => {
    await http.close();
    await guard.close();
  });
  return { http, warnings };
}

function begin({ http }: Guarded, client: string, head: readonly string[], body = ''): Socket {
  const socket = connect(Number(new URL(http.url).port), '127.0.0.1');
  cleanups.push(() => void socket.destroy());
  socket.on('error', () => {});
  const lines = [...head, 'Host: localhost', `Authorization: Bearer ${client}`];
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  return socket;
}

const post = (length: number) => [
  'POST /mcp HTTP/1.1',
  'Content-Type: application/json',
  `Content-Length: ${length}`,
];
const get = ['GET /mcp HTTP/1.1', 'Accept: text/event-stream'];
const callText = (id: number, path = '/work/a') =>
  JSON.stringify({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name: 'read', arguments: { path } },
  });

async function readResult({ http }: Guarded, client: string): Promise<string> {
  const response = await fetch(http.url, {
    method: 'POST',
    body: callText(1),
    headers: { authorization: `Bearer ${client}`, 'content-type': 'application/json' },
  });
  return response.text();
}

attack(
  'guard-http-slow-bodies',
  async () => {
    const guard = await startGuard(await startUpstream(answerDone), 1_000_000);
    const text = callText(2, 'x'.repeat(990_000));
    const first = text.slice(0, 900_000);
    const slow = Array.from({ length: 20 }, () => begin(guard, 'ann', post(text.length), first));
    const other = begin(guard, 'bob', post(text.length), first);
    await expect
      .poll(() => slow.filter(({ destroyed }) => destroyed).length, { timeout: 20_000 })
      .toBeGreaterThan(17);
    expect(other.destroyed).toBe(false);
    other.write(text.slice(900_000));
    const [reply] = await once(other, 'data');
    expect(`${reply}`).toContain('HTTP/1.1 200');
    expect(await readResult(guard, 'bob')).toContain('done');
    expect(guard.warnings).toEqual([
      'connections of ai_agent:ann were closed: it sends or reads too slowly',
    ]);
  },
  60_000,
);

attack(
  'guard-http-unread-answers',
  async () => {
    const long = 'x'.repeat(9_000_000);
    const upstream = await startUpstream((response, id) => {
      const text = id === 1 ? 'done' : long;
      answer(response, id, { content: [{ type: 'text', text }] });
    });
    const guard = await startGuard(upstream, 10_000_000);
    expect(await readResult(guard, 'ann')).toContain('done');
    let refused = 0;
    for (let id = 2; id < 12; id += 1) {
      const text = callText(id);
      const socket = begin(guard, 'ann', post(text.length), text);
      socket.on('close', () => {
        refused += 1;
      });
      // Reads the beginning of the response alone.
      socket.once('data', (beginning) => {
        socket.pause();
        if (`${beginning}`.includes('too many bytes wait')) refused += 1;
      });
    }
    await expect.poll(() => refused, { timeout: 40_000 }).toBeGreaterThan(3);
    expect(await readResult(guard, 'bob')).toContain('done');
  },
  90_000,
);

attack(
  'guard-http-unread-stream',
  async () => {
    const cap = 100_000_000;
    let sent = 0;
    const message = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info' } };
    const data = { ...message, params: { ...message.params, data: 'x'.repeat(60_000) } };
    const event = `data: ${JSON.stringify(data)}\n\n`;
    const upstream = await startUpstream(answerDone, (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const write = () => {
        while (sent < cap) {
          sent += event.length;
          if (!response.write(event)) return;
        }
      };
      response.on('drain', write);
      write();
    });
    const guard = await startGuard(upstream, 1_000_000);
    expect(await readResult(guard, 'ann')).toContain('done');
    const socket = begin(guard, 'ann', get);
    await once(socket, 'data');
    socket.pause();
    // It stops, or sends all.
    let before = -1;
    let unchanged = 0;
    await expect
      .poll(
        () => {
          unchanged = sent === before ? unchanged + 1 : 0;
          before = sent;
          return unchanged;
        },
        { timeout: 40_000, interval: 100 },
      )
      .toBeGreaterThan(10);
    expect(sent).toBeLessThan(cap);
    expect(await readResult(guard, 'bob')).toContain('done');
    socket.resume();
    await expect.poll(() => sent, { timeout: 20_000 }).toBeGreaterThan(before);
  },
  90_000,
);

attack(
  'guard-http-many-streams',
  async () => {
    const upstream = await startUpstream(answerDone, (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    });
    const guard = await startGuard(upstream, 10_000);
    const readStatus = async (socket: Socket) => {
      const [head] = await once(socket, 'data');
      return Number(/^HTTP\/1.1 (\d+)/.exec(`${head}`)?.[1]);
    };
    for (const client of ['ann', 'bob']) expect(await readResult(guard, client)).toContain('done');
    const sockets = Array.from({ length: 100 }, () => begin(guard, 'ann', get));
    expect(new Set(await Promise.all(sockets.map(readStatus)))).toEqual(new Set([200]));
    expect(await readStatus(begin(guard, 'ann', get))).toBe(429);
    expect(await readStatus(begin(guard, 'bob', get))).toBe(200);
    for (const socket of sockets) socket.destroy();
    await expect
      .poll(() => readStatus(begin(guard, 'ann', get)), { timeout: 20_000, interval: 200 })
      .toBe(200);
  },
  60_000,
);

test('long messages that are read go on', async () => {
  const text = 'x'.repeat(900_000);
  const upstream = await startUpstream((response, id) =>
    answer(response, id, { content: [{ type: 'text', text }] }),
  );
  const guard = await startGuard(upstream, 1_000_000);
  for (let round = 0; round < 6; round += 1) {
    expect((await readResult(guard, 'ann')).length).toBeGreaterThan(900_000);
  }
  expect(guard.warnings).toEqual([]);
}, 60_000);
