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
import { parseArgs } from 'node:util';
import { writeWorkloads } from '../benchmarks/hosts/write-workloads.mjs';
import { hosts } from './hosts/list.mjs';
import { isThere, runHost } from './hosts/run-host.mjs';
import { complaints, table } from './hosts/table.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.exitCode = main();

function main() {
  const { only, measure, look, stress, install, json } = options();
  const unknown = only?.filter((id) => !hosts.some((host) => host.id === id)) ?? [];
  if (unknown.length > 0 || !Number.isSafeInteger(stress)) {
    const ids = hosts.map(({ id }) => id).join(', ');
    console.error(`--only takes ${ids}, with commas between; --stress a whole number`);
    return 2;
  }
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

function options() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      'no-measure': { type: 'boolean', default: false },
      look: { type: 'boolean', default: false },
      stress: { type: 'string', default: '0' },
      install: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  return {
    ...values,
    only: values.only?.split(','),
    measure: !values['no-measure'],
    stress: Number(values.stress),
  };
}

/** @param {typeof hosts} chosen */
function installMissing(chosen) {
  const missing = chosen.flatMap(({ needs }) => needs.filter((each) => !isThere(each)));
  const packages = [...new Set(missing.map(({ debian }) => debian))];
  if (packages.length === 0) return;
  console.error(`$ apt-get install ${packages.join(' ')}`);
  for (const words of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]) {
    spawnSync('apt-get', words, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
}
