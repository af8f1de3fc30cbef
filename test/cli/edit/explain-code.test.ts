// `nhipol explain`: the pages, the list of all codes, and unknown codes.

import { messages } from '@nhipol/language';
import { expect, test } from 'vitest';
import { Folder } from '../../support/system/run-cli.ts';

async function runExplain(...args: readonly string[]) {
  using folder = new Folder();
  return await folder.run(['explain', ...args]);
}

test('prints a page with the meaning, the remedy, and both examples with their output', async () => {
  const { code, out, err } = await runExplain('is-not-present');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe(`error[is-not-present]: write \`is missing\` instead of \`is not present\`

\`is not\` compares two values; \`is present\` and \`is missing\` test whether there is one. Each test has
one spelling, so that it can be searched.

Avoid

  context { a?: Int }
  for any { deny no when context.a is not present }

  error[is-not-present]: write \`is missing\` instead of \`is not present\`
   ┌─ p.nhipol:2:34
  2│ for any { deny no when context.a is not present }
   │                                  ^^^^^^^^^^^^^^
   │ fix: write \`is missing\`

Prefer

  context { a?: Int }

  for any {
    deny no when context.a is missing
  }
`);
});

test('accepts a code as diagnostics print it', async () => {
  const bare = await runExplain('bad-range');
  expect(await runExplain('error[bad-range]')).toEqual(bare);
  expect(bare.out).toContain('What to do\n\nWrite the minimum and the maximum: ');
});

test.each(Object.keys(messages))('the page of %s fits a terminal', async (name) => {
  const { code, out } = await runExplain(name);
  expect(code).toBe(0);
  for (const line of out
    .split('\n')
    .filter((each) => !/[│^]|^ *(?:error|warning|advice)\[/.test(each)))
    expect(line.length).toBeLessThanOrEqual(100);
});

test('lists all codes in groups without an argument', async () => {
  const { code, out } = await runExplain();
  expect(code).toBe(0);
  const listed = [...out.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(Object.keys(messages).sort());
  expect(out).toMatch(/^Text and grammar\n\n/);
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
});

test.each([
  ['unknown-membr', '; did you mean `unknown-member`, `unknown-name` or `unknown-allow`?'],
  ['xyzzy', ' (see nhipol explain for a list)'],
])('reports the unknown code %s', async (name, more) => {
  expect(await runExplain(name)).toEqual({
    code: 2,
    out: '',
    err: `nhipol: unknown diagnostic \`${name}\`${more}\n`,
  });
});
