// `nhipol fmt`: the files that it writes and leaves unchanged, its output and exit codes.

import { chmodSync, lstatSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Folder } from '../../support/system/run-cli.ts';
import { broken } from '../policies.ts';

const careless = 'policy   p // mine\nfor any { permit a otherwise }\n';
const styled = 'policy p // mine\nfor any {\n  permit a otherwise\n}\n';

function readText(folder: Folder, name: string): string {
  return Buffer.from(folder.read(name)).toString();
}

test('formats files in place, and reports those that change', async () => {
  using folder = new Folder({ 'a.nhipol': careless, 'b.nhipol': styled });
  const before = lstatSync(join(folder.path, 'b.nhipol')).ino;
  expect(await folder.run(['fmt', '@a.nhipol', '@b.nhipol'])).toEqual({
    code: 0,
    out: '',
    err: 'formatted a.nhipol\n',
  });
  expect(readText(folder, 'a.nhipol')).toBe(styled);
  expect(lstatSync(join(folder.path, 'b.nhipol')).ino).toBe(before);
  expect(folder.names).toEqual(['a.nhipol', 'b.nhipol']);
});

test('a formatted file keeps its permissions, and a link remains a link', async () => {
  using folder = new Folder({ 'a.nhipol': careless });
  chmodSync(join(folder.path, 'a.nhipol'), 0o640);
  symlinkSync('a.nhipol', join(folder.path, 'link.nhipol'));
  expect((await folder.run(['fmt', '@link.nhipol'])).err).toBe('formatted link.nhipol\n');
  expect(lstatSync(join(folder.path, 'link.nhipol')).isSymbolicLink()).toBe(true);
  expect(statSync(join(folder.path, 'a.nhipol')).mode & 0o777).toBe(0o640);
  expect(readText(folder, 'a.nhipol')).toBe(styled);
});

test('a file with syntax errors is unchanged, and the others are formatted', async () => {
  using folder = new Folder({ 'a.nhipol': broken, 'b.nhipol': careless });
  const { code, out, err } = await folder.run(['fmt', '@a.nhipol', '@b.nhipol']);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^error\[syntax-error\]: .*\n ┌─ a\.nhipol:6:8\n/);
  expect(err.endsWith('1 error\nformatted b.nhipol\n')).toBe(true);
  expect(readText(folder, 'a.nhipol')).toBe(broken);
  expect(readText(folder, 'b.nhipol')).toBe(styled);
});

test('--check lists the files that would change, and writes none', async () => {
  using folder = new Folder({ 'a.nhipol': careless, 'b.nhipol': styled });
  expect(await folder.run(['fmt', '--check', '@a.nhipol', '@b.nhipol'])).toEqual({
    code: 1,
    out: 'a.nhipol\n',
    err: '',
  });
  expect(readText(folder, 'a.nhipol')).toBe(careless);
  expect(await folder.run(['fmt', '--check', '@b.nhipol'])).toEqual({ code: 0, out: '', err: '' });
});

const diff = `--- a.nhipol
+++ a.nhipol
@@ -1,2 +1,4 @@
-policy   p // mine
-for any { permit a otherwise }
+policy p // mine
+for any {
+  permit a otherwise
+}
`;

test('--diff shows what would change, and writes nothing', async () => {
  using folder = new Folder({ 'a.nhipol': careless, 'b.nhipol': styled });
  const shown = await folder.run(['fmt', '--diff', '@a.nhipol', '@b.nhipol']);
  expect(shown).toEqual({ code: 0, out: diff, err: '' });
  expect(readText(folder, 'a.nhipol')).toBe(careless);
  const checked = await folder.run(['fmt', '--diff', '--check', '@a.nhipol']);
  expect(checked).toEqual({ code: 1, out: diff, err: '' });
});

test('the diff is colored on a terminal, and escapes control characters of comments', async () => {
  const start = String.fromCharCode(0x1b);
  using folder = new Folder({ 'a.nhipol': `const  a = 1 // ${start}[2J\n` });
  const { out } = await folder.run(['fmt', '--diff', '@a.nhipol'], { terminal: true });
  expect(out).toContain(`${start}[32m+const a = 1 // \\u{1b}[2J${start}[39m\n`);
  expect(out).not.toContain(`${start}[2J`);
});

test('`-` formats standard input to standard output', async () => {
  using folder = new Folder();
  const run = (args: string[], stdin: string) =>
    folder.run(['fmt', '-', ...args], { stdin: [stdin] });
  expect(await run([], careless)).toEqual({ code: 0, out: styled, err: '' });
  expect(await run([], styled)).toEqual({ code: 0, out: styled, err: '' });
  expect(await run(['--check'], careless)).toEqual({ code: 1, out: 'standard input\n', err: '' });
  const { code, out, err } = await run([], 'const a =');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(' ┌─ standard input:1:9\n');
});

test('rejects a missing file and a file that is not text', async () => {
  using folder = new Folder({ 'latin1.nhipol': new Uint8Array([0xe9, 0x0a]) });
  const missing = await folder.run(['fmt', '@nowhere.nhipol']);
  expect(missing).toMatchObject({ code: 2, out: '' });
  expect(missing.err).toContain('cannot read nowhere.nhipol');
  expect((await folder.run(['fmt', '@latin1.nhipol'])).err).toContain('it is not UTF-8 text');
  expect((await folder.run(['fmt'])).code).toBe(2);
});
