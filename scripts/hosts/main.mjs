// `npm run test:hosts`: builds every host with its own package manager, runs all conformance cases, measures it on P1 of
// the benchmarks, and prints one table. Needs the built command line of nhipol.
//
// -- --only go,rust     run these hosts only
// -- --no-measure       run the conformance cases only
// -- --answers          also measure each kind of answer
// -- --look             also run the tests, formatters and linters of the hosts
// -- --stress 10000000  make this number of decisions in each of four threads
// -- --install          install missing toolchains with apt-get, which needs root
// -- --json FILE        write the reports as JSON
//
// Exit codes: 0 success, 1 a host failed, disagrees or has no toolchain, 2 usage error.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseOptions } from '../../benchmarks/hosts/options.mjs';
import { writeWorkloads } from '../../benchmarks/hosts/write-workloads.mjs';
import { answerKinds } from '../../benchmarks/workloads/answers.mjs';
import { caseName } from '../../benchmarks/workloads/workload.mjs';
import { hosts } from './list.mjs';
import { runHost } from './run-host.mjs';
import { answersTable, complaints, table } from './table.mjs';
import { installMissing } from './toolchains.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
process.exitCode = main();

function main() {
  const selected = options();
  if (typeof selected === 'string') {
    console.error(selected);
    return 2;
  }
  const { only, measure, answers, look, stress, install, json } = selected;
  const chosen = hosts.filter(({ id }) => only?.includes(id) ?? true);
  if (install) installMissing(chosen.flatMap(({ needs }) => needs));
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-hosts-'));
  try {
    const kinds = answers ? Object.keys(answerKinds) : [];
    const cases = kinds.map((kind) => /** @type {const} */ ({ name: 'answers', kind, n: null }));
    writeWorkloads(folder, [{ name: 'p1', kind: null, n: null }, ...cases]);
    const workload = join(folder, 'p1');
    const ofAnswers = new Map(cases.map((one) => [one.kind, join(folder, caseName(one))]));
    const reports = chosen.map((host) => {
      console.error(`\n== ${host.title}`);
      return runHost(host, { root, workload, answers: ofAnswers, look, measure, stress });
    });
    console.log(`\n${table(reports)}`);
    if (answers) console.log(`\n${answersTable(reports)}`);
    const wrong = complaints(reports, readExpectedChecks());
    for (const line of wrong) console.error(line);
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(reports, undefined, 2)}\n`);
    return wrong.length > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readExpectedChecks() {
  return JSON.parse(readFileSync(join(root, 'test/conformance/index.json'), 'utf8')).checks;
}

/** Returns the parsed options, or an error message. */
function options() {
  const values = parseOptions({
    only: { type: 'string' },
    'no-measure': { type: 'boolean', default: false },
    answers: { type: 'boolean', default: false },
    look: { type: 'boolean', default: false },
    stress: { type: 'string', default: '0' },
    install: { type: 'boolean', default: false },
    json: { type: 'string' },
  });
  if (typeof values === 'string') return values;
  const only = values.only?.split(',');
  const ids = hosts.map(({ id }) => id);
  if (only?.some((id) => !ids.includes(id)))
    return `--only: expected ${ids.join(', ')}, separated by commas`;
  const stress = Number(values.stress);
  if (!Number.isSafeInteger(stress) || stress < 0)
    return '--stress: expected a whole number of decisions';
  return { ...values, only, stress, measure: !values['no-measure'] };
}
