// Timings by a fake clock, and as `--timings` prints them.

import { expect, test } from 'vitest';
import { Timings } from '../../../cli/io/timings.ts';
import { Folder } from '../../support/system/run-cli.ts';
import { policy, request } from '../policies.ts';

function createTimings(start?: number) {
  let now = 1_000;
  const timings = new Timings(start, () => now);
  const wait = (time: number) => {
    now += time;
  };
  return { timings, wait };
}

test('a stage excludes its inner stages, and time between stages counts only for the total', () => {
  const { timings, wait } = createTimings(40);
  wait(5);
  timings.measure('check', () => {
    wait(10);
    timings.measure('warn', () => wait(20));
    wait(1);
  });
  timings.measure('warn', () => wait(2));
  wait(5);
  expect(timings.take()).toBe(
    [
      'start         40 ms',
      'check         11 ms',
      'warn          22 ms',
      'total         73 ms',
      '',
    ].join('\n'),
  );
  expect(timings.take()).toBe('total          0 ms\n');
});

test('measures stages that are asynchronous or throw', async () => {
  const { timings, wait } = createTimings();
  await timings.measure('read', async () => {
    wait(1);
    await Promise.resolve();
    wait(2);
  });
  const failing = () => {
    wait(4);
    throw new Error('no');
  };
  expect(() => timings.measure('parse', failing)).toThrow('no');
  wait(100);
  expect(timings.take()).toBe(
    ['read           3 ms', 'parse          4 ms', 'total          7 ms', ''].join('\n'),
  );
});

const stages = (err: string) => [...err.matchAll(/^(\w+) +\d+ ms$/gm)].map(([, stage]) => stage);

test('check --timings prints the stages', async () => {
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
  const { code, out, err } = await folder.run(['check', '@p.nhipol', '--timings']);
  expect({ code, out }).toEqual({ code: 0, out: '' });
  expect(stages(err)).toEqual(['start', 'read', 'parse', 'check', 'warn', 'report', 'total']);
});

test('a policy with errors has no stage for warnings', async () => {
  using folder = new Folder({ 'p.nhipol': 'policy' });
  const { err } = await folder.run(['check', '@p.nhipol', '--timings', '--format', 'json']);
  expect(stages(err)).toEqual(['start', 'read', 'parse', 'check', 'report', 'total']);
});
