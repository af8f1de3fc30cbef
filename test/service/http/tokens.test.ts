// Clients of a guard over HTTP that are identified by their tokens: with an issuer whose keys are read from a server.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createTokenVerifier,
  Guard,
  type HttpGuard,
  type LogEntry,
  listenHttp,
  type TokenOptions,
  type TokenVerifier,
} from '@nhipol/service';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { noAbilities } from '../../../service/engine/abilities.ts';
import { Folder } from '../../support/system/run-cli.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { files, temporaryStore } from '../relay/relay-harness.ts';

const policy = `
policy test.tokens
record Path { path: String }
subject ai_agent { scopes: List<String>, expires_at: Timestamp }
action "fs:read" { arguments: Path }
resource mcp_server {}
context { time: Timestamp, tenant?: String, approvals?: List<String> }
for ai_agent doing "fs:read" {
  permit reads when "files" in subject.scopes and context.tenant is "acme"
  permit forged when "x" in context.approvals
}
`;

const issuer = 'https://auth.example.com';
const audience = 'https://mcp.example.com';
const algorithm = 'ES256';

let module: Uint8Array;
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let other: Awaited<ReturnType<typeof generateKeyPair>>;
let server: Server;
let base: string;
/** The authorization of each request that reached the server. */
const authorizations: (string | undefined)[] = [];

beforeAll(async () => {
  module = await compileForGuard(policy);
  keys = await generateKeyPair(algorithm);
  other = await generateKeyPair(algorithm);
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: algorithm };
  server = createServer(async (request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/jwks') {
      response.end(JSON.stringify({ keys: [jwk] }));
      return;
    }
    if (request.method !== 'POST') {
      response.writeHead(404).end();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    authorizations.push(request.headers.authorization);
    const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString());
    if (method === 'initialize') response.setHeader('mcp-session-id', 'session-1');
    const content = [{ type: 'text', text: `read ${params?.arguments?.path}` }];
    const result = method === 'tools/list' ? { tools: files } : { content };
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const opened: { readonly guard: Guard; readonly http: HttpGuard }[] = [];
afterEach(async () => {
  authorizations.length = 0;
  for (const { guard, http } of opened.splice(0)) {
    await http.close();
    await guard.close();
  }
});

interface Started {
  readonly url: string;
  readonly logged: readonly LogEntry[];
  readonly verifier: TokenVerifier;
}

async function startGuard(changed: Partial<TokenOptions> = {}): Promise<Started> {
  const logged: LogEntry[] = [];
  const options: TokenOptions = {
    issuer,
    audience,
    jwks: new URL(`${base}/jwks`),
    algorithms: [algorithm],
    subject: {
      type: 'ai_agent',
      id: '$token.client_id',
      properties: {
        scopes: "$token.scope.split(' ')",
        expires_at: '$timestamp(int(token.exp))',
      },
    },
    context: { tenant: '$token.?tenant', time: '2000-01-01T00:00:00Z', approvals: ['x'] },
    ...changed,
  };
  const guard = await Guard.open({
    module,
    abilities: noAbilities,
    store: temporaryStore().store,
    log: { append: (entry) => `${logged.push(entry)}`, close: async () => {} },
    mode: 'enforce',
    facts: undefined,
    server: 'fs',
    session: undefined,
    pins: undefined,
    ask: 'never',
    askTimeout: 1_000,
    refusal: 'result',
    onRevoked: () => {},
    onWarning: () => {},
  });
  const verifier = createTokenVerifier(options, {});
  const http = await listenHttp({
    guard,
    upstream: new URL(`${base}/mcp`),
    host: '127.0.0.1',
    port: 0,
    token: undefined,
    verifier,
    isTokenForwarded: options.isForwarded,
    maxMessageBytes: 100_000,
    onWarning: () => {},
  });
  opened.push({ guard, http });
  return { url: http.url, logged, verifier };
}

interface TokenParts {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly key?: CryptoKey | Uint8Array;
  readonly alg?: string;
  readonly audience?: string;
  readonly issuer?: string;
  readonly expiry?: number | undefined;
}

function signToken(parts: TokenParts = {}): Promise<string> {
  const claims = { client_id: 'one', scope: 'files mail', tenant: 'acme', ...parts.claims };
  const token = new SignJWT(claims)
    .setProtectedHeader({ alg: parts.alg ?? algorithm, kid: 'one', typ: 'at+jwt' })
    .setIssuer(parts.issuer ?? issuer)
    .setAudience(parts.audience ?? audience);
  const expiry = 'expiry' in parts ? parts.expiry : Math.floor(Date.now() / 1_000) + 60;
  if (expiry !== undefined) token.setExpirationTime(expiry);
  return token.sign(parts.key ?? keys.privateKey);
}

function post(url: string, token: string | undefined, message: object, headers: object = {}) {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }),
  });
}

const read = {
  method: 'tools/call',
  params: {
    name: 'read',
    arguments: { path: '/a' },
    _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' },
  },
};
const stated = {
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': 'read',
};

async function readText(response: Response): Promise<string> {
  return (await response.json()).result.content[0].text;
}

