// A policy may name only the files of its project. Outputs never replace inputs of a command, and the names of
// temporary files cannot be guessed.

import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { maxFileBytes, projectRoot } from '../../assurance/testing/node/project-files.ts';
import { readPolicy } from '../../assurance/testing/node/read-policy.ts';
import { Folder } from '../support/system/run-cli.ts';

const secret = 'root:x:0:0';

const whole = `policy p
for any { permit ok otherwise }
`;

/** For each way of naming a file, a policy that names `path`. */
const naming: Readonly<Record<string, (path: string) => string>> = {
  use: (path) => `${whole}use "${path}"\n`,
  names: (path) => `${whole}use { a } from "${path}"\n`,
  table: (path) => `${whole}table t: String -> String from "${path}"\n`,
  request: (path) => `${whole}test "t" { request from "${path}" expect permit }\n`,
  fixture: (path) => `${whole}fixture f from "${path}"\n`,
};

const ways = Object.entries(naming);

test.each(ways)(
  '%s: rejects a file outside the project, and does not print its content',
  async (_, policy) => {
    using folder = new Folder({
      'secret.txt': secret,
      'project/nhipol.toml': '',
      'project/policies/p.nhipol': policy('../../secret.txt'),
    });
    const { code, out } = await folder.run(['check', '@project/policies/p.nhipol']);
    expect(code).toBe(1);
    expect(out).toContain('it is outside the project folder');
    expect(out).toContain('allow its folder with `--allow-read DIR`');
    expect(out).not.toContain('root');
  },
);

test.each(ways)('%s: rejects a link to a file outside the project', async (_, policy) => {
  using folder = new Folder({ 'secret.txt': secret, 'project/p.nhipol': policy('inside.txt') });
  symlinkSync('../secret.txt', join(folder.path, 'project/inside.txt'));
  const { code, out } = await folder.run(['check', '@project/p.nhipol']);
  expect(code).toBe(1);
  expect(out).toContain('it is outside the project folder');
  expect(out).not.toContain('root');
});

test('reads a file from another folder of the project, also by a link', async () => {
  using folder = new Folder({
    'project/.git/HEAD': 'ref: refs/heads/main\n',
    'project/shared/names.nhipol': 'const limit = 5\n',
    'project/policies/p.nhipol': `${whole}use { limit } from "../shared/names.nhipol"\n`,
    'project/policies/q.nhipol': `${whole}use { limit } from "linked.nhipol"\n`,
  });
  symlinkSync('../shared/names.nhipol', join(folder.path, 'project/policies/linked.nhipol'));
  for (const name of ['p', 'q']) {
    const { out } = await folder.run(['check', `@project/policies/${name}.nhipol`]);
    expect(out).not.toContain('missing-file');
  }
});

test('the project folder is that of the policy if no parent has a project file', async () => {
  using folder = new Folder({ 'a/p.nhipol': whole, 'b/nhipol.toml': '', 'b/c/p.nhipol': whole });
  expect(projectRoot(join(folder.path, 'a/p.nhipol'))).toBe(join(folder.path, 'a'));
  expect(projectRoot(join(folder.path, 'b/c/p.nhipol'))).toBe(join(folder.path, 'b'));
});

test('--allow-read allows a folder, before or after the command, and no other', async () => {
  using folder = new Folder({
    'shared/names.nhipol': 'const limit = 5\n',
    'project/p.nhipol': `${whole}use { limit } from "../shared/names.nhipol"\n`,
  });
  const check = ['check', '@project/p.nhipol'];
  const allow = ['--allow-read', '@shared'];
  for (const args of [
    [...check, ...allow],
    [...allow, ...check],
    [...allow, '--allow-read', '@project', ...check],
  ]) {
    expect((await folder.run(args)).out).not.toContain('missing-file');
  }
  for (const args of [check, [...check, '--allow-read', '@project']])
    expect((await folder.run(args)).out).toContain('missing-file');
});

test('the existence of a file outside the project is not revealed', async () => {
  using folder = new Folder({
    'secret.txt': secret,
    'project/p.nhipol': naming.use?.('../secret.txt') ?? '',
    'project/q.nhipol': naming.use?.('../absent.txt') ?? '',
    'project/r.nhipol': naming.use?.('link/absent.txt') ?? '',
  });
  symlinkSync('..', join(folder.path, 'project/link'));
  for (const name of ['p', 'q', 'r']) {
    const { out } = await folder.run(['check', `@project/${name}.nhipol`]);
    expect(out).toContain('it is outside the project folder');
  }
});

