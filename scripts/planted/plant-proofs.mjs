// Plants faults in the formulas, the solver and the checker of proofs, one at a time, and reports which directions of the
// tests notice each: `npm run planted-proofs`. `-- --only ID` selects faults and can be repeated. It runs two at a
// time, or one with `-- --copies 1`.
//
// The result is written to `scripts/planted/proving-noticed.json`, and as a page to `test/proving/planted.md`. Neither
// contains a date or a duration. Exits with 1 if no direction notices a fault, or one notices something without a fault.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { faults } from './proving.mjs';
import { provingPage } from './proving-table.mjs';
import { runDirections } from './run-directions.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const record = new URL('proving-noticed.json', import.meta.url);
const page = new URL('../../test/proving/planted.md', import.meta.url);

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    copies: { type: 'string', default: '2' },
  },
});
const chosen = faults.filter(({ id }) => values.only?.includes(id) ?? true);
if (chosen.length === 0) {
  console.error('no fault has this id');
  process.exit(2);
}

// All directions but that of tiny policies, which the tests compare without a fault.
const directions = ['meaning', 'solver', 'certificates', 'attacks', 'models', 'requests'];
const before = Object.entries(await runDirections(root, { directions })).filter(
  ([, by]) => by !== null,
);
if (before.length > 0) {
  console.error(`noticed without a fault: ${JSON.stringify(before)}`);
  process.exit(1);
}

const known = JSON.parse(readFileSync(record, 'utf8'));
const waiting = [...chosen];

async function work() {
  for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
    const start = performance.now();
    const found = await runDirections(root, fault);
    known[fault.id] = Object.fromEntries(
      Object.entries(found).flatMap(([each, by]) => (by === null ? [] : [[each, firstLine(by)]])),
    );
    const seconds = Math.round((performance.now() - start) / 1000);
    const by = Object.keys(known[fault.id]).join(', ');
    console.log(`${fault.id}: ${by === '' ? 'NOT NOTICED' : by} (${seconds} s)`);
    write();
  }
}

/** In the order of the faults. */
function write() {
  const noticed = Object.fromEntries(
    faults.flatMap(({ id }) => (known[id] === undefined ? [] : [[id, known[id]]])),
  );
  writeFileSync(record, `${JSON.stringify(noticed, undefined, 2)}\n`);
  writeFileSync(page, provingPage(faults, noticed));
}

await Promise.all(Array.from({ length: Number(values.copies) }, work));
process.exitCode = chosen.every(({ id }) => Object.keys(known[id]).length > 0) ? 0 : 1;

/** The beginning of the first line, without the values of a request. */
function firstLine(text) {
  return text
    .split('\n')[0]
    .replace(/ ?\{.*$/, '')
    .slice(0, 100);
}
