// Measures a cluster: decisions, signals and security events per second with one and three nodes and through a node that owns
// none of the sessions, the time from an event to the end of the last of its sessions, the memory of sessions, and the time until
// another node answers. Prints Markdown; `--sessions N`, `--seconds N`, `--affected N`, `--rounds N`.

import { spawnSync } from 'node:child_process';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { deliver, ofIdentity, ofTenant, settings, sign, Workload } from './events.mjs';
import { call, concurrency, forEach, measure, tableHead } from './load.mjs';
import { processorTime, readMemory, startMachines } from './machines.mjs';
import { findPartitionByIdentity, readOwners } from './owners.mjs';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '6' },
    affected: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
  },
});
const [sessionCount, seconds, affected, rounds] = [
  values.sessions,
  values.seconds,
  values.affected,
  values.rounds,
].map(Number);

const policy = join(tmpdir(), `nhipol-bench-cluster-${process.pid}.wasm`);
const main = fileURLToPath(new URL('../../dist/bin/nhipol.js', import.meta.url));
const source = fileURLToPath(new URL('policy.nhipol', import.meta.url));
const compiled = spawnSync(process.execPath, [main, 'compile', source, '--sessions', '-o', policy]);
if (compiled.status !== 0) throw new Error(`${compiled.stdout}${compiled.stderr}`);

const ids = Array.from({ length: sessionCount }, (_, index) => `s${index}`);
const decision = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
const any = (nodes, index) => nodes[index % nodes.length].url;
const sendDecide = (url, id) => call(url, `/sessions/${id}/decide`, decision);
const sendSignal = (url, id) => call(url, `/sessions/${id}/signals`, { signal: 'seen' });
const pickId = (index) => ids[(index * 7) % ids.length];
const notes = [];

async function open(url, { id, identity = `agent ${id}`, tenant = 'none' }) {
  const subject = { type: 'ai_agent', id: identity };
  await call(url, '/sessions', { id, subject, context: { ok: true, tenant } });
}

console.log(
  `${cpus().length} cores (${cpus()[0].model}), Node.js ${process.version}; load average at the start ${loadavg()[0].toFixed(1)}. ${sessionCount} sessions, ${concurrency} requests at a time, ${seconds} s each.\n`,
);
console.log(tableHead);
const setups = [
  { name: 'one process, SQLite', nodeCount: 1, serverCount: 0 },
  { name: 'one node', nodeCount: 1, serverCount: 3 },
  { name: 'three nodes', nodeCount: 3, serverCount: 3 },
];
for (const setup of setups) {
  const machines = await startMachines({ ...setup, policy, signals: settings });
  try {
    await measureSetup(setup, machines);
    await measureRevocation(setup, machines);
    if (setup.nodeCount === 3) await measureOwnership(machines);
  } finally {
    machines.close();
  }
}
console.log(`\n${notes.map((note) => `- ${note}`).join('\n')}`);

async function measureSetup({ name }, machines) {
  const { nodes } = machines;
  const memory = () => nodes.map(({ child }) => readMemory(child));
  const empty = memory();
  const before = performance.now();
  await forEach(ids, (id, index) => open(any(nodes, index), { id }));
  const opening = (ids.length / ((performance.now() - before) / 1_000)).toFixed(0);
  const each = memory().map((bytes, index) => ((bytes - empty[index]) / 1_048_576).toFixed(0));
  notes.push(
    `${name}: ${opening} sessions opened per second; memory of each node grew by ${each.join(' / ')} MB for ${ids.length} sessions.`,
  );
  await measure(`decisions, ${name}`, machines, seconds, (index) =>
    sendDecide(any(nodes, index), pickId(index)),
  );
  await measure(`signals, ${name}`, machines, seconds, (index) =>
    sendSignal(any(nodes, index), pickId(index)),
  );
  await measure(`security events, ${name}`, machines, seconds, async (index) => {
    const token = await sign('session-presented', ofIdentity(`agent ${pickId(index)}`));
    await deliver(any(nodes, index), token);
  });
}

/** From the request with an event to the end of the last session that a workload at any node sees. */
async function measureRevocation({ name }, { nodes }) {
  const workloads = await Promise.all(nodes.map(({ url }) => Workload.follow(url)));
  const kinds = [
    [
      'one identity',
      (round) => ({ identity: `one ${round}` }),
      (round) => ofIdentity(`one ${round}`),
    ],
    ['a tenant', (round) => ({ tenant: `t ${round}` }), (round) => ofTenant(`t ${round}`)],
  ];
  for (const [kind, createParts, createSubject] of kinds) {
    const times = [];
    for (let round = 0; round < rounds; round += 1) {
      const group = Array.from({ length: affected }, (_, index) => `${kind} ${round} ${index}`);
      await forEach(group, (id, index) => open(any(nodes, index), { id, ...createParts(round) }));
      const token = await sign('credential-compromise', createSubject(round));
      const ended = workloads.map((workload) => workload.ended(group));
      const started = performance.now();
      await deliver(any(nodes, round), token);
      const acknowledged = performance.now() - started;
      times.push([Math.max(...(await Promise.all(ended))) - started, acknowledged]);
    }
    const shown = times.map(
      ([last, acknowledged]) => `${last.toFixed(0)} (${acknowledged.toFixed(0)})`,
    );
    notes.push(
      `${name}: ${affected} sessions of ${kind} were ended, at every node, after ${shown.join(', ')} ms (acknowledged after).`,
    );
  }
  for (const workload of workloads) workload.stop();
}

/** Compares a node with owned and other sessions, and then kills one. */
async function measureOwnership(machines) {
  const [first, second] = machines.nodes;
  const owners = await readOwners(machines);
  const findOwner = (id) => owners.get(findPartitionByIdentity(`agent ${id}`));
  const counts = new Map();
  for (const id of ids) counts.set(findOwner(id), (counts.get(findOwner(id)) ?? 0) + 1);
  notes.push(`The nodes own ${[...counts.values()].join(', ')} of the ${ids.length} sessions.`);
  // Other nodes work least on what the first one owns.
  const samples = [];
  for (const node of counts.keys()) {
    const sample = ids.filter((id) => findOwner(id) === node).slice(0, 400);
    const used = () => machines.nodes.slice(1).map(({ child }) => processorTime(child));
    const before = used();
    await forEach(sample, (id) => sendDecide(first.url, id));
    const work = used().reduce((sum, time, index) => sum + time - before[index], 0);
    samples.push([work / sample.length, node]);
  }
  samples.sort(([one], [other]) => one - other);
  const own = ids.filter((id) => findOwner(id) === samples[0][1]);
  const others = ids.filter((id) => findOwner(id) !== samples[0][1]);
  await measure('decisions at their owner', machines, seconds, (index) =>
    sendDecide(first.url, own[index % own.length]),
  );
  await measure('decisions through another node', machines, seconds, (index) =>
    sendDecide(first.url, others[index % others.length]),
  );
  const killed = performance.now();
  first.child.kill('SIGKILL');
  let longest = 0;
  await Promise.all(
    own.slice(0, 50).map(async (id) => {
      while (!(await sendDecide(second.url, id)).decision) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      longest = Math.max(longest, performance.now() - killed);
    }),
  );
  notes.push(
    `A node with ${own.length} sessions was killed: all were decided at another one after ${(longest / 1_000).toFixed(1)} s, with a lease of 3 s.`,
  );
}
