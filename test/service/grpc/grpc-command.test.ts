// `nhipol serve --grpc` in its own process, with the policy and the mapping of docs/envoy.md, and the mistakes in its options.
// Needs `dist/bin/`.

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { Folder } from '../../support/system/run-cli.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { findBlock, freePort } from './envoy-harness.ts';
import { callService, createMetadata } from './grpc-harness.ts';

const main = fileURLToPath(new URL('../../../dist/bin/nhipol.js', import.meta.url));

const folders: Folder[] = [];
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const each of folders.splice(0)) each[Symbol.dispose]();
});

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(findBlock('nhipol', 'policy acme.api'));
});

function pageFolder(): Folder {
  const folder = new Folder({
    'policy.wasm': module,
    'mapping.json': findBlock('json', 'token.scope'),
    'broken.json': '{',
    'access.json': JSON.stringify({ keys: [] }),
  });
  folders.push(folder);
  return folder;
}

interface Served {
  readonly child: ChildProcess;
  /** Both outputs. */
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

function serve(folder: Folder, ...options: readonly string[]): Served {
  const args = [main, 'serve', 'policy.wasm', '--listen', '127.0.0.1:0', ...options];
  const child = spawn(process.execPath, args, { cwd: folder.path, stdio: 'pipe' });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, output: () => output, ended };
}

test('answers Envoy, and ends when it is stopped', async () => {
  const port = await freePort();
  const { child, output, ended } = serve(
    pageFolder(),
    '--grpc',
    `127.0.0.1:${port}`,
    '--grpc-mapping',
    'mapping.json',
    '--drain',
    '0',
  );
  await expect.poll(output, { timeout: 30_000 }).toContain(`for gRPC, 127.0.0.1:${port}`);
  expect(await callService(port, 'health', {}, {})).toEqual({ response: { status: 1 } });
  const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(output()) ?? [];
  const opened = await fetch(`${url}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: 's1', subject: { type: 'identity', id: 'alice' } }),
  });
  expect(opened.status).toBe(201);
  const check = async (path: string) => {
    const payload = { sub: 'alice', sid: 's1', scope: 'customers.read' };
    const attributes = {
      request: { http: { method: 'GET', path } },
      ...createMetadata({ 'envoy.filters.http.jwt_authn': { payload } }),
    };
    const { response } = await callService(port, 'check', { attributes }, {});
    return (response as { readonly status: { readonly code?: number } }).status.code ?? 0;
  };
  expect([await check('/customers/1'), await check('/admin')]).toEqual([0, 7]);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(output()).toContain('ending');
});

test.each([
  [['--grpc', '0.0.0.0:1'], '--grpc 0.0.0.0 can be reached from other machines'],
  [['--grpc', 'here'], '--grpc here: expected an address and a port'],
  [['--grpc-mapping', 'mapping.json'], '--grpc-mapping needs --grpc, an address'],
  [
    ['--grpc', '127.0.0.1:0', '--grpc-mapping', 'access.json'],
    'access.json: $: unknown member `keys`',
  ],
  [['--grpc', '127.0.0.1:0', '--grpc-mapping', 'broken.json'], 'broken.json: '],
])('%j is refused', async (options, message) => {
  const { output, ended } = serve(pageFolder(), ...options);
  expect(await ended).toBe(2);
  expect(output()).toMatch(message);
});

test('an address that is in use is refused', async () => {
  const port = await freePort();
  const options = ['--grpc', `127.0.0.1:${port}`, '--drain', '0'];
  const first = serve(pageFolder(), ...options);
  await expect.poll(first.output, { timeout: 30_000 }).toContain('listening');
  const second = serve(pageFolder(), ...options);
  expect(await second.ended).toBe(2);
  expect(second.output()).toMatch(
    new RegExp(`(^|\n)nhipol: cannot listen on 127.0.0.1:${port}: listen EADDRINUSE`),
  );
});
