// Measures checks of Envoy over gRPC: the service runs in a process of its own, and clients in others call it as a proxy does.
// Reports the checks per second, the latency, and the processor time of the service per check, which other work on the machine
// disturbs least. With `--opa`, the program of `opa/`, it measures OPA with the same policy and the same requests in turns.
// `--checks` sets the number per client and turn, `--clients` that of clients, `--calls` that of the calls of each at a time.

import { execFileSync, fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    checks: { type: 'string', default: '10000' },
    clients: { type: 'string', default: '1' },
    calls: { type: 'string', default: '16' },
    turns: { type: 'string', default: '3' },
    opa: { type: 'string' },
  },
});
const { opa } = values;
const [checks, clients, calls, turns] = [
  ...[values.checks, values.clients, values.calls, values.turns],
].map(Number);

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const main = path('../../../dist/bin/nhipol.js');
const folder = mkdtempSync(join(tmpdir(), 'nhipol-bench-ext-authz-'));
const module = join(folder, 'policy.wasm');
const compiling = [main, 'compile', path('policy.nhipol'), '--sessions', '-o', module];
execFileSync(process.execPath, compiling, { stdio: 'ignore' });

const nhipol = [
  ...[process.execPath, main, 'serve', module, '--state', join(folder, 'state.db')],
  ...['--listen', '127.0.0.1:0', '--grpc', '127.0.0.1:0'],
  ...['--grpc-mapping', path('mapping.json'), '--drain', '0'],
];
const servers = [
  { name: 'nhipol', command: nhipol },
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

/** The processor time of a process until now, in seconds. */
function processorTime(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The resident memory of a process, in MB. */
function memory(pid) {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(kilobytes) / 1_000);
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
  const before = processorTime(child.pid);
  const start = process.hrtime.bigint();
  const times = await Promise.all(Array.from({ length: clients }, () => client(port, checks)));
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const processor = processorTime(child.pid) - before;
  const sorted = times.flat().sort((one, other) => one - other);
  return {
    perSecond: Math.round(sorted.length / seconds),
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    processor: Math.round((processor / sorted.length) * 1e6),
  };
}

const running = [];
try {
  for (const { name, command } of servers) running.push({ name, ...(await serve(command)) });
  for (const { port } of running) await client(port, 3_000);
  for (let turn = 0; turn < turns; turn += 1) {
    for (const server of running) {
      const { perSecond, p50, p99, processor } = await measure(server);
      console.log(
        `${server.name}: ${perSecond} checks per second, p50 ${p50} µs, p99 ${p99} µs, ${processor} µs of processor time per check, ${memory(server.child.pid)} MB`,
      );
    }
  }
} finally {
  for (const { child } of running) child.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}