test('decides by the claims of the token, which the server does not get', async () => {
  const { url, logged } = await startGuard();
  expect(await readText(await post(url, await signToken(), read, stated))).toBe('read /a');
  const mail = await signToken({ claims: { scope: 'mail' } });
  expect(await readText(await post(url, mail, read, stated))).toBe(
    'not permitted: no rule permits it',
  );
  const elsewhere = await signToken({ claims: { client_id: 'two', tenant: 'other' } });
  expect(await readText(await post(url, elsewhere, read, stated))).toMatch(/^not permitted/);
  expect(new Set(authorizations)).toEqual(new Set([undefined]));
  const subjects = logged.flatMap((entry) =>
    entry.kind === 'opened' ? (entry.request as { subject: { id: string } }).subject.id : [],
  );
  expect(subjects).toEqual(['one', 'two']);
});

test('the facts of a client last as long as its token', async () => {
  const { verifier } = await startGuard();
  const expiry = Math.floor(Date.now() / 1_000) + 60;
  const facts = await verifier(`Bearer ${await signToken({ expiry })}`);
  expect(facts).toMatchObject({ validUntil: expiry * 1_000 });
});

test('passes the token on if it is declared', async () => {
  const { url } = await startGuard({ isForwarded: true });
  const token = await signToken();
  await post(url, token, read, stated);
  expect(new Set(authorizations)).toEqual(new Set([`Bearer ${token}`]));
});

test('members that only the guard sets are those of the guard', async () => {
  const { url, logged } = await startGuard();
  expect(await readText(await post(url, await signToken(), read, stated))).toBe('read /a');
  const decision = logged.find(({ kind }) => kind === 'decision') as { request: object };
  expect((decision.request as { context: object }).context).toEqual({ tenant: 'acme' });
});

test.each<[string, () => TokenParts]>([
  ['another issuer', () => ({ issuer: 'https://evil.example.com' })],
  ['another audience', () => ({ audience: 'https://other.example.com' })],
  ['an expiry in the past', () => ({ expiry: Math.floor(Date.now() / 1_000) - 10 })],
  ['no expiry', () => ({ expiry: undefined })],
  ['another key', () => ({ key: other.privateKey })],
  ['a shared secret', () => ({ key: new Uint8Array(32), alg: 'HS256' })],
  ['no client', () => ({ claims: { client_id: undefined } })],
  ['claims of another type', () => ({ claims: { scope: 5 } })],
])('refuses a token with %s', async (_, parts) => {
  const { url } = await startGuard();
  const response = await post(url, await signToken(parts()), read, stated);
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  expect(authorizations).toEqual([]);
});

test.each([
  ['no token', undefined],
  ['a token that is none', 'secret'],
  ['a token without a signature', 'eyJhbGciOiJub25lIn0.eyJjbGllbnRfaWQiOiJvbmUifQ.'],
])('refuses %s', async (_, token) => {
  const { url } = await startGuard();
  expect((await post(url, token, read, stated)).status).toBe(401);
  expect(authorizations).toEqual([]);
});

test('permits nothing while the keys cannot be read', async () => {
  const { url } = await startGuard({ jwks: new URL('http://127.0.0.1:9/jwks') });
  expect((await post(url, await signToken(), read, stated)).status).toBe(503);
  const missing = await startGuard({ jwks: new URL(`${base}/mcp`) });
  expect((await post(missing.url, await signToken(), read, stated)).status).toBe(503);
});

test('a session belongs to the subject that opened it', async () => {
  const { url } = await startGuard();
  const params = { protocolVersion: '2025-11-25', capabilities: {} };
  const opening = await post(url, await signToken(), { method: 'initialize', params });
  const session = { 'mcp-session-id': opening.headers.get('mcp-session-id') ?? '' };
  expect(session['mcp-session-id']).toBe('session-1');
  const call = { method: 'tools/call', params: { name: 'read', arguments: { path: '/a' } } };
  expect(await readText(await post(url, await signToken(), call, session))).toBe('read /a');
  const two = await signToken({ claims: { client_id: 'two' } });
  expect((await post(url, two, call, session)).status).toBe(403);
  const headers = { ...session, authorization: `Bearer ${two}` };
  expect((await fetch(url, { method: 'DELETE', headers })).status).toBe(403);
  expect((await fetch(url, { headers })).status).toBe(403);
});

test.each([
  ['[]', 'expected an object'],
  ['{"issuer":1}', '`issuer` must be a string'],
  [
    JSON.stringify({ issuer, audience, jwks: 'https://a/jwks', algorithms: ['HS256'] }),
    '`algorithms` must be a list of RS256',
  ],
  [JSON.stringify({ issuer, audience, jwks: 'file:///jwks' }), '`jwks` must be'],
  ['{"secret":"x"}', 'unknown member `secret`'],
  [
    JSON.stringify({
      issuer,
      audience,
      jwks: 'https://a/jwks',
      algorithms: ['ES256'],
      subject: { type: 'ai_agent', id: '$token.' },
    }),
    'expression `token.` is not valid',
  ],
])('the command refuses a mapping such as %s', async (text, problem) => {
  using folder = new Folder({ 'claims.json': text, 'guard.nhipol': policy });
  const args = ['guard', '--upstream', 'http://127.0.0.1:9/mcp', '--token-claims', 'claims.json'];
  const { code, err } = await folder.run(args, { inside: true });
  expect(err).toContain(problem);
  expect(code).toBe(2);
});
