// The workflows, `.ci/run` and the nightly runs name scripts that exist.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const paths = [
  ...globSync(['.github/workflows/*.yml', '.ci/*'], { cwd: root, dot: true }),
  'scripts/nightly/runs.mjs',
];

describe.each(paths)('%s', (path) => {
  const text = read(path);

  test('runs scripts of package.json', () => {
    const names = [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name]) => name);
    expect(names.filter((name = '') => !(name in scripts))).toEqual([]);
  });

  test('runs files of the repository', () => {
    const files = [...text.matchAll(/(?:node|bash) ((?:\.ci|scripts|benchmarks)\/[\w./-]+)/g)];
    expect(files.map(([, file]) => file).filter((file) => !existsSync(`${root}${file}`))).toEqual(
      [],
    );
  });
});

test('the workflow of a push runs what .ci/run does', () => {
  const push = read('.github/workflows/push.yml');
  const steps = [...read('.ci/run').matchAll(/bash (\.ci\/\w+)|(check:workflows)/g)];
  expect(steps.length).toBeGreaterThan(3);
  for (const [, file, script] of steps) expect(push).toContain(file ?? script);
});
