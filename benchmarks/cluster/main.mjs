// Measures a cluster: decisions and signals per second with one and three nodes and through a node that owns none of the
// sessions, the memory of sessions, and the time until another node answers. Prints Markdown; `--sessions N`,
// `--seconds N`.

import { spawnSync } from 'node:child_process';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connect } from '@nats-io/transport-node';
import { partitionOf } from '../../service/dist/cluster/calls/identity.js';
import { memoryOf, processorTime, startMachines } from './machines.mjs';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '8' },
  },
});
const sessionCount = Number(values.sessions);
const seconds = Number(values.seconds);
/** The number of requests at a time. */
const concurrency = 32;
const partitions = 16;

const policy = join(tmpdir(), `nhipol-bench-cluster-${process.pid}.wasm`);
const main = fileURLToPath(new URL('../../dist/bin/nhipol.js', import.meta.url));
const source = fileURLToPath(new URL('policy.nhipol', import.meta.url));
const compiled = spawnSync(process.execPath, [main, 'compile', source, '--sessions', '-o', policy]);
if (compiled.status !== 0) throw new Error(`${compiled.stdout}${compiled.stderr}`);

const ids = Array.from({ length: sessionCount }, (_, index) => `s${index}`);
const decision = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };

async function call(url, path, body) {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** Runs work for a time, several at once, and returns the rate and the latencies. */
async function loaded(work, duration = seconds * 1_000) {
  const latencies = [];
  const started = performance.now();
  let next = 0;
  const worker = async () => {
    while (performance.now() - started < duration) {
      const before = performance.now();
      await work(next++);
      latencies.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  latencies.sort((one, other) => one - other);
  const at = (share) => latencies[Math.floor(latencies.length * share)] ?? 0;
  const rate = latencies.length / ((performance.now() - started) / 1_000);
  return { count: latencies.length, rate, p50: at(0.5), p99: at(0.99) };
}

/** Opens all sessions, several at once. */
async function openAll({ nodes }) {
  let next = 0;
  const worker = async () => {
    while (next < ids.length) {
      const id = ids[next++];
      const subject = { type: 'ai_agent', id: `agent ${id}` };
      await call(nodes[next % nodes.length].url, '/sessions', {
        id,
        subject,
        context: { ok: true },
      });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

function row(name, { rate, p50, p99, count }, machines, before) {
  const used = (children, earlier) =>
    children.reduce((sum, child, index) => sum + processorTime(child) - (earlier[index] ?? 0), 0);
  const per = (time) => `${((time / count) * 1_000_000).toFixed(0)} µs`;
  const nodes = used(
    machines.nodes.map(({ child }) => child),
    before.nodes,
  );
  const servers = used(
    machines.servers.map(({ child }) => child),
    before.servers,
  );
  console.log(
    `| ${name} | ${rate.toFixed(0)} | ${p50.toFixed(1)} ms | ${p99.toFixed(1)} ms | ${per(nodes)} | ${per(servers)} |`,
  );
}

const usedBy = ({ nodes, servers }) => ({
  nodes: nodes.map(({ child }) => processorTime(child)),
  servers: servers.map(({ child }) => processorTime(child)),
});

async function measured(name, machines, work) {
  const before = usedBy(machines);
  row(name, await loaded(work), machines, before);
}

/** The owner of each partition, as the nodes report it. */
async function ownersOf({ servers }) {
  const connection = await connect({ servers: servers.map(({ url }) => url) });
  const owners = new Map();
  const heard = connection.subscribe('nhipol.default.heartbeat', {
    callback: (_error, message) => {
      const { node, partitions: owned } = message.json();
      for (const index of Object.keys(owned)) owners.set(Number(index), node);
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  heard.unsubscribe();
  await connection.close();
  return owners;
}

const any = (nodes, index) => nodes[index % nodes.length].url;
const decideAt = (url, id) => call(url, `/sessions/${id}/decide`, decision);
const signalAt = (url, id) => call(url, `/sessions/${id}/signals`, { signal: 'seen' });
const idAt = (index) => ids[(index * 7) % ids.length];

console.log(
  `${cpus().length} cores (${cpus()[0].model}), Node.js ${process.version}; load average at the start ${loadavg()[0].toFixed(1)}. ${sessionCount} sessions, ${concurrency} requests at a time, ${seconds} s each.\n`,
);
console.log('| | per second | p50 | p99 | processor of nodes, per request | of NATS |');
console.log('|---|---|---|---|---|---|');

const setups = [
  { name: 'one process, SQLite', nodeCount: 1, serverCount: 0 },
  { name: 'one node', nodeCount: 1, serverCount: 3 },
  { name: 'three nodes', nodeCount: 3, serverCount: 3 },
];
const notes = [];
for (const setup of setups) {
  const machines = await startMachines({ ...setup, policy });
  try {
    const { nodes } = machines;
    const empty = nodes.reduce((sum, { child }) => sum + memoryOf(child), 0);
    const before = performance.now();
    await openAll(machines);
    const opening = (ids.length / ((performance.now() - before) / 1_000)).toFixed(0);
    const memory = nodes.reduce((sum, { child }) => sum + memoryOf(child), 0) - empty;
    const each = (memory / ids.length / 1_024).toFixed(1);
    notes.push(
      `${setup.name}: ${opening} sessions opened per second, ${each} KB of memory for each.`,
    );
    await measured(`decisions, ${setup.name}`, machines, (index) =>
      decideAt(any(nodes, index), idAt(index)),
    );
    await measured(`signals, ${setup.name}`, machines, (index) =>
      signalAt(any(nodes, index), idAt(index)),
    );
    if (setup.nodeCount === 3) await measureOwnership(machines);
  } finally {
    machines.close();
  }
}
console.log(`\n${notes.map((note) => `- ${note}`).join('\n')}`);

/** Compares a node with owned and other sessions, and then kills one. */
async function measureOwnership(machines) {
  const [first, second] = machines.nodes;
  const owners = await ownersOf(machines);
  const counted = new Map();
  const ownerOf = (id) => owners.get(partitionOf(JSON.stringify(`agent ${id}`), partitions));
  for (const id of ids) counted.set(ownerOf(id), (counted.get(ownerOf(id)) ?? 0) + 1);
  // Which of the nodes answers for itself is seen from latencies: the first one owns what it answers fastest.
  const samples = [];
  for (const node of counted.keys()) {
    const own = ids.filter((id) => ownerOf(id) === node).slice(0, 60);
    const started = performance.now();
    for (const id of own) await decideAt(first.url, id);
    samples.push([(performance.now() - started) / own.length, node]);
  }
  samples.sort(([one], [other]) => one - other);
  const own = ids.filter((id) => ownerOf(id) === samples[0][1]);
  const others = ids.filter((id) => ownerOf(id) !== samples[0][1]);
  await measured('decisions at their owner', machines, (index) =>
    decideAt(first.url, own[index % own.length]),
  );
  await measured('decisions through another node', machines, (index) =>
    decideAt(first.url, others[index % others.length]),
  );
  const killed = performance.now();
  first.child.kill('SIGKILL');
  let longest = 0;
  await Promise.all(
    own.slice(0, 50).map(async (id) => {
      while (!(await decideAt(second.url, id)).decision) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      longest = Math.max(longest, performance.now() - killed);
    }),
  );
  notes.push(
    `A node with ${own.length} sessions was killed: all were decided at another one after ${(longest / 1_000).toFixed(1)} s, with a lease of 3 s.`,
  );
}
