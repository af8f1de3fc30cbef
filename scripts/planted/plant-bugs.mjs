// Plants bugs, one at a time, in a scratch copy of the repository, and reports which test detects each:
// `npm run planted-bugs`. `-- --only ID --floor NAME` selects bugs; both options can be repeated. It uses two copies at
// a time, or one with `-- --copies 1`. A bug must be detected by one of the test files in its `by`, and no others run.
//
// The result is written to `scripts/planted/noticed.json`, and as a page to `test/planted-bugs.md`. Neither contains a
// date or a duration, so they change only if another test detects a bug. Exits with 1 if no test detects a bug.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { firstFailure } from './ask-tests.mjs';
import { bugs, floors } from './floors.mjs';
import { ScratchCopy } from './scratch-copy.mjs';
import { tablePage } from './table.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const record = new URL('noticed.json', import.meta.url);
const page = new URL('../../test/planted-bugs.md', import.meta.url);

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    floor: { type: 'string', multiple: true },
    copies: { type: 'string', default: '2' },
  },
});
const chosen = bugs.filter(
  ({ id, floor }) =>
    (values.only?.includes(id) ?? true) && (values.floor?.includes(floor.name) ?? true),
);
if (chosen.length === 0) {
  console.error('no bug has this id and floor');
  process.exit(2);
}

const noticed = JSON.parse(readFileSync(record, 'utf8'));
async function tryBug(copy, bug) {
  const start = performance.now();
  const by = await copy.with(bug, () => firstFailure(copy.root, { first: bug.by, only: bug.by }));
  const seconds = Math.round((performance.now() - start) / 1000);
  return { by: by ?? null, seconds };
}

const waiting = [...chosen];
const copies = [];
process.on('exit', () => {
  for (const copy of copies) copy.remove();
});
process.on('SIGINT', () => process.exit(130));

async function work() {
  const copy = new ScratchCopy(root);
  copies.push(copy);
  for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
    const { by, seconds } = await tryBug(copy, bug);
    noticed[bug.id] = by;
    save();
    const result = by === null ? 'NOT DETECTED' : `${by.file}: ${by.test}`;
    console.log(`${bug.floor.name} ${bug.id} (${seconds} s): ${result}`);
  }
}

function save() {
  const ordered = Object.fromEntries(bugs.map(({ id }) => [id, noticed[id] ?? null]));
  writeFileSync(record, `${JSON.stringify(ordered, null, 2)}\n`);
  writeFileSync(page, tablePage(floors, ordered));
}

/** Throws if a test file that detected a bug also fails without one. */
async function expectSound([copy]) {
  const files = new Set(chosen.flatMap(({ id }) => noticed[id]?.file ?? []));
  if (files.size === 0) return;
  const failure = await firstFailure(copy.root, { first: [], only: [...files] });
  if (failure !== undefined)
    throw new Error(`${failure.file} fails without a planted bug: ${failure.test}`);
}

await Promise.all(Array.from({ length: Number(values.copies) }, work));
await expectSound(copies);
const missed = chosen.filter(({ id }) => noticed[id] === null);
console.log(`${chosen.length - missed.length} detected, ${missed.length} not detected`);
process.exitCode = missed.length === 0 ? 0 : 1;
