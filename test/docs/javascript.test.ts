// docs/javascript.md lists the values of each entry point, and its program produces the values in its comments.

import { expect, test } from 'vitest';
import * as api from '../../language/public.ts';
import { readPage } from '../support/pages/pages.ts';

const page = readPage('javascript.md');

const entryPoints: Readonly<Record<string, () => Promise<object>>> = {
  nhipol: async () => api,
  'nhipol/format': () => import('../../language/syntax/format/format.ts'),
  'nhipol/compiler': () => import('../../compiler/public.ts'),
  'nhipol/testing': () => import('../../assurance/testing/public.ts'),
  'nhipol/testing/node': () => import('../../assurance/testing/node/read-policy.ts'),
  '@nhipol/runtime': () => import('../../runtime/index.ts'),
};

test.each(Object.entries(entryPoints))('lists the values of %s', async (name, load) => {
  const row = page.text.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
  const listed = [...(row.split('|')[2] ?? '').matchAll(/`(\w+)`/g)].map(([, value]) => value);
  expect(listed.toSorted()).toEqual(Object.keys(await load()).toSorted());
});

test('lists the values of the entry points for coverage and mutation', async () => {
  const coverage = await import('../../assurance/testing/coverage/public.ts');
  const mutation = await import('../../assurance/testing/mutate/public.ts');
  for (const value of Object.keys({ ...coverage, ...mutation })) {
    expect(page.text).toContain(`\`${value}\``);
  }
});

test('the program produces the values on the page', () => {
  const found: string[] = [];
  const program = page.blocks
    .filter(({ language }) => language === 'js')
    .flatMap(({ text, line }) => text.split('\n').map((each, at) => checkLine(each, line + at + 1)))
    .join('\n');
  const names = Object.keys(api);
  const run = new Function(...names, 'expectLine', program);
  run(...Object.values(api), (line: number, value: unknown, expected: unknown) => {
    found.push(`${line}`);
    expect({ line, value }).toEqual({ line, value: expected });
  });
  expect(found.length).toBeGreaterThan(7);
});

function checkLine(line: string, at: number): string {
  if (line.startsWith('import ')) return '';
  const [, code, value] = /^(\S.*); \/\/ (.*)$/.exec(line) ?? [];
  return code === undefined ? line : `expectLine(${at}, ${code}, ${value});`;
}
