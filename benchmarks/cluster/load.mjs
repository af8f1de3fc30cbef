// Requests to nodes, many at a time, and what they cost: rates, latencies and the time of each processor.

import { processorTime } from './machines.mjs';

/** The number of requests at a time. */
export const concurrency = 32;

export async function call(url, path, body) {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** Calls with each value, several at once. */
export async function forEach(values, work) {
  let next = 0;
  const worker = async () => {
    while (next < values.length) {
      const index = next++;
      await work(values[index], index);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

/** Runs work for a time in milliseconds, several at once, and returns the rate and the latencies. */
async function measureLoad(work, duration) {
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

export const tableHead = `| | per second | p50 | p99 | processor of each node, per request | of all nodes | of all NATS servers |
|---|---|---|---|---|---|---|`;

/** Prints a row of the table. */
export async function measure(name, { nodes, servers }, seconds, work) {
  const times = (machines) => machines.map(({ child }) => processorTime(child));
  const before = [times(nodes), times(servers)];
  const { rate, p50, p99, count } = await measureLoad(work, seconds * 1_000);
  const used = [nodes, servers].map((machines, kind) =>
    times(machines).map((time, index) => ((time - before[kind][index]) / count) * 1_000_000),
  );
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const [ofNodes, ofServers] = used;
  const cells = [
    name,
    rate.toFixed(0),
    `${p50.toFixed(1)} ms`,
    `${p99.toFixed(1)} ms`,
    ofNodes.map((value) => value.toFixed(0)).join(' / '),
    `${sum(ofNodes).toFixed(0)} µs`,
    `${sum(ofServers).toFixed(0)} µs`,
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
