// `npm run bench`: measures the workloads, prints a table with ratios to the function written by hand,
// and writes the figures as JSON where asked. benchmarks/README.md says how to read them.

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { rowsOf } from './rows.mjs';
import { table } from './table.mjs';
import { time } from './timing.mjs';
import * as p1 from './workloads/p1.mjs';

const workloads = new Map([p1].map((workload) => [workload.name, workload]));
const requestCount = 1000;

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    rounds: { type: 'string', default: '21' },
    workload: { type: 'string', multiple: true, default: [...workloads.keys()] },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) fail(`--rounds takes a number, not ${values.rounds}`);
const json = values.json === undefined ? undefined : resolve(values.json);
process.chdir(fileURLToPath(new URL('.', import.meta.url)));

const figures = [];
for (const name of values.workload) {
  const workload = workloads.get(name);
  if (workload === undefined) {
    fail(`there is no workload ${name}, only ${[...workloads.keys()].join(', ')}`);
  }
  const { rows, permitted, moduleBytes } = await rowsOf(workload, requestCount);
  const measured = time(rows, requestCount, rounds).map((figure, index) => ({
    workload: name,
    // Only workloads that grow have a size and several kinds.
    n: null,
    kind: null,
    engine: rows[index]?.engine ?? '',
    path: rows[index]?.path ?? '',
    ...figure,
  }));
  const kilobytes = (moduleBytes / 1024).toFixed(1);
  console.log(
    `${name}: ${requestCount} requests, ${permitted} permitted, all engines agree; ` +
      `module ${kilobytes} KB; ${rounds} rounds\n\n${table(measured)}`,
  );
  figures.push(...measured);
}
if (json !== undefined) writeFileSync(json, `${JSON.stringify(figures, undefined, 2)}\n`);

/** @param {string} why @returns {never} */
function fail(why) {
  console.error(why);
  process.exit(2);
}
