// `--watch`: which files are followed, and that a command runs again after each change, whatever became
// of it before. A watcher that the test steers stands for the system.

import { expect, test, vi } from 'vitest';
import type { Watcher } from '../../cli/io/watch.ts';
import * as runner from '../../cli/test-run/run-policy.ts';
import { Folder } from '../support/run-cli.ts';
import { broken, policy, request, requestWith, untimed } from './policies.ts';

vi.mock('../../cli/test-run/policy-threads.ts', async () =>
  (await import('../support/in-this-thread.ts')).policyThreadsHere(),
);
vi.mock('../../cli/test-run/run-policy.ts', { spy: true });

/** Makes one change after the other, and ends when there is none left. */
class Steered implements Watcher {
  readonly followed: (readonly string[])[] = [];
  closed = false;
  readonly #changes: (() => void)[];

  constructor(...changes: readonly (() => void)[]) {
    this.#changes = [...changes];
  }

  async follow(files: readonly string[]): Promise<void> {
    this.followed.push(files.map((file) => file.replace(/^.*\//, '')).sort());
  }

  async change(): Promise<boolean> {
    const next = this.#changes.shift();
    next?.();
    return next !== undefined;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

test('check runs after each change, and neither mistakes nor a missing file end it', async () => {
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
  const watcher = new Steered(
    () => folder.write('p.nhipol', broken),
    () => folder.remove('p.nhipol'),
    () => folder.write('p.nhipol', policy),
  );
  const { code, out, err } = await folder.run(['check', '@p.nhipol', '--watch'], { watcher });
  expect(code).toBe(0);
  expect(out).toMatch(/^error\[missing-file\][\s\S]*\n3 errors\n$/);
  expect(err).toBe(
    [
      '1 policy: no errors',
      'watching 2 files; press Ctrl-C to stop',
      '1 can be fixed with --fix',
      'watching 2 files; press Ctrl-C to stop',
      'nhipol: cannot read p.nhipol: no such file or folder',
      'watching 1 file; press Ctrl-C to stop',
      '1 policy: no errors',
      'watching 2 files; press Ctrl-C to stop',
      '',
    ].join('\n'),
  );
  expect(watcher.followed).toEqual([
    ['p.nhipol', 'request.json'],
    // One that is missing may yet come.
    ['names.nhipol', 'p.nhipol'],
    ['p.nhipol'],
    ['p.nhipol', 'request.json'],
  ]);
  expect(watcher.closed).toBe(true);
});

test('tables are followed, too', async () => {
  const table = 'table owners: String -> String from "owners.csv"\n';
  using folder = new Folder({
    'p.nhipol': policy + table,
    'request.json': request,
    'owners.csv': 'key,value\na,b\n',
  });
  const watcher = new Steered();
  await folder.run(['check', '@p.nhipol', '--watch'], { watcher });
  expect(watcher.followed).toEqual([['owners.csv', 'p.nhipol', 'request.json']]);
});

test('test runs after each change, and only what changed', async () => {
  using folder = new Folder({
    'nhipol.toml': 'policies = ["*.nhipol"]',
    'p.nhipol': policy,
    'q.nhipol': policy.replace('request.json', 'other.json'),
    'request.json': request,
    'other.json': request,
  });
  const ran = vi.spyOn(runner, 'runPolicy');
  const watcher = new Steered(
    () => folder.write('other.json', requestWith({ risk: 'HIGH' })),
    () => folder.write('nhipol.toml', '# nothing that a policy is made of'),
    () => folder.remove('other.json'),
  );
  const args = ['test', '--watch', '--engine', 'evaluator', '--filter', 'low'];
  const { code, out, err } = await folder.run(args, { watcher, inside: true });
  expect(code).toBe(0);
  expect(untimed(out).match(/^\d+ passed, .*$/gm)).toEqual([
    '2 passed, 0 failed',
    '1 passed, 1 failed',
    '1 passed, 1 failed',
    '1 passed, 0 failed, 1 of 2 policies have errors',
  ]);
  expect(err).toContain('error[bad-test]');
  expect(ran.mock.calls.map(([path]) => path)).toEqual([
    ...['p.nhipol', 'q.nhipol'],
    'q.nhipol',
    'q.nhipol',
  ]);
  expect(watcher.followed[0]).toEqual(['other.json', 'p.nhipol', 'q.nhipol', 'request.json']);
});

test('a terminal is cleared before each run, and nothing else is', async () => {
  using folder = new Folder({ 'p.nhipol': broken });
  const clear = `${String.fromCharCode(0x1b)}[2J`;
  const clears = async (terminal: boolean) => {
    const watcher = new Steered(() => {});
    const args = ['check', '@p.nhipol', '--watch'];
    return (await folder.run(args, { watcher, terminal })).out.split(clear).length - 1;
  };
  expect(await clears(true)).toBe(2);
  expect(await clears(false)).toBe(0);
});
