// Servers of both generations of the MCP SDK, guarded by `@nhipol/mcp`, with clients of the same generation.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { Server as RawServer } from '@modelcontextprotocol/sdk/server/index.js';
import { McpServer as OldServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import {
  CallToolRequestSchema,
  ElicitRequestSchema,
  ListToolsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { createMcpHandler, fromJsonSchema, McpServer } from '@modelcontextprotocol/server';
import {
  currentPermission,
  type GuardPolicy,
  guard,
  openPolicy,
  type PolicyOptions,
} from '@nhipol/mcp';
import { createVerifier, type LogLine } from '@nhipol/service';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { compileForGuard, guardPolicy } from './guard-policy.ts';

let folder: string;
let module: Uint8Array;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-mcp-'));
  module = await compileForGuard(guardPolicy);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const opened: { readonly close: () => Promise<void> }[] = [];
/** The calls that reached a handler. */
const handled: string[] = [];
/** The reasons of the signals of handlers that were stopped. */
const stopped: unknown[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
  handled.length = 0;
  stopped.length = 0;
});

let count = 0;
async function createGuardPolicy(options: Partial<PolicyOptions> = {}): Promise<GuardPolicy> {
  count += 1;
  const { claims } = options;
  const policy = await openPolicy(module, {
    server: 'fs',
    state: join(folder, `state-${count}.db`),
    log: join(folder, `log-${count}.jsonl`),
    ...(claims === undefined ? { subject: { type: 'ai_agent', id: 'laptop' } } : {}),
    onWarning: () => {},
    ...options,
  });
  opened.push(policy);
  return policy;
}

function readLog(): readonly LogLine[] {
  const lines = readFileSync(join(folder, `log-${count}.jsonl`), 'utf8').split('\n');
  const verifier = createVerifier();
  expect(lines.map(verifier.add).filter((each) => each !== undefined)).toEqual([]);
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

interface Handled {
  readonly name: string;
  readonly given: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** The handler of all tools. */
async function handle({ name, given, signal }: Handled) {
  const permission = currentPermission();
  const { max_rows: limit } = permission?.constraints ?? {};
  const owed = (permission?.obligations ?? []).map((each) => each.name).join();
  handled.push(`${name} ${JSON.stringify(given)}`);
  if (name === 'slow') {
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        stopped.push(signal.reason);
        resolve();
      });
    });
  }
  if (given.path === '/work/broken') throw new Error('the disk is broken');
  const notes = [limit === undefined ? '' : ` rows ${limit}`, owed && ` owes ${owed}`].join('');
  const rows = Array.from({ length: 12 }, (_, index) => index);
  return {
    ...(name === 'find' ? { structuredContent: { rows } } : {}),
    content: [{ type: 'text' as const, text: `${name} ${given.path ?? given.why}${notes}` }],
  };
}

const paths = ['read', 'write', 'slow', 'delete'];

function oldServer(): OldServer {
  const server = new OldServer({ name: 'fs', version: '1' });
  const path = { path: z.string() };
  for (const name of paths)
    server.registerTool(name, { inputSchema: path }, (given, { signal }) =>
      handle({ name, given, signal }),
    );
  const find = { ...path, depth: z.number().optional(), height: z.number().optional() };
  server.registerTool('find', { inputSchema: find }, (given, { signal }) =>
    handle({ name: 'find', given, signal }),
  );
  server.registerTool('leave', { inputSchema: { why: z.string() } }, (given, { signal }) =>
    handle({ name: 'leave', given, signal }),
  );
  return server;
}

function newServer(): McpServer {
  const server = new McpServer({ name: 'fs', version: '1' });
  const string = { type: 'string' } as const;
  const tool = (
    name: string,
    properties: Record<string, { type: string }>,
    required: readonly string[],
  ) =>
    server.registerTool(
      name,
      {
        inputSchema: fromJsonSchema<Handled['given']>({
          type: 'object',
          properties,
          required: [...required],
        }),
      },
      (given, { mcpReq: { signal } }) => handle({ name, given, signal }),
    );
  for (const name of paths) tool(name, { path: string }, ['path']);
  const integer = { type: 'integer' };
  tool('find', { path: string, depth: integer, height: integer }, ['path']);
  tool('leave', { why: string }, ['why']);
  return server;
}

