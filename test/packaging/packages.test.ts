// `npm run test:packages`: packages that are built, inspected and installed, and each way in which a check fails.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { checkPackages } from '../../scripts/packages/check.mjs';
import { ecosystems } from '../../scripts/packages/list.mjs';
import { complaints, table } from '../../scripts/packages/table.mjs';

const policy = mkdtempSync(join(tmpdir(), 'nhipol-policy-'));
afterAll(() => rmSync(policy, { recursive: true }));
writeFileSync(join(policy, 'policy.wasm'), 'module');

const given = {
  root: fileURLToPath(new URL('.', import.meta.url)),
  version: '0.1.0',
  policy,
  answers: 'permit\n',
};
const node = (code: string) => [process.execPath, '-e', code];
const nothing = node('');
const project = {
  title: 'a project',
  from: 'ruby',
  files: { 'a/b.json': '{}' },
  install: [
    node("for (const path of ['policy.wasm', 'decide.rb', 'a/b.json']) fs.readFileSync(path)"),
  ],
  run: node("console.log('permit')"),
};
const inspection = { title: 'the files', command: ['ls'], contains: ['made.zip'] };
const plan = {
  folder: '.',
  build: [node(`fs.readFileSync('packages.test.ts'); fs.writeFileSync('../out/made.zip', '')`)],
  inspections: [inspection],
  projects: [project],
};
const check = (changed: Partial<typeof plan> & { env?: Record<string, string> } = {}) =>
  checkPackages(
    { id: 'made', title: 'Made', needs: [], plan: () => ({ ...plan, ...changed }) },
    given,
  );

test('builds a package from the files in Git, inspects it, and runs a program that uses it', () => {
  const report = check();
  expect(report).toMatchObject({ checks: 2, failures: [] });
  expect(complaints([report])).toEqual([]);
  expect(table([report])).toMatch(/^Made +2 of 2 +\d+$/m);
});

test('a package that cannot be built is one failed check', () => {
  const report = check({ build: [node('process.exitCode = 3')] });
  expect(report.checks).toBe(1);
  expect(complaints([report])).toEqual([
    expect.stringMatching(/^Made: the package: .* exited with 3$/),
  ]);
});

test('reports missing and unwanted contents, and still runs the projects', () => {
  const missing = { ...inspection, contains: ['LICENSE'] };
  const unwanted = { ...inspection, excludes: ['made'] };
  const { checks, failures } = check({ inspections: [missing, unwanted] });
  expect(checks).toBe(3);
  expect(failures).toEqual(['the files: `LICENSE` is missing', 'the files: `made` is unwanted']);
});

test.each([
  ['cannot be installed', { install: [node('process.exitCode = 1')] }, /exited with 1$/],
  ['prints another answer', { run: nothing }, /^a project: expected "permit\\n", printed ""$/],
  ['fails', { run: node("console.log('permit'); process.exitCode = 1") }, /exited with 1$/],
  [
    'has unwanted dependencies',
    { installed: { ...inspection, contains: [], excludes: ['decide'] } },
    /`decide` is unwanted$/,
  ],
])('reports a project that %s', (_, changed, why) => {
  const { failures } = check({ projects: [{ ...project, ...changed }] });
  expect(failures).toEqual([expect.stringMatching(why)]);
});

test('commands have the environment of the plan', () => {
  const run = node('console.log(process.env.NHIPOL_MADE)');
  const { failures } = check({ env: { NHIPOL_MADE: 'permit' }, projects: [{ ...project, run }] });
  expect(failures).toEqual([]);
});

test('reports a missing toolchain, and runs nothing', () => {
  const needs = [{ command: 'no-such-compiler', debian: 'no-such-package' }];
  const plan = () => {
    throw new Error('it ran');
  };
  const report = checkPackages({ id: 'made', title: 'Made', needs, plan }, given);
  expect(complaints([report])).toEqual([
    'Made needs `no-such-compiler`, which is not installed; on Debian: apt-get install no-such-package',
  ]);
  expect(table([report])).toContain('not installed');
});

test('each ecosystem has a unique id, and inspects and installs its packages', () => {
  expect(new Set(ecosystems.map(({ id }) => id)).size).toBe(ecosystems.length);
  for (const { plan } of ecosystems) {
    const { inspections, projects } = plan({ root: '/', source: '/s', out: '/o', version: '1' });
    expect(Math.min(inspections.length, projects.length)).toBeGreaterThan(0);
  }
});
