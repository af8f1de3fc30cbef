// Plants bugs, one at a time, in a scratch copy of the repository, and tells of each which test notices it:
// `npm run planted-bugs`, for some of them `-- --only ID --floor NAME`, each as often as one likes. Two copies are
// used at a time; `-- --copies 1` for one. The tests that are likely to notice are asked first, those of the
// floor behind them, then all others, so that only a bug which nothing notices takes the whole suite.
//
// What is found goes to `scripts/planted/noticed.json`, and as a page to `test/planted-bugs.md`: neither has a date or a
// duration, so that they change only when something else notices. Exits with 1 where no test notices a bug.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { firstFailure } from './planted/ask-tests.mjs';
import { bugs, floors } from './planted/floors.mjs';
import { ScratchCopy } from './planted/scratch-copy.mjs';
import { tablePage } from './planted/table.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const record = new URL('planted/noticed.json', import.meta.url);
const page = new URL('../test/planted-bugs.md', import.meta.url);

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
  console.error('no bug has that id, or is on that floor');
  process.exit(2);
}

const noticed = JSON.parse(readFileSync(record, 'utf8'));
async function ask(copy, bug) {
  const before = noticed[bug.id]?.file;
  const first = [...(before === undefined ? [] : [before]), ...bug.floor.first];
  const start = performance.now();
  const by = await copy.with(bug, () => firstFailure(copy.root, { first }));
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
    const { by, seconds } = await ask(copy, bug);
    noticed[bug.id] = by;
    save();
    const told = by === null ? 'NOT NOTICED' : `${by.file}: ${by.test}`;
    console.log(`${bug.floor.name} ${bug.id} (${seconds} s): ${told}`);
  }
}

function save() {
  const ordered = Object.fromEntries(bugs.map(({ id }) => [id, noticed[id] ?? null]));
  writeFileSync(record, `${JSON.stringify(ordered, null, 2)}\n`);
  writeFileSync(page, tablePage(floors, ordered));
}

/** A file that fails anyway notices nothing. */
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
console.log(`${chosen.length - missed.length} noticed, ${missed.length} not noticed`);
process.exitCode = missed.length === 0 ? 0 : 1;
