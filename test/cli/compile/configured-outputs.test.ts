// Paths that a nhipol.toml names for outputs stay in its folder: it may come from another author.

import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Folder } from '../../support/system/run-cli.ts';

const policy =
  'policy p\nsubject a {}\naction read {}\nresource f {}\nfor a { permit reads otherwise }\n';

test.each([
  ['compile', 'output', '../out.wasm'],
  ['compile', 'output', 'dist/../../out.wasm'],
  ['compile', 'output', 'linked/out.wasm'],
  ['compile', 'output', '{name}.wasm'],
  ['compile', 'output', 'ABSOLUTE/out.wasm'],
  ['test', 'coverage-output', '../out.wasm'],
  ['test', 'coverage-output', 'linked/out.wasm'],
  ['verify', 'output', '../out.wasm'],
])('[%s] %s = "%s" is refused', async (section, key, value) => {
  using folder = new Folder({ 'project/p.nhipol': policy });
  const outside = join(folder.path, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'p.wasm'), 'kept');
  symlinkSync(outside, join(folder.path, 'project', 'linked'));
  symlinkSync(join(outside, 'p.wasm'), join(folder.path, 'project', 'p.wasm'));
  const path = value.replace('ABSOLUTE', outside.replaceAll('\\', '/'));
  folder.write('project/nhipol.toml', `[${section}]\n${key} = "${path}"\n`);
  const { code, err } = await folder.run([section, '@project/p.nhipol']);
  expect([code, err]).toEqual([2, expect.stringContaining('which is outside its folder')]);
  expect(err).toContain(`\`${section}.${key}\``);
  expect(existsSync(join(folder.path, 'out.wasm'))).toBe(false);
  expect(existsSync(join(outside, 'out.wasm'))).toBe(false);
  expect(String(folder.read('outside/p.wasm'))).toBe('kept');
});

test('a path in the folder, and one on the command line, are written', async () => {
  using folder = new Folder({ 'project/p.nhipol': policy });
  folder.write('project/nhipol.toml', '[compile]\noutput = "dist/{name}.wasm"\nvalidate = false\n');
  expect((await folder.run(['compile', '@project/p.nhipol'])).code).toBe(0);
  expect(existsSync(join(folder.path, 'project', 'dist', 'p.wasm'))).toBe(true);
  expect((await folder.run(['compile', '@project/p.nhipol', '-o', '@out.wasm'])).code).toBe(0);
  expect(existsSync(join(folder.path, 'out.wasm'))).toBe(true);
});
