// Three NATS servers and any number of nodes on this machine, for the benchmark of clusters.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const natsServer = path('../../test/service/nats/.venv/bin/nats-server');
const main = path('../../dist/bin/nhipol.js');

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** `serverCount`: 0 for a single process with SQLite. `signals`: the settings of events. */
export async function startMachines({ policy, signals, nodeCount, serverCount }) {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-bench-'));
  const children = [];
  const start = (command, args) => {
    const child = spawn(command, args, { stdio: 'ignore', env: { ...process.env, NO_COLOR: '1' } });
    children.push(child);
    return child;
  };
  const servers = [];
  const routes = await Promise.all(Array.from({ length: serverCount }, freePort));
  for (const [index, route] of routes.entries()) {
    const port = await freePort();
    const file = join(folder, `s${index}.conf`);
    mkdirSync(join(folder, `s${index}`));
    writeFileSync(
      file,
      `server_name: s${index}
listen: "127.0.0.1:${port}"
jetstream { store_dir: "${join(folder, `s${index}`)}", sync_interval: always }
cluster { name: bench, listen: "127.0.0.1:${route}", routes: [${routes.map((each) => `"nats://127.0.0.1:${each}"`).join(', ')}] }
`,
    );
    servers.push({ url: `nats://127.0.0.1:${port}`, child: start(natsServer, ['-c', file]) });
  }
  if (serverCount > 0) await new Promise((resolve) => setTimeout(resolve, 3_000));
  const settings = join(folder, 'signals.json');
  writeFileSync(settings, JSON.stringify(signals));
  const nodes = [];
  for (let index = 0; index < nodeCount; index += 1) {
    const port = await freePort();
    const state =
      serverCount === 0
        ? ['--state', join(folder, 'state.db')]
        : servers.flatMap(({ url }) => ['--cluster', url]);
    const args = [
      'serve',
      policy,
      '--listen',
      `127.0.0.1:${port}`,
      '--console',
      'off',
      ...state,
      '--signals',
      settings,
      '--public-url',
      'https://pdp.example',
    ];
    nodes.push({
      url: `http://127.0.0.1:${port}`,
      child: start(process.execPath, [main, ...args]),
    });
  }
  for (const { url } of nodes) await untilReady(url);
  return {
    nodes,
    servers,
    close: () => {
      for (const child of children) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

export async function untilReady(url, patience = 60_000) {
  const end = performance.now() + patience;
  for (;;) {
    const ready = await fetch(`${url}/readyz`).catch(() => undefined);
    if (ready?.ok) return;
    if (performance.now() > end) throw new Error(`${url} is not ready`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The time of the processor that a process has used, in seconds. */
export function processorTime({ pid }) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The memory of a process, in bytes. */
export function readMemory({ pid }) {
  const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1_024;
}