type CallResult = Readonly<Record<string, unknown>>;

interface Tester {
  readonly asked: readonly string[];
  readonly tools: () => Promise<readonly string[]>;
  readonly callResult: (name: string, given: Record<string, unknown>) => Promise<CallResult>;
  /** The text of the result. */
  readonly call: (name: string, given: Record<string, unknown>) => Promise<string>;
}

const readText = (result: unknown) =>
  (result as { content: { text: string }[] }).content[0]?.text ?? '';

async function oldClient(policy: GuardPolicy, approves = true): Promise<Tester> {
  const asked: string[] = [];
  const client = new OldClient({ name: 't', version: '1' }, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
    asked.push(params.message.split('\n')[0] ?? '');
    return approves ? { action: 'accept', content: { approve: true } } : { action: 'decline' };
  });
  const [clientEnd, serverEnd] = InMemoryTransport.createLinkedPair();
  await guard(oldServer(), policy).connect(serverEnd);
  await client.connect(clientEnd);
  opened.push(client);
  return {
    asked,
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    callResult: (name, given) => client.callTool({ name, arguments: given }),
    call: async (name, given) => readText(await client.callTool({ name, arguments: given })),
  };
}

async function newClient(policy: GuardPolicy, approves = true): Promise<Tester> {
  const asked: string[] = [];
  const handler = createMcpHandler(() => guard(newServer(), policy));
  const client = new Client(
    { name: 't', version: '1' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: 'auto' } },
  );
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    asked.push(params.message.split('\n')[0] ?? '');
    return approves ? { action: 'accept', content: { approve: true } } : { action: 'decline' };
  });
  const transport = new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), {
    fetch: (url, init) => handler.fetch(new Request(url, init)),
  });
  await client.connect(transport);
  expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
  opened.push(client);
  return {
    asked,
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    callResult: (name, given) => client.callTool({ name, arguments: given }),
    call: async (name, given) => readText(await client.callTool({ name, arguments: given })),
  };
}

