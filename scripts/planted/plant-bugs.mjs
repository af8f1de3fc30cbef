// Plants bugs, one at a time, in a scratch copy of the repository, and reports which test detects each:
// `npm run planted-bugs`. `-- --only ID --floor NAME` selects bugs, and both can be repeated; `-- --from ID` continues
// a run that was interrupted. It uses two copies at a time, or one with `-- --copies 1`. A bug must be detected by one of
// the test files in its `by`, and no others run.
//
// The result is written to `scripts/planted/noticed.json`, and as a page to `test/planted-bugs.md`. Neither contains a
// date or a duration, so they change only if another test detects a bug. Exits with 1 if no test detects a bug.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findFailure } from './ask-tests.mjs';
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
    from: { type: 'string' },
    copies: { type: 'string', default: '2' },
  },
});
const start = values.from === undefined ? 0 : bugs.findIndex(({ id }) => id === values.from);
const chosen = bugs.filter(
  ({ id, floor }, index) =>
    start !== -1 &&
    index >= start &&
    (values.only?.includes(id) ?? true) &&
    (values.floor?.includes(floor.name) ?? true),
);
if (chosen.length === 0) {
  console.error('no bug has this id and floor');
  process.exit(2);
}

const noticed = JSON.parse(readFileSync(record, 'utf8'));
async function tryBug(copy, bug) {
  const begin = performance.now();
  const outcome = await copy
    .with(bug, () => findFailure(copy.root, bug.by))
    .then(
      (by) => ({ by: by ?? null }),
      (error) => ({ problem: `NOT TRIED: ${error.message}` }),
    );
  return { ...outcome, seconds: Math.round((performance.now() - begin) / 1000) };
}

const waiting = [...chosen];
let ended = 0;
/** The messages for bugs, by their ids, whose tests did not end: neither detected nor not detected. */
const problems = new Map();
const copies = [];
process.on('exit', () => {
  for (const copy of copies) copy.remove();
});
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

async function work() {
  const copy = new ScratchCopy(root);
  copies.push(copy);
  for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
    const { by, problem, seconds } = await tryBug(copy, bug);
    if (problem === undefined) {
      noticed[bug.id] = by;
      save();
    } else problems.set(bug.id, problem);
    const result = problem ?? (by === null ? 'NOT DETECTED' : `${by.file}: ${by.test}`);
    ended += 1;
    console.log(`${ended}/${chosen.length} ${bug.floor.name} ${bug.id} (${seconds} s): ${result}`);
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
  const failure = await findFailure(copy.root, [...files]);
  if (failure !== undefined)
    throw new Error(`${failure.file} fails without a planted bug: ${failure.test}`);
}

await Promise.all(Array.from({ length: Number(values.copies) }, work));
await expectSound(copies);
const missed = chosen.filter(({ id }) => noticed[id] === null && !problems.has(id));
const detected = chosen.length - missed.length - problems.size;
console.log(`${detected} detected, ${missed.length} not detected, ${problems.size} not tried`);
for (const [id, problem] of problems) console.log(`${id}: ${problem}`);
process.exitCode = missed.length + problems.size === 0 ? 0 : 1;
