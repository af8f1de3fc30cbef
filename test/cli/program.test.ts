// The command line itself: usage errors, help and the version.

import { readFileSync } from 'node:fs';
import { version } from '@nhipol/cli';
import { expect, test } from 'vitest';
import { Folder } from '../support/system/run-cli.ts';

test.for([
  [[], 'Usage: nhipol'],
  [['chek'], 'Did you mean check?'],
  [['check'], 'expected a policy'],
  [['test'], 'expected a policy'],
  [['compile'], "missing required argument 'policy'"],
  [['check', 'p', '--format', 'xml'], 'Allowed choices are pretty, json'],
  [['eval', 'p'], "required option '--request <file>' not specified"],
  [['eval', 'p', '--request', '-', '--now', 'tomorrow'], 'Expected an instant'],
  [['compile', 'p', '-o', 'x.wasm', '--requests', '-1'], 'Expected a whole number'],
] as const)('%j is a usage error', async ([args, message]) => {
  using folder = new Folder();
  const { code, out, err } = await folder.run(args);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toContain(message);
});

test('prints help and the version', async () => {
  using folder = new Folder();
  const help = await folder.run(['--help']);
  expect(help.code).toBe(0);
  for (const command of ['init', 'check', 'test', 'eval', 'compile', 'config', 'complete'])
    expect(help.out).toContain(`  ${command} `);
  expect(await folder.run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test('the version equals that of the package', () => {
  const file = new URL('../../package.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8')).version).toBe(version);
});