describe.each([
  ['1.x', oldClient],
  ['2.x', newClient],
] as const)('a server of SDK %s', (_, connect) => {
  test('runs a handler only for a permitted call', async () => {
    const { call } = await connect(await createGuardPolicy());
    expect(await call('read', { path: '/work/a' })).toBe('read /work/a');
    expect(await call('read', { path: '/etc/passwd' })).toBe('not permitted: no rule permits it');
    expect(await call('read', { path: '/work/.env' })).toBe(
      'not permitted: /work/.env holds secrets',
    );
    expect(await call('delete', { path: '/work/a' })).toBe('not permitted: no rule permits it');
    expect(handled).toEqual(['read {"path":"/work/a"}']);
  });

  test('lists the tools that could be permitted', async () => {
    const { tools } = await connect(await createGuardPolicy());
    expect([...(await tools())].sort()).toEqual(['find', 'read', 'slow', 'write']);
  });

  test('asks the user of the client for an approval', async () => {
    const { call, asked } = await connect(await createGuardPolicy());
    expect(await call('write', { path: '/work/a' })).toBe('write /work/a');
    expect(asked).toEqual(['writing /work/a needs an approval']);
  });

  test('refuses a call that the user declines', async () => {
    const { call } = await connect(await createGuardPolicy(), false);
    expect(await call('write', { path: '/work/a' })).toBe('not permitted: a person refused it');
    expect(handled).toEqual([]);
  });

  test('lowers an argument, and gives handlers constraints and obligations', async () => {
    const policy = await createGuardPolicy({
      limits: ['depth', 'height'],
      constraints: ['max_rows'],
      obligations: ['notify'],
    });
    const { call } = await connect(policy);
    await call('find', { path: '/work/low', height: 9 });
    expect(handled).toEqual(['find {"path":"/work/low","height":5}']);
    expect(await call('find', { path: '/work/deep', depth: 9 })).toMatch(/^not permitted: /);
    expect(await call('find', { path: '/work/many' })).toBe('find /work/many rows 10');
    expect(await call('find', { path: '/shared/a' })).toBe('find /shared/a owes notify');
    expect(currentPermission()).toBeUndefined();
  });

  test('cuts results where a constraint says', async () => {
    const policy = await createGuardPolicy({
      limits: ['depth', 'height'],
      results: { max_rows: 'result.rows' },
    });
    const { callResult } = await connect(policy);
    const { structuredContent, content } = await callResult('find', { path: '/work/many' });
    const rows = Array.from({ length: 10 }, (_, index) => index);
    expect(structuredContent).toEqual({ rows });
    expect(content).toEqual([{ type: 'text', text: JSON.stringify({ rows }) }]);
  });

  test('refuses constraints and obligations that handlers do not carry out', async () => {
    const { call } = await connect(await createGuardPolicy({ limits: ['depth', 'height'] }));
    expect(await call('find', { path: '/work/many' })).toMatch(/`max_rows`/);
    expect(await call('find', { path: '/shared/a' })).toMatch(/`notify`/);
    expect(handled).toEqual([]);
  });

  test('stops running handlers when the agent is revoked, and refuses later calls', async () => {
    const expires_at = new Date(Date.now() + 60_000).toISOString();
    const subject = { type: 'ai_agent', id: 'laptop', properties: { expires_at } };
    const { call } = await connect(await createGuardPolicy({ subject }));
    const slow = call('slow', { path: '/work/a' });
    await expect.poll(() => handled).toHaveLength(1);
    expect(await call('leave', { why: 'done' })).toBe('not permitted: the agent left its task');
    expect(await slow).toBe('not permitted: stopped while it ran: the agent left its task');
    await expect.poll(() => stopped).toHaveLength(1);
    expect(await call('read', { path: '/work/a' })).toBe('not permitted: the agent left its task');
    expect(handled).toEqual(['slow {"path":"/work/a"}']);
  });

  test('records outcomes, and writes the log', async () => {
    const { call } = await connect(await createGuardPolicy());
    for (let time = 0; time < 2; time += 1) await call('read', { path: '/work/broken' });
    expect(await call('read', { path: '/work/a' })).toBe('not permitted: two reads have failed');
    const lines = readLog();
    expect(new Set(lines.map((line) => line.entry_point))).toEqual(new Set(['middleware']));
    const effects = lines.flatMap((line) => (line.kind === 'decision' ? line.effect : []));
    expect(effects).toEqual(['permit', 'permit', 'deny']);
    expect(lines.filter(({ kind }) => kind === 'event')).toHaveLength(2);
  });

  test.each([true, false])(
    'permits nothing after the policy was closed (used: %s)',
    async (used) => {
      const policy = await createGuardPolicy();
      const { call } = await connect(policy);
      if (used) await call('read', { path: '/work/a' });
      await policy.close();
      handled.length = 0;
      const refused = await call('read', { path: '/work/a' }).catch(
        (error: Error) => error.message,
      );
      expect(refused).toMatch(/not permitted: /);
      expect(handled).toEqual([]);
    },
  );
});

test('a policy without sessions, and without a subject, is not opened', async () => {
  const state = join(folder, 'unused.db');
  const subject = { type: 'ai_agent', id: 'laptop' };
  await expect(openPolicy(new Uint8Array(8), { server: 'fs', state, subject })).rejects.toThrow();
  await expect(openPolicy(module, { server: 'fs', state })).rejects.toThrow(/`subject`/);
});

