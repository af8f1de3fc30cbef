// `npm run test:packages`: builds each package as it is published, checks its contents and metadata, installs it into
// empty projects, and runs their programs, which decide requests by a policy. Needs the built command line of nhipol.
//
// -- --only go,rust     check these packages only
// -- --install          install missing toolchains with apt-get, which needs root
// -- --json FILE        write the reports as JSON
//
// Exit codes: 0 success, 1 a package is wrong or has no toolchain, 2 usage error.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseOptions } from '../../benchmarks/hosts/options.mjs';
import { installMissing } from '../hosts/toolchains.mjs';
import { checkPackages } from './check.mjs';
import { ecosystems } from './list.mjs';
import { complaints, table } from './table.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = join(root, 'scripts/packages/policy');
process.exitCode = main();

function main() {
  const selected = options();
  if (typeof selected === 'string') {
    console.error(selected);
    return 2;
  }
  const { only, install, json } = selected;
  const chosen = ecosystems.filter(({ id }) => only?.includes(id) ?? true);
  if (install) installMissing(chosen.flatMap(({ needs }) => needs));
  const policy = mkdtempSync(join(tmpdir(), 'nhipol-policy-'));
  try {
    compilePolicy(policy);
    const answers = readFileSync(join(sources, 'answers.txt'), 'utf8');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const reports = chosen.map((ecosystem) => {
      console.error(`\n== ${ecosystem.title}`);
      return checkPackages(ecosystem, { root, version, policy, answers });
    });
    console.log(`\n${table(reports)}`);
    const wrong = complaints(reports);
    for (const line of wrong) console.error(line);
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(reports, undefined, 2)}\n`);
    return wrong.length > 0 ? 1 : 0;
  } finally {
    rmSync(policy, { recursive: true, force: true });
  }
}

/** @param {string} folder */
function compilePolicy(folder) {
  for (const name of ['policy.nhipol', 'requests.jsonl'])
    cpSync(join(sources, name), join(folder, name));
  const nhipol = join(root, 'dist/bin/nhipol.js');
  execFileSync(process.execPath, [nhipol, 'compile', 'policy.nhipol', '-o', 'policy.wasm'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Returns the parsed options, or an error message. */
function options() {
  const values = parseOptions({
    only: { type: 'string' },
    install: { type: 'boolean', default: false },
    json: { type: 'string' },
  });
  if (typeof values === 'string') return values;
  const only = values.only?.split(',');
  const ids = ecosystems.map(({ id }) => id);
  if (only?.some((id) => !ids.includes(id)))
    return `--only: expected ${ids.join(', ')}, separated by commas`;
  return { ...values, only };
}
