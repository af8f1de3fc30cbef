// The same program with the client in Node, Deno, Bun and workerd: it evaluates, fails closed, and learns of a revocation.
// A runtime that `npm ci --prefix hosts/edge` has not installed is skipped.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { findBinary, type Runtime } from '../../../hosts/edge/binaries.mjs';
import { Folder } from '../../support/system/run-cli.ts';
import { bundle } from './client-bundle.ts';
import { compileShop, type Running, runService, shopRequest } from './client-harness.ts';

const run = promisify(execFile);
const workerPort = 18_937;
let running: Running;
const folder = new Folder();
const children: ChildProcess[] = [];

beforeAll(async () => {
  running = await runService(await compileShop());
  const { code } = await bundle('service/client/index.ts');
  const files = {
    'client.mjs': code,
    'program.mjs': program(running.service.url),
    'main.mjs': `import { program } from './program.mjs'; console.log(JSON.stringify(await program()));`,
    'worker.mjs': `import { program } from './program.mjs';
      export default { fetch: async () => Response.json(await program()) };`,
    'config.capnp': workerConfig,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, name), text);
});
afterAll(async () => {
  for (const child of children) child.kill();
  await running?.end();
  folder[Symbol.dispose]();
});

function program(url: string): string {
  return `
    import { RevokedError, ServiceClient } from './client.mjs';
    export async function program() {
      const client = new ServiceClient({ url: '${url}' });
      const request = ${JSON.stringify(shopRequest('read'))};
      const { context } = await client.evaluate(request);
      const denied = await new ServiceClient({ url: 'http://127.0.0.1:9' }).evaluate(request);
      const { session } = await client.open(request);
      const watch = session.watch();
      await watch.ready;
      const aborted = new Promise((resolve) => watch.signal.addEventListener('abort', resolve));
      await session.signal('session-revoked');
      await aborted;
      client.close();
      const { reason } = watch.signal;
      return [context.effect, denied.context.reasons[0], reason instanceof RevokedError, reason.message];
    }`;
}

const workerConfig = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .client),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${workerPort}", http = (), service = "main")],
);
const client :Workerd.Worker = (
  modules = [
    (name = "worker.mjs", esModule = embed "worker.mjs"),
    (name = "program.mjs", esModule = embed "program.mjs"),
    (name = "client.mjs", esModule = embed "client.mjs"),
  ],
  compatibilityDate = "2026-01-01",
);`;

const expected = ['permit', 'unreachable', true, 'the session was ended'];

function findInstalled(runtime: Runtime): string | undefined {
  try {
    return findBinary(runtime);
  } catch {
    return undefined;
  }
}

describe.each([
  ['Node', process.execPath, []],
  ['Deno', findInstalled('deno'), ['run', '--allow-net']],
  ['Bun', findInstalled('bun'), ['run']],
] as const)('%s', (_, binary, args) => {
  test.runIf(binary !== undefined)('runs the program', async () => {
    const given = [...args, join(folder.path, 'main.mjs')];
    const { stdout } = await run(binary ?? '', given, { timeout: 50_000 });
    expect(JSON.parse(stdout)).toEqual(expected);
  });
});

const workerd = findInstalled('workerd');
test.runIf(workerd !== undefined)('workerd runs the program', async () => {
  const args = ['serve', join(folder.path, 'config.capnp')];
  children.push(spawn(workerd ?? '', args, { stdio: 'ignore' }));
  const response = await vi.waitFor(() => fetch(`http://127.0.0.1:${workerPort}/`), {
    timeout: 30_000,
  });
  expect(await response.json()).toEqual(expected);
});
