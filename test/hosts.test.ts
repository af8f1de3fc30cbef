// `npm run test:hosts`: commands that succeed or fail, missing toolchains, and the table of the results.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hosts } from '../scripts/hosts/list.mjs';
import { runHost } from '../scripts/hosts/run-host.mjs';
import { answersTable, complaints, table } from '../scripts/hosts/table.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const toolPrinting = (answers: Readonly<Record<string, unknown>>, code = 0) => [
  process.execPath,
  '-e',
  `console.log(JSON.stringify((${JSON.stringify(answers)})[process.argv[1]])); process.exitCode = ${code}`,
];
const answers = {
  conformance: { checks: 1204, passed: 1204, failures: [] },
  measure: { json: 489.2, native: 1187, response: 510, allocations: 0 },
  stress: { decisions: 1e7, threads: 4, disagreements: 0, memory: [14 * 2 ** 20, 14 * 2 ** 20] },
};
const host = {
  id: 'made',
  title: 'Made, by node',
  folder: 'hosts',
  needs: [{ command: 'node', debian: 'nodejs' }],
  build: [[process.execPath, '-e', '']],
  look: [[process.execPath, '-e', 'process.exitCode = 3']],
  tool: toolPrinting(answers),
};
const wanted = { root, workload: '/nowhere/p1', look: false, measure: true, stress: 1e7 };

test('builds a host, runs its cases, and measures and stresses it', () => {
  const report = runHost(host, wanted);
  expect(report).toMatchObject({ conformance: { passed: 1204 }, speed: { json: 489.2 } });
  expect(complaints([report], 1204)).toEqual([]);
  expect(table([report]).split('\n').at(-1)).toBe(
    'Made, by node  1,204 of 1,204           489           1,187             510            0  10,000,000 by 4 threads              0  14 MiB → 14 MiB',
  );
});

test('measures each kind of answer, and shows its ratio to a plain permit', () => {
  const narrowed = { ...answers.measure, json: 978.4 };
  const tool = [
    process.execPath,
    '-e',
    `const [command, path] = process.argv.slice(1); console.log(JSON.stringify(path === '/nowhere/narrow' ? ${JSON.stringify(narrowed)} : ${JSON.stringify(answers)}[command]));`,
  ];
  const kinds = new Map(['permit', 'narrow'].map((kind) => [kind, `/nowhere/${kind}`]));
  const report = runHost({ ...host, tool }, { ...wanted, stress: 0, answers: kinds });
  expect(answersTable([report]).split('\n').slice(1, 2)).toEqual([
    'Made, by node  JSON to answer      489 (1.00)                                                                  978 (2.00)',
  ]);
});

test('reports a missing toolchain with its package, and runs nothing', () => {
  const needs = [{ command: 'no-such-compiler', debian: 'no-such-package' }];
  const report = runHost({ ...host, needs }, wanted);
  expect(report).toEqual({ host: { ...host, needs }, missing: needs });
  expect(complaints([report], 1204)).toEqual([
    'Made, by node needs `no-such-compiler`, which is not installed; on Debian: apt-get install no-such-package',
  ]);
  expect(table([report])).toContain('not installed');
});

test('stops at the first command that fails', () => {
  const report = runHost(host, { ...wanted, look: true });
  expect(report.failed).toMatch(/exited with 3$/);
  expect(report.conformance).toBeUndefined();
  expect(complaints([report], 1204)).toHaveLength(1);
});

test('a tool without output has failed', () => {
  const silent = runHost({ ...host, tool: [process.execPath, '-e', ''] }, wanted);
  expect(silent.failed).toMatch(/printed no result$/);
});

test('reports wrong checks and decisions', () => {
  const conformance = { checks: 2, passed: 1, failures: ['time/windows: inside: effect'] };
  const stress = { ...answers.stress, disagreements: 7 };
  const report = runHost(
    { ...host, tool: toolPrinting({ ...answers, conformance, stress }, 1) },
    wanted,
  );
  expect(complaints([report], 1204)).toEqual([
    'Made, by node made 2 of 1,204 checks',
    'Made, by node: time/windows: inside: effect',
    'Made, by node: 7 wrong decisions under stress',
  ]);
});

test('uses another build of a host if nothing is measured', () => {
  const unmeasured = { build: [], tool: toolPrinting({ conformance: answers.conformance }) };
  const tool = [process.execPath, '-e', 'process.exitCode = 1'];
  const only = { ...wanted, measure: false, stress: 0 };
  expect(runHost({ ...host, tool, unmeasured }, only).conformance?.passed).toBe(1204);
});

test('neither measures nor stresses a host that is only checked', () => {
  const report = runHost({ ...host, isOnlyChecked: true }, wanted);
  expect(report.conformance?.passed).toBe(1204);
  expect([report.speed, report.stress]).toEqual([undefined, undefined]);
});

test('each host has a unique id and title, and a README', () => {
  expect(new Set(hosts.map(({ id }) => id)).size).toBe(hosts.length);
  expect(new Set(hosts.map(({ title }) => title)).size).toBe(hosts.length);
  for (const { folder } of hosts) expect(existsSync(`${root}${folder}/README.md`)).toBe(true);
});
