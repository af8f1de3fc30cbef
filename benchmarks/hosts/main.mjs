// `npm run bench:hosts`: compares the hosts of nhipol with alternatives in the same language, from the
// same bytes, on P1 and P3. Each language has its own program, which checks that all of its engines
// decide as expected before it times them.
//
// -- --only go,rust     measure these languages only
// -- --json FILE        write the figures as JSON
//
// Exit codes: 0 everything was measured, 1 an engine disagrees or a program fails, 2 usage.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { columns, count, nanoseconds, ratio } from '../table.mjs';
import { caseName } from '../workloads/workload.mjs';
import { parseOptions } from './options.mjs';
import { programs } from './programs.mjs';
import { cases, writeWorkloads } from './write-workloads.mjs';

/**
 * The line of JSON that a program prints for each workload and engine.
 *
 * @typedef {object} Figure
 * @property {string} language
 * @property {string} workload
 * @property {string} engine
 * @property {number} ns The median over the rounds.
 * @property {number} min
 * @property {number} lower
 * @property {number} upper
 * @property {number} rounds
 * @property {number} checked The number of requests that it decided as expected.
 */

const own = 'nhipol';
process.exitCode = main();

function main() {
  const values = parseOptions({ only: { type: 'string' }, json: { type: 'string' } });
  if (typeof values === 'string') {
    console.error(values);
    return 2;
  }
  const wanted = values.only?.split(',') ?? Object.keys(programs);
  if (wanted.some((language) => programs[language] === undefined)) {
    console.error(`--only: expected ${Object.keys(programs).join(', ')}, separated by commas`);
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-bench-hosts-'));
  try {
    writeWorkloads(folder);
    const figures = wanted.map((language) => measureLanguage(language, folder));
    const all = figures.flatMap((each) => each ?? []);
    if (values.json !== undefined)
      writeFileSync(values.json, `${JSON.stringify(all, undefined, 2)}\n`);
    return figures.includes(undefined) ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Measures a language. Returns undefined if the program failed. @param {string} language @param {string} folder */
function measureLanguage(language, folder) {
  const program = programs[language];
  if (program === undefined) return undefined;
  const cwd = fileURLToPath(new URL(`../../${program.folder}/`, import.meta.url));
  for (const [file = '', ...words] of program.build) {
    const { status, error } = spawnSync(file, words, { cwd, stdio: ['ignore', 2, 2] });
    if (status !== 0) {
      console.error(
        `${language}: \`${[file, ...words].join(' ')}\` failed${error ? `: ${error.message}` : ''}`,
      );
      return undefined;
    }
  }
  const [file = '', ...words] = program.run;
  const { status, stdout } = spawnSync(file, [...words, folder, ...cases.map(caseName)], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) {
    console.error(`${language}: the program exited with ${status}`);
    return undefined;
  }
  /** @type {readonly Figure[]} */
  const figures = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  console.log(`${language}, from JSON bytes to the decision\n\n${formatTable(figures)}\n`);
  return figures;
}

/** @param {readonly Figure[]} figures */
function formatTable(figures) {
  const header = ['workload', 'engine', 'ns/decision', 'min', 'quartiles', '× peer', 'checked'];
  const rows = figures.map((figure) => {
    const { workload, engine, ns, min, lower, upper, checked } = figure;
    return [
      workload,
      engine,
      nanoseconds(ns),
      nanoseconds(min),
      `${nanoseconds(lower)}–${nanoseconds(upper)}`,
      toPeer(figure, figures),
      count(checked),
    ];
  });
  return columns([header, ...rows], 2);
}

/**
 * For nhipol, the ratio of its median to that of the fastest peer.
 * @param {Figure} figure
 * @param {readonly Figure[]} figures
 */
function toPeer({ workload, engine, ns }, figures) {
  if (engine !== own) return '';
  const peers = figures.filter((each) => each.workload === workload && each.engine !== own);
  return peers.length === 0 ? '' : ratio(ns / Math.min(...peers.map((peer) => peer.ns)));
}
