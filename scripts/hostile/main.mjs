// `npm run hostile`: sends random bytes and random schedules through guards to real servers and clients of the Python, TypeScript
// and Go SDKs and to readers of lines, and counts the messages that a reader saw and the guard did not decide. Writes the table to
// test/service/hostile.md. Needs the built command line, Python and Go.
//
// `--messages N`: at least this number of messages; default: 200,000. `--seed N`: other messages; default: 1. `--only NAME`: the
// runs whose names contain it; then nothing is written. `--jobs N`: runs at the same time; default: one per core. Exit codes: 0 none was undecided, 1 some were.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installWheels } from '../install/wheels.mjs';
import { floodClient, floodServer } from './framing.mjs';
import { compilePolicy, peers } from './guard.mjs';
import { runSchedule } from './schedule.mjs';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: String(availableParallelism()) },
  },
});
const [messages, seed] = [Number(values.messages), Number(values.seed)];
const folder = mkdtempSync(join(tmpdir(), 'nhipol-hostile-'));
try {
  process.exitCode = await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main() {
  const runs = listRuns().filter(({ title }) => title.includes(values.only));
  const run = { folder, module: compilePolicy(folder) };
  const weights = runs.reduce((sum, { weight }) => sum + weight, 0);
  const rows = [];
  const carryOutNext = async (index) => {
    const { title, kind, carryOut, command, weight } = runs[index];
    const share = Math.ceil((messages * weight) / weights);
    const options = { name: `run-${index}`, command, seed: seed * 1_000 + index, messages: share };
    const row = { title, kind, ...(await carryOut(run, options)) };
    rows[index] = row;
    console.log(
      `${kind}, ${title}: ${row.sent} sent, ${row.seen} seen, ${row.undecided.length} undecided`,
    );
    for (const each of row.undecided.slice(0, 5)) console.log(`  ${JSON.stringify(each)}`);
  };
  let next = 0;
  const worker = async () => {
    while (next < runs.length) await carryOutNext(next++);
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, worker));
  const isEmpty = rows.some((row) => row.seen === 0);
  const undecided = rows.reduce((sum, row) => sum + row.undecided.length, 0);
  if (values.only === '') writeFileSync(join(peers, '../hostile.md'), page(rows));
  console.log(`${rows.reduce((sum, row) => sum + row.sent, 0)} messages, ${undecided} undecided`);
  return undecided > 0 || isEmpty ? 1 : 0;
}

/** Installs what the readers need, and lists them. */
function listRuns() {
  installWheels('test/service/hostile/');
  const binary = join(folder, 'hostile');
  execFileSync('go', ['build', '-o', binary, '.'], { cwd: join(peers, 'go'), stdio: 'inherit' });
  const python = (...args) => [join(peers, '.venv/bin/python'), join(peers, 'python.py'), ...args];
  const node = (file, ...args) => [process.execPath, join(peers, file), ...args];
  const readers = (side) => [
    { title: 'Python SDK', command: python(side) },
    { title: 'TypeScript SDK 1.x', command: node('typescript.mjs', '1.x', side) },
    { title: 'TypeScript SDK 2.x', command: node('typescript.mjs', '2.x', side) },
    { title: 'Go SDK', command: [binary, side] },
    { title: '`node:readline`', command: node('readline.mjs', side) },
  ];
  const lines = { title: 'Python, text with universal newlines', command: python('lines') };
  const servers = [
    { title: 'Python SDK', command: python('echo') },
    { title: 'TypeScript SDK 1.x', command: node('echo.mjs') },
    { title: 'Go SDK', command: [binary, 'echo'] },
  ];
  const of = (kind, carryOut, weight) => (each) => ({ ...each, kind, carryOut, weight });
  return [
    ...[...readers('server'), lines].map(of('bytes of a client to a server', floodServer, 3)),
    ...readers('client').map(of('bytes of a server to a client', floodClient, 3)),
    ...servers.map(of('schedules to a server', runSchedule, 1)),
  ];
}

function page(rows) {
  const format = (number) => number.toLocaleString('en');
  const lines = rows.map(
    ({ kind, title, sent, seen, undecided, late }) =>
      `| ${kind} | ${title} | ${format(sent)} | ${format(seen)} | ${undecided.length} | ${late ?? ''} |`,
  );
  const total = (name) => format(rows.reduce((sum, row) => sum + row[name], 0));
  return `# Hostile messages

Random bytes and random schedules through a guard to real servers and clients. A message is undecided if a reader saw it, and
it is not a line that the guard read as this message, or the policy did not permit it; in a schedule, if an answer reached another
request than its own, or a result has no outcome. Late results are those of cancelled calls: each is an outcome, and the client
did not get it.

${total('sent')} messages were sent, of which many are not valid or not permitted, and ${total('seen')} were seen.

| what | reader | sent | seen | undecided | late results |
|---|---|---|---|---|---|
${lines.join('\n')}

Written by \`npm run hostile\` with \`--seed ${seed} --messages ${messages}\`.
`;
}
