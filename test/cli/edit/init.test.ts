// `nhipol init`: each template is a policy without errors that passes its tests and permits its request. Also the
// prompts, and that existing files are not overwritten.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { templates } from '../../../cli/templates/index.ts';
import { Folder } from '../../support/system/run-cli.ts';

const kinds = templates.map(({ kind }) => kind);

test.for(templates)('creates a working policy for $title', async ({ kind, files }) => {
  using folder = new Folder();
  const { code, out, err } = await folder.run(['init', '@new', '--kind', kind, '--name', 'my.own']);
  expect({ code, out }).toEqual({ code: 0, out: '' });
  expect(err).toContain('Next:\n');
  const written = new TextDecoder().decode(folder.read('new/policy.nhipol'));
  expect(written).toMatch(/^policy my\.own version "0\.1\.0"$/m);
  const checked = await folder.run(['check', '@new/policy.nhipol']);
  expect(checked).toEqual({ code: 0, out: '', err: '1 policy: no errors\n' });
  const tested = await folder.run(['test', '@new/policy.nhipol', '--engine', 'evaluator']);
  expect(tested.out).toMatch(/\n[4-9] passed, 0 failed\n$/);
  const request = [...files.keys()].find((path) => path.startsWith('fixtures/'));
  const args = ['eval', '@new/policy.nhipol', '--request', `@new/${request}`];
  const { out: answer } = await folder.run([...args, '--engine', 'evaluator']);
  expect(JSON.parse(answer).decision).toBe(true);
  const config = await folder.run(['config', '@new/policy.nhipol', '--format', 'json']);
  expect(JSON.parse(config.out).settings).toContainEqual({
    key: 'policies',
    value: ['policy.nhipol'],
    source: 'file',
    line: expect.any(Number),
  });
});

test('the templates equal the files in cli/templates/, with at most 100 lines and columns', () => {
  for (const { kind, files } of templates) {
    expect([...files.keys()]).toContain('policy.nhipol');
    for (const [path, text] of files) {
      const file = new URL(`../../../cli/templates/${kind}/${path}`, import.meta.url);
      expect(text).toBe(readFileSync(file, 'utf8'));
      const lines = text.split('\n');
      expect(lines.filter((line) => line.length > 100 || /\s$/.test(line))).toEqual([]);
      expect(lines.length).toBeLessThanOrEqual(100);
    }
  }
});

test('derives the name of the policy from the folder', async () => {
  using folder = new Folder();
  expect((await folder.run(['init', '@Night-Job', '--kind', 'ci-job', '--yes'])).code).toBe(0);
  const text = new TextDecoder().decode(folder.read('Night-Job/policy.nhipol'));
  expect(text).toContain('\npolicy acme.night_job version');
});

test('writes nothing if a file already exists', async () => {
  using folder = new Folder({ 'policy.nhipol': 'mine', 'nhipol.toml': 'mine' });
  const { code, err } = await folder.run(['init', '--kind', 'workload'], { inside: true });
  expect(code).toBe(2);
  expect(err).toBe('nhipol: nothing was written: policy.nhipol, nhipol.toml already exist\n');
  expect(folder.names).toEqual(['nhipol.toml', 'policy.nhipol']);
});

test('lists the kinds if none or an unknown one is given without a terminal', async () => {
  using folder = new Folder();
  for (const args of [['init'], ['init', '--yes'], ['init', '--kind', 'toaster']]) {
    const { code, err } = await folder.run(args, { inside: true });
    expect(code).toBe(2);
    for (const kind of kinds) expect(err).toContain(` ${kind}`);
  }
  expect(folder.names).toEqual([]);
});

test('rejects an invalid policy name', async () => {
  using folder = new Folder();
  for (const name of ['a b', '', 'a.', '"x"', 'a\nfor any { permit b otherwise }']) {
    const { code, err } = await folder.run(['init', '@x', '--kind', 'ci-job', '--name', name]);
    expect(code).toBe(2);
    expect(err).toContain('is not a valid policy name');
  }
  expect(folder.names).toEqual([]);
});

test('prompts for kind and name on a terminal until the answers are valid', async () => {
  using folder = new Folder();
  const stdin = ['0\n8\nx\n', '3\n', 'no name\n', 'acme.', 'stock\n'];
  const { code, err } = await folder.run(['init', '@new'], { terminal: true, stdin });
  expect(code).toBe(0);
  expect(err).toContain('  3  workload ');
  expect(err.match(/expected a number from 1 to 7/g)).toHaveLength(3);
  expect(err).toContain('Name of the policy [acme.new]: `no name` is not a valid policy name');
  const text = new TextDecoder().decode(folder.read('new/policy.nhipol'));
  expect(text).toContain('\npolicy acme.stock version');
});

test('an empty answer selects the default name, and a kind may be entered by name', async () => {
  using folder = new Folder();
  const stdin = ['api-key\n\n'];
  expect((await folder.run(['init', '@new'], { terminal: true, stdin })).code).toBe(0);
  const text = new TextDecoder().decode(folder.read('new/policy.nhipol'));
  expect(text).toContain('\npolicy acme.new version');
});

test('writes nothing if the input ends early', async () => {
  using folder = new Folder();
  const { code, err } = await folder.run(['init', '@new'], { terminal: true, stdin: ['1\n'] });
  expect(code).toBe(2);
  expect(err).toContain('nhipol: the input ended before the last answer\n');
  expect(folder.names).toEqual([]);
});
