// What `npm run test:hosts` makes of hosts: commands that run or fail, toolchains that are not there, and the table.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hosts } from '../scripts/hosts/list.mjs';
import { runHost } from '../scripts/hosts/run-host.mjs';
import { complaints, table } from '../scripts/hosts/table.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const answering = (answers: Readonly<Record<string, unknown>>, code = 0) => [
  process.execPath,
  '-e',
  `console.log(JSON.stringify((${JSON.stringify(answers)})[process.argv[1]])); process.exitCode = ${code}`,
];
const answers = {
  conformance: { checks: 1204, passed: 1204, failures: [] },
  measure: { json: 489.2, native: 1187, allocations: 0 },
  stress: { decisions: 1e7, threads: 4, disagreements: 0, memory: [14 * 2 ** 20, 14 * 2 ** 20] },
};
const host = {
  id: 'made',
  title: 'Made, by node',
  folder: 'hosts',
  needs: [{ command: 'node', debian: 'nodejs' }],
  build: [[process.execPath, '-e', '']],
  look: [[process.execPath, '-e', 'process.exitCode = 3']],
  tool: answering(answers),
};
const wanted = { root, workload: '/nowhere/p1', look: false, measure: true, stress: 1e7 };

test('a host is built, asked, measured and stressed', () => {
  const report = runHost(host, wanted);
  expect(report).toMatchObject({ conformance: { passed: 1204 }, speed: { json: 489.2 } });
  expect(complaints([report], 1204)).toEqual([]);
  expect(table([report]).split('\n').at(-1)).toBe(
    'Made, by node  1,204 of 1,204           489           1,187            0  10,000,000 by 4 threads              0  14 MiB → 14 MiB',
  );
});

test('a toolchain that is not here is told, with what brings it, and nothing runs', () => {
  const needs = [{ command: 'no-such-compiler', debian: 'no-such-package' }];
  const report = runHost({ ...host, needs }, wanted);
  expect(report).toEqual({ host: { ...host, needs }, missing: needs });
  expect(complaints([report], 1204)).toEqual([
    'Made, by node needs `no-such-compiler`, which is not here; on Debian: apt-get install no-such-package',
  ]);
  expect(table([report])).toContain('not here');
});

test('the first command that fails ends it', () => {
  const report = runHost(host, { ...wanted, look: true });
  expect(report.failed).toMatch(/ended with 3$/);
  expect(report.conformance).toBeUndefined();
  expect(complaints([report], 1204)).toHaveLength(1);
});

test('a tool that says nothing has failed', () => {
  const silent = runHost({ ...host, tool: [process.execPath, '-e', ''] }, wanted);
  expect(silent.failed).toMatch(/gave no answer$/);
});

test('what is answered otherwise than expected is told', () => {
  const conformance = { checks: 2, passed: 1, failures: ['time/windows: inside: effect'] };
  const stress = { ...answers.stress, disagreements: 7 };
  const report = runHost(
    { ...host, tool: answering({ ...answers, conformance, stress }, 1) },
    wanted,
  );
  expect(complaints([report], 1204)).toEqual([
    'Made, by node made 2 checks of 1,204',
    'Made, by node: time/windows: inside: effect',
    'Made, by node: 7 decisions under stress are others than expected',
  ]);
});

test('where nothing is measured a host may be built otherwise', () => {
  const unmeasured = { build: [], tool: answering({ conformance: answers.conformance }) };
  const tool = [process.execPath, '-e', 'process.exitCode = 1'];
  const only = { ...wanted, measure: false, stress: 0 };
  expect(runHost({ ...host, tool, unmeasured }, only).conformance?.passed).toBe(1204);
});

test('each host has an id and a title of its own, and a folder with a page', () => {
  expect(new Set(hosts.map(({ id }) => id)).size).toBe(hosts.length);
  expect(new Set(hosts.map(({ title }) => title)).size).toBe(hosts.length);
  for (const { folder } of hosts) expect(existsSync(`${root}${folder}/README.md`)).toBe(true);
});
