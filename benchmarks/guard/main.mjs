// Measures what the guard adds to a permitted call of a tool, over standard input and output: the same calls with and
// without the guard, in turns, and the memory of the guard after many calls. `--calls` sets their number per turn,
// `--total` that of the memory measurement.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '3000' },
    turns: { type: 'string', default: '5' },
    total: { type: 'string', default: '100000' },
  },
});
const [calls, turns, total] = [values.calls, values.turns, values.total].map(Number);

const main = fileURLToPath(new URL('../../dist/bin/nhipol.js', import.meta.url));
const server = fileURLToPath(new URL('./server.mjs', import.meta.url));
const policy = fileURLToPath(new URL('./guard.nhipol', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'nhipol-bench-guard-'));
const module = join(folder, 'guard.wasm');
execFileSync(
  process.execPath,
  [main, 'compile', policy, '--sessions', '--possible', '-o', module],
  {
    stdio: 'ignore',
  },
);

const guard = (log) => [
  main,
  'guard',
  module,
  '--server',
  'bench',
  '--state',
  join(folder, 'state.db'),
  ...(log ? ['--log', join(folder, `log-${Date.now()}.jsonl`)] : []),
  '--',
  process.execPath,
  server,
];
const ways = [
  { name: 'without the guard', args: [server] },
  { name: 'with the guard', args: guard(false) },
  { name: 'with the guard and its log', args: guard(true) },
];

/** A client that waits for each answer before the next call. */
function connect(args) {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  let takeAnswer = () => {};
  createInterface({ input: child.stdout }).on('line', (line) => takeAnswer(line));
  let id = 0;
  return {
    pid: child.pid,
    call: () =>
      new Promise((resolve) => {
        takeAnswer = resolve;
        id += 1;
        const params = { name: 'read', arguments: { path: '/work/src/cart.ts', lines: 40 } };
        const message = { jsonrpc: '2.0', id, method: 'tools/call', params };
        child.stdin.write(`${JSON.stringify(message)}\n`);
      }),
    end: () => new Promise((resolve) => child.once('exit', resolve) && child.stdin.end()),
  };
}

const quantile = (sorted, share) => sorted[Math.floor((sorted.length - 1) * share)];

async function measure(args) {
  const client = connect(args);
  for (let call = 0; call < 500; call += 1) await client.call();
  const times = [];
  const start = process.hrtime.bigint();
  for (let call = 0; call < calls; call += 1) {
    const before = process.hrtime.bigint();
    const line = await client.call();
    times.push(Number(process.hrtime.bigint() - before) / 1e3);
    if (!line.includes('"read /work/src/cart.ts"')) throw new Error(`unexpected answer: ${line}`);
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  await client.end();
  times.sort((a, b) => a - b);
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), perSecond: calls / seconds };
}

const results = new Map(ways.map(({ name }) => [name, []]));
for (let turn = 0; turn < turns; turn += 1) {
  for (const { name, args } of ways) results.get(name).push(await measure(args));
}
const median = (numbers) =>
  quantile(
    [...numbers].sort((a, b) => a - b),
    0.5,
  );
console.log(`${calls} calls in each of ${turns} turns; medians of the turns, in µs`);
for (const [name, each] of results) {
  const [p50, p99, rate] = ['p50', 'p99', 'perSecond'].map((key) => each.map((one) => one[key]));
  const spread = `${Math.min(...p50).toFixed(0)}–${Math.max(...p50).toFixed(0)}`;
  console.log(
    `${name.padEnd(28)} p50 ${median(p50).toFixed(0).padStart(5)} (${spread})   p99 ${median(p99).toFixed(0).padStart(6)}   ${median(rate).toFixed(0).padStart(6)} calls/s`,
  );
}

const rss = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
const client = connect(guard(true));
const marks = [];
for (let call = 1; call <= total; call += 1) {
  await client.call();
  if (call === 1_000 || call % Math.ceil(total / 4) === 0) {
    marks.push(`${call}: ${(rss(client.pid) / 1024).toFixed(0)} MiB`);
  }
}
console.log(`memory of the guard after calls: ${marks.join(', ')}`);
await client.end();
rmSync(folder, { recursive: true, force: true });
