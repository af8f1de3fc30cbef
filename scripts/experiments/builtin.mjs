// `npm run experiment:builtin`: applies upper.patch, which adds `upper(s)` as docs/contributing/builtin.md says, to a copy of
// the repository, writes the generated files there, and then leaves out each file in turn: what reports it? Writes the
// record upper.json and the table docs/contributing/upper.md, without dates and durations, so that they change only if
// something else reports a file. `-- --only PATH` leaves out some files, and can be repeated.
//
// Exit codes: 0 each file is reported, 1 nothing reports a file, 2 the checks fail with the whole patch.
//
// If the patch no longer applies: `git apply --3way scripts/experiments/upper.patch`, repair it, and write
// `git diff HEAD -- . ':!*.generated.ts' ':!editors' ':!test/conformance' ':!docs/coming-from'` to the file again.

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findFailure } from '../planted/ask-tests.mjs';
import { ScratchCopy } from '../planted/scratch-copy.mjs';
import { builtinPage } from './page.mjs';
import { findTypeErrors } from './type-errors.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const patch = fileURLToPath(new URL('upper.patch', import.meta.url));
const page = join(root, 'docs/contributing/upper.md');
const record = fileURLToPath(new URL('upper.json', import.meta.url));
const reports = JSON.parse(readFileSync(record, 'utf8'));

/** The tests of what a builtin touches, the fast ones first. */
const tests = [
  'test/docs/language.test.ts',
  'test/language/messages/mistakes.test.ts',
  'test/meaning/builtins.test.ts',
  'test/compiler/function-steps.test.ts',
  'test/cases/cases.test.ts',
  'test/meaning/table.test.ts',
];

/** The test of what generated programs contain, which runs with all runs only. */
const coverage = 'test/properties/generators/coverage.test.ts';

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
const stored = mkdtempSync(join(tmpdir(), 'nhipol-experiment-'));
const copy = new ScratchCopy(root);
process.on('exit', () => {
  copy.remove();
  rmSync(stored, { recursive: true, force: true });
});
process.on('SIGINT', () => process.exit(130));

const files = listFiles();
applyPatch();
generate();
const whole = await findReport();
if (whole === undefined) await leaveOutEach();
else {
  console.error(`the checks fail with the whole patch: ${whole}`);
  process.exitCode = 2;
}

async function leaveOutEach() {
  const chosen = files.filter(({ path }) => values.only?.includes(path) ?? true);
  for (const { path } of chosen) {
    reports[path] = (await findOmissionReport(path)) ?? null;
    console.log(`${path}: ${reports[path] ?? 'NOT REPORTED'}`);
    save();
  }
  process.exitCode = chosen.every(({ path }) => reports[path] !== null) ? 0 : 1;
}

function save() {
  const rows = files.map((file) => ({ ...file, report: reports[file.path] }));
  const ordered = Object.fromEntries(rows.map(({ path, report }) => [path, report]));
  writeFileSync(record, `${JSON.stringify(ordered, null, 2)}\n`);
  writeFileSync(page, builtinPage(rows));
}

/** The files of the patch, each with the number of lines that it adds. */
function listFiles() {
  const lines = execFileSync('git', ['apply', '--numstat', patch], { cwd: copy.root }).toString();
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([added, , path]) => ({ path, added: Number(added) }));
}

function applyPatch() {
  execFileSync('git', ['apply', patch], { cwd: copy.root });
}

/** Writes what is generated from the files of the patch, as far as the tests read it. */
function generate() {
  run('scripts/generate/assembly-sources.mjs');
  run('node_modules/vitest/vitest.mjs', 'run', 'test/language/messages/mistakes.test.ts', '-u');
}

function run(...args) {
  execFileSync(process.execPath, args, { cwd: copy.root, stdio: 'ignore' });
}

/** Returns what reports the patch without one of its files, or `undefined` if nothing does. */
async function findOmissionReport(path) {
  const [here, there] = [join(copy.root, path), join(stored, 'file')];
  copyFileSync(here, there);
  try {
    if (existsSync(join(root, path))) copyFileSync(join(root, path), here);
    else rmSync(here);
    if (path.startsWith('assembly/')) run('scripts/generate/assembly-sources.mjs');
    const [, before] = /^`(.*?)`: /.exec(reports[path] ?? '') ?? [];
    return await findReport(before === undefined ? [] : [before]);
  } finally {
    copyFileSync(there, here);
    if (path.startsWith('assembly/')) run('scripts/generate/assembly-sources.mjs');
  }
}

/** `likely`: the test files that run first. */
async function findReport(likely = []) {
  const [file, ...others] = findTypeErrors(copy.root);
  if (file !== undefined) {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return `type error in \`${file}\`${more}`;
  }
  const failure =
    (await findFailure(copy.root, [
      ...likely,
      ...tests.filter((each) => !likely.includes(each)),
    ])) ?? (await findFailure(copy.root, [coverage], { times: 1 }));
  return failure && `\`${failure.file}\`: ${failure.test}`;
}
