// `nhipol serve` as a process: how it starts, what it refuses, and how it follows its policy. Needs `dist/bin/`.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuthority } from '../../support/system/certificates.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { callService, type ServiceProcess, startService } from './service-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'nhipol-serve-'));
const running: ServiceProcess[] = [];
afterAll(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const writePolicy = (id: string) => `policy test.serve version "1.0.0"
subject agent {}
context { time: Timestamp }
for agent doing any on any {
  permit only when subject.id is "${id}"
}
`;
let [one, two]: readonly Uint8Array[] = [];
beforeAll(async () => {
  [one, two] = await Promise.all([
    compileForGuard(writePolicy('one')),
    compileForGuard(writePolicy('two')),
  ]);
});

let states = 0;
async function start(...args: readonly string[]): Promise<ServiceProcess> {
  states += 1;
  const service = await startService([
    ...args,
    '--state',
    join(folder, `${states}.db`),
    '--drain',
    '0',
  ]);
  running.push(service);
  return service;
}

async function decide({ url }: ServiceProcess, id: string): Promise<boolean> {
  const { body } = await callService(url, 'POST', '/access/v1/evaluation', {
    subject: { type: 'agent', id },
    action: { name: 'read' },
    resource: { type: 'file', id: 'f' },
  });
  return body.decision;
}

async function becomes(service: ServiceProcess, id: string): Promise<void> {
  for (let turn = 0; turn < 300; turn += 1) {
    if (await decide(service, id)) return;
    await delay(100);
  }
  throw new Error(`the policy for ${id} was not activated: ${service.messages()}`);
}

async function stop(service: ServiceProcess): Promise<number | string> {
  service.child.kill('SIGTERM');
  return service.ended;
}

const write = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

test('a source is compiled, followed, and kept while it is broken', async () => {
  const path = write('policy.nhipol', writePolicy('one'));
  const service = await start(path);
  expect([await decide(service, 'one'), await decide(service, 'two')]).toEqual([true, false]);
  writeFileSync(path, 'policy broken');
  await delay(500);
  expect(await decide(service, 'one')).toBe(true);
  writeFileSync(path, writePolicy('two'));
  await becomes(service, 'two');
  expect(service.messages()).toContain('the new policy is active');
  expect(await stop(service)).toBe(0);
});

test('a module is followed when another file replaces it', async () => {
  const path = write('one.wasm', one as Uint8Array);
  const service = await start(path);
  expect(await decide(service, 'one')).toBe(true);
  renameSync(write('next.wasm', two as Uint8Array), path);
  await becomes(service, 'two');
  writeFileSync(path, 'not a module');
  await expect.poll(() => service.messages()).toContain('the policy was not activated');
  expect(await decide(service, 'two')).toBe(true);
  expect(await stop(service)).toBe(0);
});

test('a folder has one policy', async () => {
  const inner = join(folder, 'policies');
  mkdirSync(inner);
  await expect(start(inner)).rejects.toThrow('has no policy');
  writeFileSync(join(inner, 'b.wasm'), one as Uint8Array);
  const service = await start(inner);
  expect(await decide(service, 'one')).toBe(true);
  expect(await stop(service)).toBe(0);
  copyFileSync(join(inner, 'b.wasm'), join(inner, 'c.wasm'));
  await expect(start(inner)).rejects.toThrow('has several: b.wasm, c.wasm');
});

test('a URL is read again, and only another version is sent', async () => {
  let current = one as Uint8Array;
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    const tag = current === one ? '"1"' : '"2"';
    const status = request.headers['if-none-match'] === tag ? 304 : 200;
    statuses.push(status);
    response.writeHead(status, { etag: tag });
    response.end(status === 200 ? current : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/policy.wasm`;
  try {
    const service = await start(url, '--poll', '1');
    expect(await decide(service, 'one')).toBe(true);
    while (statuses.length < 3) await delay(50);
    current = two as Uint8Array;
    await becomes(service, 'two');
    expect(statuses.slice(0, 3)).toEqual([200, 304, 304]);
    expect(statuses.filter((status) => status === 200)).toHaveLength(2);
    expect(await stop(service)).toBe(0);
  } finally {
    server.close();
  }
  await expect(start(url)).rejects.toThrow(`cannot read ${url}`);
});

test('a server without tags changes nothing as long as it sends the same version', async () => {
  let current = one as Uint8Array;
  let count = 0;
  const server = createServer((_, response) => {
    count += 1;
    response.end(current);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/policy.wasm`;
  try {
    const service = await start(url, '--poll', '1');
    await expect.poll(() => count).toBeGreaterThan(2);
    expect(service.messages()).not.toContain('the new policy is active');
    current = two as Uint8Array;
    await becomes(service, 'two');
    expect(service.messages().match(/the new policy is active/g)).toHaveLength(1);
    expect(await stop(service)).toBe(0);
  } finally {
    server.close();
  }
});

test('a policy by URL starts with the version that was used last while its server is away', async () => {
  let answer: () => readonly [number, Uint8Array | string] = () => [200, one as Uint8Array];
  const server = createServer((_request, response) => {
    const [status, body] = answer();
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/policy.wasm`;
  const state = ['--state', join(folder, 'kept.db'), '--drain', '0', '--poll', '1'];
  const startAgain = async (...args: readonly string[]) => {
    const service = await startService([url, ...state, ...args]);
    running.push(service);
    return service;
  };
  const readRefused = async ({ url: base }: ServiceProcess) =>
    (await callService(base, 'GET', '/policy')).body.refused;
  try {
    const first = await startAgain();
    expect(await decide(first, 'one')).toBe(true);
    answer = () => [200, 'not a module'];
    await expect.poll(() => readRefused(first), { timeout: 20_000 }).not.toBeNull();
    expect(await decide(first, 'one')).toBe(true);
    answer = () => [200, two as Uint8Array];
    await becomes(first, 'two');
    expect(await readRefused(first)).toBeNull();
    expect(await stop(first)).toBe(0);
    answer = () => [503, ''];
    const second = await startAgain();
    expect(second.messages()).toMatch(/WARNING: cannot read .*: status 503/);
    expect(await decide(second, 'two')).toBe(true);
    await expect.poll(() => readRefused(second), { timeout: 20_000 }).not.toBeNull();
    expect(await stop(second)).toBe(0);
    answer = () => [200, one as Uint8Array];
    const pin = createHash('sha256')
      .update(two as Uint8Array)
      .digest('hex');
    const third = await startAgain('--policy-sha256', pin);
    expect(third.messages()).toContain('and not that of --policy-sha256');
    expect(await decide(third, 'two')).toBe(true);
    expect(await stop(third)).toBe(0);
    await expect(startAgain('--policy-sha256', '0'.repeat(64))).rejects.toThrow('ended with 2');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test.each([
  ['http://policies.example/p.wasm', [], 'expected a URL with https'],
  ['one.wasm', ['--policy-sha256', 'abc'], 'expected 64 hexadecimal digits'],
  ['one.wasm', ['--policy-sha256', '0'.repeat(64)], 'and not that of --policy-sha256'],
  [
    'one.wasm',
    ['--log', 'l.jsonl', '--log-to', 'http://logs.example/', '--log-to-token', 'token'],
    '--log-to with --log-to-token: http://logs.example: expected a URL with https',
  ],
  ['one.wasm', ['--access', 'plain.json'], '$.tokens.jwks: http://idp.example: expected'],
] as const)('%s %j is refused at the start', async (policy, args, message) => {
  write('one.wasm', one as Uint8Array);
  write('token', 'secret');
  const tokens = { issuer: 'https://idp.example', audience: 'a', jwks: 'http://idp.example/k' };
  write('plain.json', JSON.stringify({ tokens }));
  const isFile = (each: string) => /^(one\.wasm|l\.jsonl|token|plain\.json)$/.test(each);
  const inFolder = [policy, ...args].map((each) => (isFile(each) ? join(folder, each) : each));
  const failed = start(...inFolder);
  await expect(failed).rejects.toThrow('ended with 2');
  await expect(failed).rejects.toThrow(message);
});

test('access, entities and policy change together or not at all, also by a signal', async () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const roles = ['evaluate', 'operate'];
  const writeAccess = (...ids: readonly string[]) =>
    JSON.stringify({ keys: ids.map((id) => ({ id, sha256: sha256(id), roles })) });
  const policy = write('r.wasm', one as Uint8Array);
  const access = write('access.json', writeAccess('a', 'b'));
  const entities = write('entities.json', '[]');
  const service = await start(policy, '--access', access, '--entities', entities);
  const as = (id: string) =>
    callService(service.url, 'GET', '/policy', undefined, { 'x-api-key': id });
  const readProblem = async () => (await as('b')).body.refused?.problem;
  const digest = async () => (await as('b')).body.active.digest;
  const before = await digest();
  write('entities.json', '[{}]');
  write('access.json', writeAccess('b'));
  renameSync(write('r2.wasm', two as Uint8Array), policy);
  await expect.poll(readProblem, { timeout: 20_000 }).toContain('has no `type`');
  expect((await as('a')).status).toBe(200);
  expect(await digest()).toBe(before);
  write('entities.json', '[{"type":"t","id":"i"}]');
  service.child.kill('SIGHUP');
  await expect.poll(async () => (await as('a')).status, { timeout: 20_000 }).toBe(401);
  expect(await digest()).not.toBe(before);
  expect(await readProblem()).toBeUndefined();
  expect(await stop(service)).toBe(0);
});

test('the end drains: it is not ready, answers, and ends', async () => {
  const path = write('drain.wasm', one as Uint8Array);
  const service = await startService([path, '--state', join(folder, 'd.db'), '--drain', '4']);
  running.push(service);
  service.child.kill('SIGTERM');
  for (let turn = 0; ; turn += 1) {
    const { status } = await callService(service.url, 'GET', '/readyz');
    if (status === 503) break;
    expect(turn).toBeLessThan(50);
    await delay(10);
  }
  expect(await decide(service, 'one')).toBe(true);
  expect(await service.ended).toBe(0);
});

test('TLS uses a new certificate after SIGHUP', async () => {
  const authority = createAuthority(mkdtempSync(join(folder, 'ca-')));
  const server = authority.issue('server', 'IP:127.0.0.1');
  const path = write('tls.wasm', one as Uint8Array);
  const service = await start(path, '--tls-cert', server.certificate, '--tls-key', server.key);
  expect(service.url).toMatch(/^https:/);
  const serial = () => {
    const { host } = new URL(service.url);
    const shown = execFileSync(
      'openssl',
      ['s_client', '-connect', host, '-CAfile', authority.certificate],
      { input: '', stdio: ['pipe', 'pipe', 'ignore'] },
    );
    return execFileSync('openssl', ['x509', '-noout', '-serial'], { input: shown }).toString();
  };
  const before = serial();
  const renewed = authority.issue('renewed', 'IP:127.0.0.1');
  copyFileSync(renewed.certificate, server.certificate);
  copyFileSync(renewed.key, server.key);
  service.child.kill('SIGHUP');
  await expect.poll(() => service.messages()).toContain('in use as read now');
  expect(serial()).not.toBe(before);
  expect(await stop(service)).toBe(0);
});

test('the log goes to standard output for a collector', async () => {
  const path = write('log.wasm', one as Uint8Array);
  const service = await start(path, '--log', '-');
  let output = '';
  service.child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  await decide(service, 'one');
  for (let turn = 0; turn < 100 && !output.includes('\n'); turn += 1) await delay(20);
  expect(JSON.parse(output.split('\n')[0] ?? '')).toMatchObject({
    kind: 'decision',
    effect: 'permit',
  });
  expect(await stop(service)).toBe(0);
});

const module = () => write('refused.wasm', one as Uint8Array);
test.each([
  [
    'another address without access',
    () => [module(), '--listen', '0.0.0.0:0'],
    'name who may call with --access',
  ],
  [
    'an address without a port',
    () => [module(), '--listen', 'localhost'],
    'expected an address and a port',
  ],
  [
    'half of TLS',
    () => [module(), '--tls-cert', 'x.crt'],
    'TLS needs both --tls-cert and --tls-key',
  ],
  [
    'a policy with errors',
    () => [
      write('bad.nhipol', 'policy p version "1"\nsubject a {}\nfor b { permit x otherwise }\n'),
    ],
    'unknown-subject',
  ],
  ['a file that is not there', () => [join(folder, 'none.wasm')], 'cannot read'],
  ['a module of something else', () => [write('no.wasm', 'text')], 'the policy cannot be used'],
  [
    'access that is not valid',
    () => [module(), '--access', write('access.json', '{"keys":[{}]}')],
    '$.keys[0].sha256: expected a string',
  ],
  [
    'entities that are not valid',
    () => [module(), '--entities', write('entities.json', '[{"type":"user"}]')],
    'entity 1: has no `id`',
  ],
  [
    'facts that are not valid',
    () => [module(), '--facts', write('facts.json', '{"subject":{"id":"$token."}}')],
    'is not valid',
  ],
] as const)('%s is refused with a sentence', async (_, args, message) => {
  await expect(start(...args())).rejects.toThrow(message);
});

test('the log is sent to a collector, and what it does not have is measured', async () => {
  const received: string[] = [];
  let status = 503;
  const collector = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (status === 200) received.push(gunzipSync(Buffer.concat(chunks)).toString());
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/logs`;
  const module = join(folder, 'logged.wasm');
  writeFileSync(module, one as Uint8Array);
  const log = join(folder, 'decisions.jsonl');
  try {
    const args = [module, '--log', log, '--log-to', url, '--log-to-format', 'opa', '--drain', '5'];
    const state = ['--state', join(folder, 'logged.db')];
    const first = await startService([...args, ...state]);
    running.push(first);
    expect(await decide(first, 'one')).toBe(true);
    const metrics = await (await fetch(`${first.url}/metrics`)).text();
    const unsent = /^nhipol_log_unsent_bytes (\d+)$/m.exec(metrics)?.[1];
    expect(Number(unsent)).toBe(statSync(log).size);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(first.messages()).toContain(`cannot send the log to ${url}: it responds with 503`);

    status = 200;
    const second = await startService([...args, ...state]);
    running.push(second);
    expect(await decide(second, 'two')).toBe(false);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    const events = received.flatMap((text) => JSON.parse(text));
    expect(events.map(({ result }) => result.decision)).toEqual([true, false]);
  } finally {
    collector.close();
  }
});

test('a collector needs a log file', async () => {
  const module = join(folder, 'unlogged.wasm');
  writeFileSync(module, one as Uint8Array);
  await expect(start(module, '--log-to', 'http://127.0.0.1:1/logs')).rejects.toThrow(
    'ended with 2: nhipol: --log-to needs --log FILE',
  );
  await expect(
    start(module, '--log', join(folder, 'u.jsonl'), '--log-to', 'collector:9000'),
  ).rejects.toThrow('--log-to: expected a URL of HTTP');
});

test('a URL with a password is never shown', async () => {
  const module = write('secrets.wasm', one as Uint8Array);
  const log = join(folder, 's.jsonl');
  for (const logTo of ['http://user:s3cret@127.0.0.1:1/logs', 'htps://user:s3cret@h', 's3cret:h']) {
    const started = start(module, '--log', log, '--log-to', logTo);
    await expect(started).rejects.toThrow('ended with 2: nhipol: --log-to: expected a URL');
    await expect(started).rejects.not.toThrow('s3cret');
  }
  for (const [policy, shown] of [
    ['http://user:s3cret@127.0.0.1:1/p.wasm', 'cannot read http://127.0.0.1:1/p.wasm: '],
    ['http://127.0.0.1:1/p.wasm?token=s3cret', 'cannot read http://127.0.0.1:1/p.wasm?…: '],
    ['https://s3cret@:0', 'the URL of the policy is invalid'],
  ] as const) {
    const started = start(policy);
    await expect(started).rejects.toThrow(`ended with 2: nhipol: ${shown}`);
    await expect(started).rejects.not.toThrow('s3cret');
  }
});

test('the command line is used before variables, variables before the file, and the file before defaults', async () => {
  const etc = join(folder, 'etc');
  mkdirSync(etc);
  writeFileSync(join(etc, 'policy.wasm'), one as Uint8Array);
  const config = join(etc, 'serve.toml');
  writeFileSync(
    config,
    'policy = "policy.wasm"\nstate = "file.db"\nlog = "file.jsonl"\ncontext = "none"\ndrain = 0\n',
  );
  const service = await startService(['--state', join(folder, 'line.db')], [], {
    NHIPOL_SERVE_CONFIG: config,
    NHIPOL_SERVE_STATE: join(folder, 'variable.db'),
    NHIPOL_SERVE_LOG: join(folder, 'variable.jsonl'),
  });
  running.push(service);
  const { body } = await callService(service.url, 'POST', '/access/v1/evaluation', {
    subject: { type: 'agent', id: 'one' },
    action: { name: 'read' },
    resource: { type: 'file', id: 'f' },
  });
  expect(body).toEqual({ decision: true });
  expect((await fetch(`${service.url}/ui/`)).status).toBe(200);
  expect(await stop(service)).toBe(0);
  const names = [...readdirSync(folder), ...readdirSync(etc)];
  expect(names).toEqual(expect.arrayContaining(['line.db', 'variable.jsonl']));
  expect(names.filter((name) => /^(variable\.db|file\.)/.test(name))).toEqual([]);
});

test('wrong settings end the process with 2, with the line of each', async () => {
  const config = write('wrong.toml', 'drain = 0\nacess = "access.json"\nlisten = 8181\n');
  await expect(startService(['--config', config])).rejects.toThrow(
    `ended with 2: nhipol: ${config}:2: unknown key \`acess\`: did you mean \`access\`?\nnhipol: ${config}:3: \`listen\`: expected a string, found a number\n`,
  );
  await expect(startService([], [], { NHIPOL_SERVE_DRAIN: 'soon' })).rejects.toThrow(
    'ended with 2: nhipol: NHIPOL_SERVE_DRAIN: Expected a whole number of at most nine digits.',
  );
});
