// The example patches of docs/contributing/ can be applied to the sources, and the table of what reports each of their files
// lists all of them. `npm run experiment:builtin` writes the table.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { builtinPage } from '../../../scripts/experiments/page.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const patch = 'scripts/experiments/upper.patch';
const reports: Readonly<Record<string, string | null>> = JSON.parse(
  readFileSync(`${root}scripts/experiments/upper.json`, 'utf8'),
);

function apply(...options: readonly string[]): string {
  return execFileSync('git', ['apply', ...options, patch], { cwd: root, encoding: 'utf8' });
}

test('the patch that adds a builtin can be applied', () => {
  expect(() => apply('--check')).not.toThrow();
});

test('the page says for each file of the patch what reports it if it is left out', () => {
  const files = apply('--numstat')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([added = '', , path = '']) => ({ path, added: Number(added) }));
  const paths = files.map(({ path }) => path);
  expect(Object.keys(reports)).toEqual(paths.filter((path) => path in reports));
  expect(Object.values(reports)).not.toContain(null);
  const page = readFileSync(`${root}docs/contributing/upper.md`, 'utf8');
  expect(page).toBe(builtinPage(files.map((file) => ({ ...file, report: reports[file.path] }))));
});
