// Measures checks of Envoy over gRPC: the service runs in a process of its own, and clients in others call it as a proxy does.
// Reports the checks per second, the latency, and the processor time of the service per check, which other work on the machine
// disturbs least; the same of `nhipol-envoy`, which it builds with Go, and of a server without a policy; and with `--opa`, the
// program of `opa/`, that of OPA with the same policy. They take turns with the same requests, and each answer is compared with the
// expected one.
// `--checks` sets the number per client and turn, `--clients` that of clients, `--calls` that of the calls of each at a time.

import { execFileSync, fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { usage, writeFigures } from '../figures.mjs';

const { values } = parseArgs({
  options: {
    checks: { type: 'string', default: '10000' },
    clients: { type: 'string', default: '1' },
    calls: { type: 'string', default: '16' },
    turns: { type: 'string', default: '5' },
    opa: { type: 'string' },
  },
});
const { opa } = values;
const [checks, clients, calls, turns] = [
  values.checks,
  values.clients,
  values.calls,
  values.turns,
].map(Number);

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const main = path('../../../dist/bin/nhipol.js');
const folder = mkdtempSync(join(tmpdir(), 'nhipol-bench-ext-authz-'));
const module = join(folder, 'policy.wasm');
const compiling = [main, 'compile', path('policy.nhipol'), '--sessions', '-o', module];
execFileSync(process.execPath, compiling, { stdio: 'ignore' });

const nhipol = [
  process.execPath,
  main,
  'serve',
  module,
  '--state',
  join(folder, 'state.db'),
  '--listen',
  '127.0.0.1:0',
  '--grpc',
  '127.0.0.1:0',
  '--grpc-mapping',
  path('mapping.json'),
  '--drain',
  '0',
];
const goServer = join(folder, 'nhipol-envoy');
execFileSync('go', ['build', '-o', goServer, './cmd/nhipol-envoy'], {
  cwd: path('../../../hosts/go/envoy'),
  stdio: 'inherit',
});
const nhipolEnvoy = [
  goServer,
  '--grpc',
  '127.0.0.1:0',
  '--drain',
  '0',
  '--grpc-mapping',
  path('mapping.json'),
  module,
];
const servers = [
  { name: 'nhipol serve', command: nhipol },
  { name: 'nhipol-envoy', command: nhipolEnvoy },
  { name: 'grpc-js without a policy', command: [process.execPath, path('empty.mjs')] },
  ...(opa === undefined
    ? []
    : [{ name: 'OPA', command: [opa, '127.0.0.1:0', path('policy.rego')] }]),
];

/** Starts a server on one core, and resolves with its process and its port for gRPC. */
async function serve([command, ...args]) {
  const env = { ...process.env, GOMAXPROCS: '1' };
  const pinned = ['-c', '0', command, ...args];
  const child = spawn('taskset', pinned, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /for gRPC, 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port !== undefined) return { child, port };
  }
  throw new Error(`${command} has ended`);
}

/** Resolves with the latencies of all checks of one client, in microseconds. */
function client(port, count) {
  return new Promise((resolve, reject) => {
    const child = fork(path('client.mjs'), [port, String(count), String(calls)]);
    child.once('message', resolve);
    child.once('exit', (code) => code !== 0 && reject(new Error('a client has failed')));
  });
}

const quantile = (sorted, share) => sorted[Math.floor((sorted.length - 1) * share)];

async function measure({ child, port }) {
  const before = usage(child);
  const start = process.hrtime.bigint();
  const times = await Promise.all(Array.from({ length: clients }, () => client(port, checks)));
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const after = usage(child);
  const sorted = times.flat().sort((one, other) => one - other);
  return {
    throughput: sorted.length / seconds,
    p50: quantile(sorted, 0.5) / 1_000,
    p99: quantile(sorted, 0.99) / 1_000,
    processor: (after.time - before.time) / sorted.length,
    memory: after.memory,
  };
}

const results = new Map(servers.map(({ name }) => [name, []]));
const running = [];
try {
  for (const { name, command } of servers) running.push({ name, ...(await serve(command)) });
  for (const { port } of running) await client(port, 3_000);
  for (let turn = 0; turn < turns; turn += 1) {
    for (const server of running) {
      results.get(server.name).push(await measure(server));
      process.stderr.write(`turn ${turn + 1}: ${server.name}\n`);
    }
  }
} finally {
  // They write to the folder until they have ended.
  const ended = running.map(({ child }) => new Promise((resolve) => child.once('exit', resolve)));
  for (const { child } of running) child.kill('SIGTERM');
  await Promise.all(ended);
  rmSync(folder, { recursive: true, force: true });
}

writeFigures(
  path('.'),
  results,
  [
    ['checks/s', 'throughput', 0],
    ['p50 ms', 'p50', 2],
    ['p99 ms', 'p99', 2],
    ['processor µs/check', 'processor', 1],
    ['memory MiB', 'memory', 0],
  ],
  `${turns} turns of ${checks} checks by each of ${clients} clients, ${calls} at a time`,
);
