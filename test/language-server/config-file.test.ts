// nhipol.toml in an editor: completion of sections, keys and values, hover and diagnostics. Needs `dist/bin/`.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CompletionItem, Hover } from 'vscode-languageserver';
import { Editor } from './editor.ts';

const uri = 'file:///work/nhipol.toml';
const text = `policies = ["policy.nhipol"]

[test]
engine = "both"

[compile]
simd = true
`;

const editor = new Editor();
beforeAll(async () => {
  await editor.start();
  await editor.open(uri, text);
}, 60_000);
afterAll(async () => expect(await editor.stop()).toBe(0));

test.each([
  ['|policies', ['policies']],
  ['[|test]', ['check', 'test', 'verify', 'mutate', 'compile']],
  ['|engine', ['engine', 'coverage', 'coverage-output', 'min']],
  ['engine = |"both"', ['"both"', '"evaluator"', '"wasm"']],
  ['simd = |true', ['true', 'false']],
  ['policies = |[', []],
])('completion at %s', async (mark, expected) => {
  const found = await editor.at<CompletionItem[]>('completion', uri, mark);
  expect(found.map(({ label }) => label)).toEqual(expected);
});

test('hover over a key', async () => {
  const hover = await editor.at<Hover>('hover', uri, 'si|md');
  expect(JSON.stringify(hover)).toContain('Use vector instructions in modules');
});

test.each([
  ['engine = "both"', 'engine = "bot"', '`test.engine`: expected one of'],
  ['simd = true', 'smid = true', 'did you mean `simd`?'],
  ['[compile]', '[compile', 'invalid TOML'],
])('%s becomes %s', async (from, to, message) => {
  expect(await editor.diagnostics(uri, (all) => all.length === 0)).toEqual([]);
  await editor.edit(uri, from, to);
  const [found] = await editor.diagnostics(uri, (all) => all.length > 0);
  expect(found).toMatchObject({ source: 'nhipol', severity: 1 });
  expect(found?.message).toContain(message);
  await editor.edit(uri, to, from);
  await editor.diagnostics(uri, (all) => all.length === 0);
});

test('another TOML file is left alone', async () => {
  const own = 'file:///work/other.toml';
  await editor.open(own, 'x = 1\n');
  expect(await editor.at('hover', own, '|x')).toBeNull();
  await editor.close(own);
});
