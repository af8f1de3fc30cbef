// `nhipol complete`: the completions of a word, and the scripts for the shells. The completion package writes to the
// console of the process.

import { expect, test, vi } from 'vitest';
import { Folder } from '../support/system/run-cli.ts';

async function captureOutput(folder: Folder, args: readonly string[]): Promise<readonly string[]> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    expect((await folder.run(['complete', ...args], { inside: true })).code).toBe(0);
    return log.mock.calls.map(([line]) => String(line));
  } finally {
    log.mockRestore();
  }
}

/** The completions, without descriptions and without the last line, a directive for the shell. */
async function completeWords(
  folder: Folder,
  ...words: readonly string[]
): Promise<readonly string[]> {
  const lines = await captureOutput(folder, ['--', ...words]);
  return lines.slice(0, -1).map((line) => line.split('\t')[0] ?? '');
}

test('completes commands, options and choices', async () => {
  using folder = new Folder();
  expect(await completeWords(folder, 'co')).toEqual(['compile', 'config', 'complete']);
  expect(await completeWords(folder, 'check', '--f')).toEqual(['--format', '--fix']);
  expect(await completeWords(folder, 'check', '--no')).toEqual([
    '--no-deny-warnings',
    '--no-advise',
  ]);
  expect(await completeWords(folder, 'check', '--format', '')).toEqual([
    'pretty',
    'json',
    'sarif',
    'github',
  ]);
  expect(await completeWords(folder, 'test', '--engine=w')).toEqual(['wasm']);
  expect(await completeWords(folder, 'test', '--format', '')).toEqual(['pretty', 'json', 'junit']);
  expect(await completeWords(folder, 'test', '--f')).toEqual(['--filter', '--format']);
  expect(await completeWords(folder, 'init', '--kind', 'a')).toEqual([
    'ai-agent',
    'api-key',
    'admin-bot',
  ]);
});

test('completes whole paths of policies, requests and logs', async () => {
  using folder = new Folder({
    'a.nhipol': '',
    'deep/er/b.nhipol': '',
    'deep/request.json': '',
    'today.jsonl': '',
    'node_modules/c.nhipol': '',
  });
  expect(await completeWords(folder, 'check', '')).toEqual(['a.nhipol', 'deep/er/b.nhipol']);
  expect(await completeWords(folder, 'check', 'a.nhipol', 'deep/')).toEqual(['deep/er/b.nhipol']);
  expect(await completeWords(folder, 'eval', 'a.nhipol', '--request', '')).toEqual([
    'deep/request.json',
  ]);
  expect(await completeWords(folder, 'simulate', 'a.nhipol', '--events', '')).toEqual([
    'today.jsonl',
  ]);
  expect(await completeWords(folder, 'diff', 'a.nhipol', '')).toContain('a.nhipol');
  expect(await completeWords(folder, 'compile', 'a.nhipol', '-o', '')).toEqual([]);
});

test.for(['zsh', 'bash', 'fish', 'powershell'])(
  'prints a completion script for %s',
  async (shell) => {
    using folder = new Folder();
    const [script] = await captureOutput(folder, [shell]);
    expect(script).toContain('nhipol');
    expect(script).toContain('complete');
  },
);

test('an unsupported shell is a usage error', async () => {
  using folder = new Folder();
  expect(await folder.run(['complete', 'sh'])).toEqual({
    code: 2,
    out: '',
    err: 'nhipol: expected a shell: zsh, bash, fish or powershell\n',
  });
});
