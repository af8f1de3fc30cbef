// A soak run: keeps a service under a part of the load that it can bear, with evaluations and sessions, and prints its
// memory, open files and sessions each minute. It fails if memory or files grow. `--minutes` and `--share` change it.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { usage } from './figures.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    share: { type: 'string', default: '0.7' },
  },
});
const [minutes, share] = [values.minutes, values.share].map(Number);

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const main = at('../../dist/bin/nhipol.js');
const folder = mkdtempSync(join(tmpdir(), 'nhipol-soak-'));
const module = join(folder, 'soak.wasm');
execFileSync(process.execPath, [main, 'compile', at('soak.nhipol'), '--sessions', '-o', module], {
  stdio: 'ignore',
});
const port = 8310;
const url = `http://127.0.0.1:${port}`;
const child = spawn(
  process.execPath,
  [
    main,
    'serve',
    module,
    '--listen',
    `127.0.0.1:${port}`,
    '--drain',
    '0',
    '--state',
    join(folder, 'state.db'),
    '--log',
    join(folder, 'log.jsonl'),
  ],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
process.once('exit', () => child.kill('SIGKILL'));
while (
  !(await fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  ))
)
  await delay(100);

const call = async (method, path, body) => {
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(`${url}${path}`, { method, headers, ...content });
  const text = await response.text();
  if (response.status >= 500) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
};

const subject = { type: 'agent', id: 'a' };
const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
const evaluation = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ subject, ...read, context: { score: 3 } }),
};

/** The load that it can bear: evaluations without a pause. */
const burst = await autocannon({
  url: `${url}/access/v1/evaluation`,
  connections: 16,
  duration: 10,
  ...evaluation,
});
const rate = Math.round(burst.requests.average * share);

const end = Date.now() + minutes * 60_000;
let sessions = 0;
let revoked = 0;

/** One session after another, each of them decided, changed, and in the end revoked or closed. */
async function live() {
  while (Date.now() < end) {
    sessions += 1;
    const id = `s${sessions}`;
    await call('POST', '/sessions', { id, subject, context: { score: 1 } });
    for (let turn = 0; turn < 5; turn += 1) {
      await call('POST', `/sessions/${id}/decide`, read);
      await call('PATCH', `/sessions/${id}`, { context: { score: turn } });
    }
    if (sessions % 3 === 0) {
      const { context } = await call('POST', `/sessions/${id}/signals`, { signal: 'leaked' });
      if (context.effect !== 'revoke') throw new Error(`${id} was not revoked`);
      revoked += 1;
    }
    await call('DELETE', `/sessions/${id}`);
    await delay(20);
  }
}

const samples = [];
async function sample() {
  for (let minute = 1; Date.now() < end; minute += 1) {
    await delay(60_000);
    const { memory } = usage(child);
    const files = readdirSync(`/proc/${child.pid}/fd`).length;
    samples.push({ memory, files });
    process.stdout.write(
      `minute ${minute}: ${memory.toFixed(0)} MiB, ${files} files, ${sessions} sessions, ${revoked} revoked\n`,
    );
  }
}

const [load] = await Promise.all([
  autocannon({
    url: `${url}/access/v1/evaluation`,
    connections: 16,
    duration: minutes * 60,
    overallRate: rate,
    ...evaluation,
  }),
  ...Array.from({ length: 4 }, live),
  sample(),
]);
child.kill('SIGTERM');
rmSync(folder, { recursive: true, force: true });

const part = (from, to) =>
  samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to));
const largest = (list, member) => Math.max(...list.map((each) => each[member]));
const [early, late] = [part(0.2, 0.5), part(0.7, 1)];
const grown = largest(late, 'memory') / largest(early, 'memory');
const more = largest(late, 'files') - largest(early, 'files');
process.stdout.write(
  `${load.requests.total} evaluations at ${rate}/s, p99 ${load.latency.p99} ms, ${load.non2xx} refused, ${load.errors} errors; memory × ${grown.toFixed(2)}, files ${more >= 0 ? '+' : ''}${more}\n`,
);
process.exitCode = grown > 1.15 || more > 8 || load.non2xx > 0 ? 1 : 0;
