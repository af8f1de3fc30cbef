// `--watch`: which files are watched, and that a command runs again after each change, whatever the previous run
// resulted in. The test controls the watcher.

import { expect, test, vi } from 'vitest';
import type { Watcher } from '../../../cli/io/watch/watch.ts';
import * as runner from '../../../cli/test-run/run-policy.ts';
import { Folder } from '../../support/system/run-cli.ts';
import { broken, createRequest, policy, removeTimes, request } from '../policies.ts';

vi.mock('../../../cli/test-run/run-policy.ts', { spy: true });

/** A watcher that makes the given changes one after the other, and then ends. */
class ScriptedWatcher implements Watcher {
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

test('check runs after each change, and continues after errors and with a missing file', async () => {
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
  const watcher = new ScriptedWatcher(
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
    // A missing file may be created later.
    ['names.nhipol', 'p.nhipol'],
    ['p.nhipol'],
    ['p.nhipol', 'request.json'],
  ]);
  expect(watcher.closed).toBe(true);
});

test('watches the files of tables', async () => {
  const table = 'table owners: String -> String from "owners.csv"\n';
  using folder = new Folder({
    'p.nhipol': policy + table,
    'request.json': request,
    'owners.csv': 'key,value\na,b\n',
  });
  const watcher = new ScriptedWatcher();
  await folder.run(['check', '@p.nhipol', '--watch'], { watcher });
  expect(watcher.followed).toEqual([['owners.csv', 'p.nhipol', 'request.json']]);
});

test('test runs the changed policies after each change', async () => {
  using folder = new Folder({
    'nhipol.toml': 'policies = ["*.nhipol"]',
    'p.nhipol': policy,
    'q.nhipol': policy.replace('request.json', 'other.json'),
    'request.json': request,
    'other.json': request,
  });
  const ran = vi.spyOn(runner, 'runPolicy');
  const watcher = new ScriptedWatcher(
    () => folder.write('other.json', createRequest({ risk: 'HIGH' })),
    () => folder.write('nhipol.toml', '# nothing that a policy is made of'),
    () => folder.remove('other.json'),
  );
  const args = ['test', '--watch', '--engine', 'evaluator', '--filter', 'low'];
  const { code, out, err } = await folder.run(args, { watcher, inside: true });
  expect(code).toBe(0);
  expect(removeTimes(out).match(/^\d+ passed, .*$/gm)).toEqual([
    '2 passed, 0 failed',
    '1 passed, 1 failed',
    '1 passed, 1 failed',
    '1 passed, 0 failed, 1 of 2 policies have errors',
  ]);
  expect(err).toContain('error[bad-test]');
  expect(ran.mock.calls.map(([path]) => path)).toEqual([
    'p.nhipol',
    'q.nhipol',
    'q.nhipol',
    'q.nhipol',
  ]);
  expect(watcher.followed[0]).toEqual(['other.json', 'p.nhipol', 'q.nhipol', 'request.json']);
});

test('clears a terminal before each run, and no other output', async () => {
  using folder = new Folder({ 'p.nhipol': broken });
  const clear = `${String.fromCharCode(0x1b)}[2J`;
  const clears = async (terminal: boolean) => {
    const watcher = new ScriptedWatcher(() => {});
    const args = ['check', '@p.nhipol', '--watch'];
    return (await folder.run(args, { watcher, terminal })).out.split(clear).length - 1;
  };
  expect(await clears(true)).toBe(2);
  expect(await clears(false)).toBe(0);
});
