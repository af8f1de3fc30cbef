// `npm run test:hosts`: builds every host by its own package manager, asks it all conformance cases and measures it on P1 of the
// benchmarks, and prints one table. The command line of nhipol must be built.
//
// -- --only go,rust     some of them
// -- --no-measure       conformance alone
// -- --look             their own tests, formatters and linters, too
// -- --stress 10000000  so many decisions by four threads each
// -- --install          what is missing, by apt-get, which takes root
// -- --json FILE        the reports as JSON
//
// Exit codes: 0 all is well, 1 a host failed or disagrees or lacks its toolchain, 2 usage.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { optionsOf } from '../benchmarks/hosts/options.mjs';
import { writeWorkloads } from '../benchmarks/hosts/write-workloads.mjs';
import { hosts } from './hosts/list.mjs';
import { isThere, runHost } from './hosts/run-host.mjs';
import { complaints, table } from './hosts/table.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.exitCode = main();

function main() {
  const told = options();
  if (typeof told === 'string') {
    console.error(told);
    return 2;
  }
  const { only, measure, look, stress, install, json } = told;
  const chosen = hosts.filter(({ id }) => only?.includes(id) ?? true);
  if (install) installMissing(chosen);
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-hosts-'));
  try {
    writeWorkloads(folder, [{ name: 'p1', kind: null, n: null }]);
    const workload = join(folder, 'p1');
    const reports = chosen.map((host) => {
      console.error(`\n== ${host.title}`);
      return runHost(host, { root, workload, look, measure, stress });
    });
    console.log(`\n${table(reports)}`);
    const wrong = complaints(reports, checksThereAre());
    for (const line of wrong) console.error(line);
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(reports, undefined, 2)}\n`);
    return wrong.length > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function checksThereAre() {
  return JSON.parse(readFileSync(join(root, 'test/conformance/index.json'), 'utf8')).checks;
}

/** Or what is wrong with them. */
function options() {
  const values = optionsOf({
    only: { type: 'string' },
    'no-measure': { type: 'boolean', default: false },
    look: { type: 'boolean', default: false },
    stress: { type: 'string', default: '0' },
    install: { type: 'boolean', default: false },
    json: { type: 'string' },
  });
  if (typeof values === 'string') return values;
  const only = values.only?.split(',');
  const ids = hosts.map(({ id }) => id);
  if (only?.some((id) => !ids.includes(id)))
    return `--only takes ${ids.join(', ')}, with commas between`;
  const stress = Number(values.stress);
  if (!Number.isSafeInteger(stress) || stress < 0)
    return '--stress takes a whole number of decisions';
  return { ...values, only, stress, measure: !values['no-measure'] };
}

/** @param {typeof hosts} chosen */
function installMissing(chosen) {
  const missing = chosen.flatMap(({ needs }) => needs.filter((each) => !isThere(each)));
  const packages = [...new Set(missing.flatMap(({ debian }) => debian ?? []))];
  if (packages.length === 0) return;
  console.error(`$ apt-get install ${packages.join(' ')}`);
  for (const words of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]) {
    spawnSync('apt-get', words, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
}