test('a server is guarded once, before it is connected', async () => {
  const policy = await createGuardPolicy();
  const server = guard(oldServer(), policy);
  expect(() => guard(server, policy)).toThrow('already guarded');
  const connected = oldServer();
  await connected.connect(InMemoryTransport.createLinkedPair()[1]);
  expect(() => guard(connected, policy)).toThrow('already connected');
  await connected.close();
});

describe('callers with tokens', () => {
  const claims = {
    subject: {
      type: 'ai_agent',
      id: '$token.client_id',
      properties: { expires_at: '$timestamp(int(token.exp))' },
    },
  };
  const createToken = (clientId: string, seconds = 60) => ({
    token: 'opaque',
    clientId,
    scopes: ['files'],
    expiresAt: Math.floor(Date.now() / 1_000) + seconds,
  });
  type Token = ReturnType<typeof createToken>;

  /** A client whose requests carry the token that `current` returns. */
  async function oldCaller(policy: GuardPolicy, current: () => Token | undefined) {
    const [clientEnd, serverEnd] = InMemoryTransport.createLinkedPair();
    const send = clientEnd.send.bind(clientEnd);
    clientEnd.send = (message) => {
      const authInfo = current();
      return send(message, authInfo && { authInfo });
    };
    await guard(oldServer(), policy).connect(serverEnd);
    const client = new OldClient({ name: 't', version: '1' });
    await client.connect(clientEnd);
    opened.push(client);
    return client;
  }

  async function newCaller(policy: GuardPolicy, current: () => Token | undefined) {
    const handler = createMcpHandler(() => guard(newServer(), policy));
    const client = new Client(
      { name: 't', version: '1' },
      { versionNegotiation: { mode: 'auto' } },
    );
    const transport = new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), {
      fetch: (url, init) => {
        const authInfo = current();
        return handler.fetch(new Request(url, init), authInfo && { authInfo });
      },
    });
    await client.connect(transport);
    opened.push(client);
    return client;
  }

  const subjects = () =>
    readLog().flatMap((line) =>
      line.kind === 'decision'
        ? (line.request as { subject: { id: string; properties: object } }).subject
        : [],
    );

  test.each([
    ['1.x', oldCaller],
    ['2.x', newCaller],
  ] as const)('are subjects with histories of their own (SDK %s)', async (_, connect) => {
    const policy = await createGuardPolicy({ claims });
    const [one, other] = [
      await connect(policy, () => createToken('one')),
      await connect(policy, () => createToken('other')),
    ];
    const read = async (client: typeof one, path: string) =>
      readText(await client.callTool({ name: 'read', arguments: { path } }));
    for (let time = 0; time < 2; time += 1) await read(one, '/work/broken');
    expect(await read(one, '/work/a')).toBe('not permitted: two reads have failed');
    expect(await read(other, '/work/a')).toBe('read /work/a');
    expect(subjects().map(({ id }) => id)).toEqual(['one', 'one', 'one', 'other']);
  });

  test('keep their history with a new token, whose claims count from then on', async () => {
    let token = createToken('one', 3_600);
    const policy = await createGuardPolicy({ claims });
    const client = await newCaller(policy, () => token);
    const call = async (name: string, path: string) =>
      readText(await client.callTool({ name, arguments: { path } }));
    await call('read', '/work/broken');
    token = createToken('one', -10);
    await call('read', '/work/broken');
    expect(await call('read', '/work/a')).toBe('not permitted: two reads have failed');
    expect(await call('slow', '/work/a')).toBe(
      'not permitted: the credential has expired; two reads have failed',
    );
    const expiries = subjects().map(({ properties }) => properties);
    expect(new Set(expiries.map((each) => JSON.stringify(each))).size).toBe(2);
  });

  test('are stopped when the token of the call expires, and not that of another call', async () => {
    let token = createToken('one', 3_600);
    const policy = await createGuardPolicy({ claims });
    const client = await newCaller(policy, () => token);
    const call = (name: string, path: string) =>
      client.callTool({ name, arguments: { path } }).then(readText);
    const long = call('slow', '/work/long');
    await expect.poll(() => handled).toHaveLength(1);
    token = createToken('one', 2);
    const short = call('slow', '/work/short');
    await expect.poll(() => handled).toHaveLength(2);
    expect(await short).toBe('not permitted: stopped while it ran: the credential has expired');
    expect(stopped).toHaveLength(1);
    expect(await call('leave', '')).toMatch(/invalid arguments/);
    await client.callTool({ name: 'leave', arguments: { why: 'done' } });
    expect(await long).toBe('not permitted: stopped while it ran: the agent left its task');
  });

  test('are refused without a token, and with one of another subject', async () => {
    let token: Token | undefined = createToken('one');
    const policy = await createGuardPolicy({ claims });
    const client = await oldCaller(policy, () => token);
    const read = () => client.callTool({ name: 'read', arguments: { path: '/work/a' } });
    expect(readText(await read())).toBe('read /work/a');
    token = createToken('other');
    await expect(read()).rejects.toThrow('the connection is that of another subject');
    token = undefined;
    await expect(read()).rejects.toThrow('there is no token');
    token = { ...createToken('one'), expiresAt: Number.NaN };
    await expect(read()).rejects.toThrow('not permitted: expression');
    expect(handled).toHaveLength(1);
  });

  test('are subjects of the requests that tools declare', async () => {
    const mapping = {
      evaluation: {
        action: { name: 'fs:read' },
        resource: { type: 'mcp_server', id: 'fs' },
        subject: { type: 'ai_agent', id: '$token.sub' },
        context: { agent: '$token.client_id', path: '$params.arguments.path' },
      },
    };
    const schema = { type: 'object' as const, properties: { path: { type: 'string' } } };
    const server = new RawServer({ name: 'fs', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, async () => ({
      tools: [{ name: 'open', inputSchema: { ...schema, 'x-authzen-mapping': mapping } }],
    }));
    server.setRequestHandler(CallToolRequestSchema, async () => {
      handled.push('open');
      return { content: [{ type: 'text', text: 'opened' }] };
    });
    const source = `
policy test.mapped
subject ai_agent {}
subject identity {}
action "fs:read" {}
action "initialize" {}
resource mcp_server {}
context { time: Timestamp, agent?: String, path?: String }
for ai_agent doing "fs:read" {
  permit inside when context.path under "/work" and context.agent is "one"
}
for identity doing "initialize" {
  permit starts otherwise
}
`;
    const policy = await openPolicy(await compileForGuard(source), {
      server: 'fs',
      state: join(folder, 'mapped.db'),
      coaz: true,
      claims: { subject: { type: 'identity', id: '$token.sub' } },
      onWarning: () => {},
    });
    opened.push(policy);
    const [clientEnd, serverEnd] = InMemoryTransport.createLinkedPair();
    const send = clientEnd.send.bind(clientEnd);
    const authInfo = { ...createToken('one'), extra: { sub: 'alice' } };
    clientEnd.send = (message) => send(message, { authInfo });
    await guard(server, policy).connect(serverEnd);
    const client = new OldClient({ name: 't', version: '1' });
    await client.connect(clientEnd);
    opened.push(client);
    const open = (path?: string) => client.callTool({ name: 'open', arguments: { path } });
    expect(readText(await open('/work/a'))).toBe('opened');
    await expect(open('/etc/a')).rejects.toMatchObject({ code: -32_001 });
    await expect(open()).rejects.toMatchObject({ code: -32_602 });
    await expect(client.listTools()).rejects.toMatchObject({ code: -32_001 });
    expect(handled).toEqual(['open']);
  });

  test('are not identified by a mapping that is not valid', async () => {
    const wrong = { subject: { type: 'ai_agent', id: '$token.client_id +' } };
    await expect(createGuardPolicy({ claims: wrong })).rejects.toThrow('is not valid');
  });
});
