// `npm run structure`: measures how the sources are divided and named, and fails above the caps in structure/caps.json.
// A cap is lowered when its figure has fallen, and never raised: `--lower` writes the figures of today where they are
// lower. `--show MEASURE` lists what a figure counts, one line each.

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureStructure } from './structure/measure.mjs';

const capsFile = new URL('structure/caps.json', import.meta.url);
const { values } = parseArgs({
  options: { lower: { type: 'boolean', default: false }, show: { type: 'string' } },
});

const caps = JSON.parse(readFileSync(capsFile, 'utf8'));
const measures = measureStructure(process.cwd());

if (values.show === undefined) printTable();
else printCases(values.show);
if (values.lower) lowerCaps();

function printTable() {
  for (const { id, title, figure } of measures) {
    const isAbove = figure > caps[id];
    const note = isAbove
      ? `above its cap of ${caps[id]}: npm run structure -- --show ${id}`
      : `cap ${caps[id]}`;
    console.log(`${String(figure).padStart(6)}  ${title} (${note})`);
    if (isAbove) process.exitCode = 1;
  }
}

function printCases(id) {
  const measure = measures.find((candidate) => candidate.id === id);
  if (measure === undefined) {
    console.error(
      `structure: no measure ${id}; there are ${measures.map((each) => each.id).join(', ')}`,
    );
    process.exitCode = 2;
    return;
  }
  for (const line of measure.cases) console.log(line);
}

function lowerCaps() {
  const lowered = measures.map(({ id, figure }) => [id, Math.min(figure, caps[id] ?? figure)]);
  writeFileSync(capsFile, `${JSON.stringify(Object.fromEntries(lowered), null, 2)}\n`);
}