test.runIf(process.platform !== 'win32')('rejects files that are not regular', async () => {
  using folder = new Folder({ 'p.nhipol': naming.table?.('pipe.csv') ?? '' });
  execFileSync('mkfifo', [join(folder.path, 'pipe.csv')]);
  const pipe = await folder.run(['check', '@p.nhipol']);
  expect(pipe.out).toContain('cannot read');
  expect(pipe.out).toContain('it is not a regular file');
  folder.write('d.nhipol', naming.use?.('folder') ?? '');
  mkdirSync(join(folder.path, 'folder'));
  expect((await folder.run(['check', '@d.nhipol'])).out).toContain('it is not a regular file');
  folder.write('z.nhipol', naming.use?.('/dev/zero') ?? '');
  const zero = await folder.run(['check', '--allow-read', '/dev', '@z.nhipol']);
  expect(zero.out).toContain('it is not a regular file');
});

test.runIf(process.platform !== 'win32')('limits the size of a policy file', async () => {
  using folder = new Folder();
  const { code, err } = await folder.run(['check', '/dev/zero']);
  expect({ code, err }).toEqual({
    code: 2,
    err: `nhipol: cannot read /dev/zero: it is larger than ${maxFileBytes / 1024 / 1024} MiB\n`,
  });
});

test('rejects a large file and a file that is not text', async () => {
  using folder = new Folder({
    'p.nhipol': naming.table?.('large.json') ?? '',
    'large.json': new Uint8Array(maxFileBytes + 1).fill(0x20),
    'q.nhipol': naming.table?.('latin.csv') ?? '',
    'latin.csv': new Uint8Array([0xe9]),
  });
  expect((await folder.run(['check', '@p.nhipol'])).out).toContain('it is larger than 32 MiB');
  expect((await folder.run(['check', '@q.nhipol'])).out).toContain('it is not UTF-8 text');
});

test('rejects policies of nhipol.toml that are outside its folder', async () => {
  using folder = new Folder({
    'secret.txt': secret,
    'project/nhipol.toml': 'policies = ["../secret.txt"]\n',
  });
  const before = process.cwd();
  process.chdir(join(folder.path, 'project'));
  try {
    const { code, out, err } = await folder.run(['check']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('which is outside its folder; use --allow-read DIR to allow it');
    expect((await folder.run(['check', '--allow-read', folder.path])).code).toBe(1);
  } finally {
    process.chdir(before);
  }
});

test('readPolicy restricts files as the command line does', async () => {
  using folder = new Folder({
    'shared/names.nhipol': 'const limit = 5\n',
    'project/p.nhipol': `policy p\nuse { limit } from "../shared/names.nhipol"\ncontext { n: Int }\nfor any { permit ok when context.n < limit }\n`,
  });
  const path = join(folder.path, 'project/p.nhipol');
  await expect(readPolicy(path)).rejects.toThrow('it is outside the project folder');
  const allowRead = [join(folder.path, 'shared')];
  expect((await readPolicy(path, { allowRead })).name).toBe('p');
});

test('an output never replaces an input, also under another path', async () => {
  using folder = new Folder({ 'p.nhipol': whole, 'names.nhipol': 'const a = 1\n' });
  folder.write('q.nhipol', `${whole}use "names.nhipol"\n`);
  symlinkSync('p.nhipol', join(folder.path, 'soft.wasm'));
  linkSync(join(folder.path, 'p.nhipol'), join(folder.path, 'hard.wasm'));
  const before = folder.read('p.nhipol');
  for (const args of [
    ['compile', '@p.nhipol', '-o', '@p.nhipol'],
    ['compile', '@p.nhipol', '-o', '@./p.nhipol'],
    ['compile', '@p.nhipol', '-o', '@soft.wasm'],
    ['compile', '@p.nhipol', '-o', '@hard.wasm'],
    ['compile', '@q.nhipol', '-o', '@names.nhipol'],
    ['doc', '@p.nhipol', '-o', '@p.nhipol'],
    ['report', '@p.nhipol', '-o', '@p.nhipol'],
    ['diff', '@p.nhipol', '@q.nhipol', '-o', '@names.nhipol'],
    ['test', '@p.nhipol', '--engine', 'evaluator', '--format', 'json', '-o', '@p.nhipol'],
  ]) {
    const { code, err } = await folder.run(args);
    expect({ args, code, err }).toMatchObject({
      code: 2,
      err: expect.stringContaining('was not written'),
    });
  }
  expect(folder.read('p.nhipol')).toEqual(before);
  expect(new TextDecoder().decode(folder.read('names.nhipol'))).toBe('const a = 1\n');
});

test('neither uses nor removes a file or link with a guessed temporary name', async () => {
  using folder = new Folder({
    'victim.txt': 'kept',
    'p.nhipol': 'policy  p\nfor any { permit ok otherwise }',
  });
  const guess = `.p.nhipol.${process.pid}.tmp`;
  symlinkSync('victim.txt', join(folder.path, guess));
  expect((await folder.run(['fmt', '@p.nhipol'])).code).toBe(0);
  expect(new TextDecoder().decode(folder.read('victim.txt'))).toBe('kept');
  expect(readdirSync(folder.path).sort()).toEqual([guess, 'p.nhipol', 'victim.txt']);
});
