// Measures the service over HTTP next to other decision points, with the same policy and requests: throughput, latency,
// processor time for each request, and memory. Each server has one core and the load generator another; they take
// turns, and all of them are first checked to give the same decisions. OPA is measured if `$OPA` is its path
// (`go install github.com/open-policy-agent/opa@v1.22.3`), Cerbos if `$CERBOS` is.
//
// `--connections`, `--seconds` and `--turns` change the load.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { decide, generate } from '../workloads/p1.mjs';
import { createRandom } from '../workloads/random.mjs';
import { cerbosPeer } from './cerbos.mjs';
import { usage, writeFigures } from './figures.mjs';

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '32' },
    seconds: { type: 'string', default: '5' },
    turns: { type: 'string', default: '5' },
  },
});
const [connections, seconds, turns] = [values.connections, values.seconds, values.turns].map(
  Number,
);

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const main = at('../../dist/bin/nhipol.js');
const folder = mkdtempSync(join(tmpdir(), 'nhipol-bench-service-'));
const module = join(folder, 'p1.wasm');
execFileSync(
  process.execPath,
  [main, 'compile', at('../policies/p1.nhipol'), '--sessions', '--possible', '-o', module],
  { stdio: 'ignore' },
);

const random = createRandom(7);
const requests = Array.from({ length: 500 }, () => generate(random).request);

function nhipol(name, port, args) {
  return {
    name,
    command: [
      process.execPath,
      main,
      'serve',
      module,
      '--state',
      join(folder, `${port}.db`),
      ...args,
    ],
    options: ['--listen', `127.0.0.1:${port}`, '--drain', '0'],
    ready: `http://127.0.0.1:${port}/readyz`,
    url: `http://127.0.0.1:${port}/access/v1/evaluation`,
    body: (request) => JSON.stringify(request),
    decision: ({ decision }) => decision,
  };
}

const servers = [
  nhipol('nhipol', 8301, []),
  nhipol('nhipol with its log', 8302, ['--log', join(folder, 'log.jsonl')]),
  ...(process.env.OPA === undefined
    ? []
    : [
        {
          name: 'OPA',
          command: [
            'env',
            'GOMAXPROCS=1',
            process.env.OPA,
            'run',
            '--server',
            '--log-level',
            'error',
          ],
          options: ['--addr', '127.0.0.1:8303', at('../opa/policy.rego')],
          ready: 'http://127.0.0.1:8303/health',
          url: 'http://127.0.0.1:8303/v1/data/bench/p1',
          body: (request) => JSON.stringify({ input: request }),
          decision: ({ result }) => result,
        },
      ]),
  ...(process.env.CERBOS === undefined ? [] : [cerbosPeer(process.env.CERBOS, folder, 8304)]),
];

async function start({ name, command, options, ready }) {
  const child = spawn('taskset', ['-c', '0', ...command, ...options], { stdio: 'ignore' });
  for (let turn = 0; turn < 300; turn += 1) {
    const isReady = await fetch(ready).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return child;
    await delay(100);
  }
  throw new Error(`${name} does not start`);
}

async function check({ name, url, body, decision }) {
  let permits = 0;
  for (const request of requests) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: body(request),
    });
    const given = decision(await response.json());
    if (given !== decide(request))
      throw new Error(`${name} gives another decision: ${body(request)}`);
    permits += given ? 1 : 0;
  }
  return permits;
}

async function load({ url, body }, child, duration) {
  const before = usage(child);
  const result = await autocannon({
    url,
    connections,
    duration,
    requests: requests.map((request) => ({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: body(request),
    })),
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${url}: failed requests`);
  const after = usage(child);
  return {
    throughput: result.requests.total / duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    processor: (after.time - before.time) / result.requests.total,
    memory: after.memory,
  };
}

const results = new Map(servers.map(({ name }) => [name, []]));
let permits;
for (let turn = 0; turn < turns; turn += 1) {
  for (const server of servers) {
    const child = await start(server);
    permits = await check(server);
    await load(server, child, 2);
    results.get(server.name).push(await load(server, child, seconds));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    process.stderr.write(`turn ${turn + 1}: ${server.name}\n`);
  }
}
rmSync(folder, { recursive: true, force: true });

writeFigures(
  at('.'),
  results,
  [
    ['requests/s', 'throughput', 0],
    ['p50 ms', 'p50', 1],
    ['p99 ms', 'p99', 1],
    ['processor µs/request', 'processor', 1],
    ['memory MiB', 'memory', 0],
  ],
  `${connections} connections, ${turns} turns of ${seconds} s, ${permits} of ${requests.length} requests permitted by each server`,
);
