// `npm run nightly`: the runs of runs.mjs, one after another, and a table of their results at the end. `-- --only NAME`
// selects runs and can be repeated; `-- --list` prints the names and limits as JSON, from which the nightly workflow makes
// its jobs. Needs the built project, and what `.ci/counterparts` and `scripts/install/toolchains.mjs` install.
//
// Exit codes: 0 all passed, 1 a run failed or exceeded its limit, 2 no run has the name.

import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { runs } from './runs.mjs';

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, list: { type: 'boolean', default: false } },
});

if (values.list) console.log(JSON.stringify(runs.map(({ name, minutes }) => ({ name, minutes }))));
else process.exitCode = main(values.only ?? runs.map(({ name }) => name));

/** @param {readonly string[]} names */
function main(names) {
  const unknown = names.find((name) => !runs.some((run) => run.name === name));
  if (unknown !== undefined) {
    console.error(
      `no run is named ${unknown}; there are ${runs.map(({ name }) => name).join(', ')}`,
    );
    return 2;
  }
  const results = runs.filter(({ name }) => names.includes(name)).map(execute);
  console.log('');
  for (const { name, result, minutes } of results)
    console.log(`${name.padEnd(24)}${result.padEnd(12)}${minutes.toFixed(1)} min`);
  return results.every(({ result }) => result === 'passed') ? 0 : 1;
}

/** @param {import('./runs.mjs').Run} run */
function execute({ name, command, minutes }) {
  console.log(`\n== ${name}: ${command}`);
  const start = performance.now();
  const { status, error } = spawnSync(command, {
    shell: true,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: minutes * 60_000,
  });
  const result = status === 0 ? 'passed' : error === undefined ? 'failed' : 'too long';
  return { name, result, minutes: (performance.now() - start) / 60_000 };
}
