// The built command in its own process: exit codes, pipes and streams. Needs `dist/bin/`.

import { spawn } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { Folder } from '../../support/system/run-cli.ts';
import { broken, createRequest, policy, removeTimes, request } from '../policies.ts';

const main = fileURLToPath(new URL('../../dist/bin/nhipol.js', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command. Closes its output after `closeAfter` characters. */
function nhipol(args: readonly string[], input: string, closeAfter = Infinity): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...args]);
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => {
      out += chunk;
      if (out.length >= closeAfter) child.stdout.destroy();
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

test.runIf(existsSync(main))('the process ends with the exit code of the command', async () => {
  using folder = new Folder({ 'p.nhipol': broken });
  expect((await nhipol(['check', join(folder.path, 'p.nhipol')], '')).code).toBe(1);
  expect((await nhipol(['check', join(folder.path, 'nowhere.nhipol')], '')).code).toBe(2);
  expect((await nhipol(['--version'], '')).code).toBe(0);
});

test.runIf(existsSync(main))(
  'the thread of the assembler does not keep the process alive',
  async () => {
    using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
    const args = ['eval', join(folder.path, 'p.nhipol'), '--request', '-'];
    const { code, out } = await nhipol(args, request);
    expect(code).toBe(0);
    expect(JSON.parse(out).decision).toBe(true);
  },
);

test.runIf(existsSync(main))(
  'tests policies in threads, and reports them in the order of the arguments',
  async () => {
    const slow = `${policy}\ninvariant "nobody acts" for agent effect >= deny\n`;
    using folder = new Folder({
      'slow.nhipol': slow.replaceAll('request.json', 'high.json'),
      'p.nhipol': policy,
      'broken.nhipol': broken,
      'request.json': request,
      'high.json': createRequest({ risk: 'HIGH' }),
    });
    const runTests = async (jobs: number, engine: string, ...names: readonly string[]) => {
      const paths = names.map((name) => join(folder.path, `${name}.nhipol`));
      const args = ['test', '--jobs', `${jobs}`, '--engine', engine, ...paths];
      const { code, out, err } = await nhipol(args, '');
      return { code, out: removeTimes(out), err };
    };
    const one = await runTests(1, 'evaluator', 'slow', 'p', 'broken');
    expect(await runTests(3, 'both', 'slow', 'p', 'broken')).toEqual(one);
    expect(one.code).toBe(1);
    expect(one.out.match(/\w+\.nhipol$/gm)).toEqual(['slow.nhipol', 'p.nhipol']);
    expect(one.out).toMatch(/\n1 passed, 2 failed, 1 of 3 policies have errors\n$/);
    const missing = await runTests(2, 'evaluator', 'p', 'missing');
    expect(missing.code).toBe(2);
    expect(missing.err).toMatch(/^nhipol: cannot read \S+missing\.nhipol: no such file/);
  },
);

test.runIf(existsSync(main))('knows the time zones, which it loads when one is named', async () => {
  const hours = (zone: string) =>
    policy.replace('for agent', `window hours = Mon..Fri 09:00..17:00 in "${zone}"\n\nfor agent`);
  using folder = new Folder({
    'p.nhipol': hours('Europe/Berlin'),
    'unknown.nhipol': hours('Europe/Berlinn'),
    'request.json': request,
  });
  const known = await nhipol(['check', join(folder.path, 'p.nhipol')], '');
  expect(known.err).not.toContain('time zone');
  const { code, out } = await nhipol(['check', join(folder.path, 'unknown.nhipol')], '');
  expect(code).toBe(1);
  expect(out).toContain('unknown time zone `Europe/Berlinn`');
  expect(out).toContain('did you mean `Europe/Berlin`');
});

test.runIf(existsSync(main))('ends without an error message if its output is closed', async () => {
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
  const args = [
    'eval',
    join(folder.path, 'p.nhipol'),
    '--request',
    '-',
    '--jsonl',
    '--engine',
    'evaluator',
  ];
  const { code, err } = await nhipol(args, `${request}\n`.repeat(20_000), 1);
  expect({ code, err }).toEqual({ code: 2, err: '' });
});

test.runIf(existsSync(main))('--watch runs again after changes, and Ctrl-C ends it', async () => {
  using folder = new Folder({ 'p.nhipol': policy });
  const child = spawn(process.execPath, [main, 'check', 'p.nhipol', '--watch'], {
    cwd: folder.path,
  });
  onTestFinished(() => void child.kill());
  const ended = new Promise((resolve) => child.on('close', resolve));
  let output = '';
  let waiting = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      waiting();
    });
  }
  /** Waits for `text`, and returns and drops the output up to its end. */
  const until = async (text: string) => {
    while (!output.includes(text)) {
      await new Promise<void>((resolve) => {
        waiting = resolve;
      });
    }
    const end = output.indexOf(text) + text.length;
    const before = output.slice(0, end);
    output = output.slice(end);
    return before;
  };
  const watching = 'watching 2 files; press Ctrl-C to stop\n';
  expect(await until(watching)).toContain('error[bad-test]');
  // The missing file appears. The policy is replaced by renaming, as editors do. The policy is fixed in place.
  folder.write('request.json', request);
  expect(await until(watching)).toContain('1 policy: no errors\n');
  folder.write('new', policy.replace('permit acts', 'permit acts when'));
  renameSync(join(folder.path, 'new'), join(folder.path, 'p.nhipol'));
  expect(await until('press Ctrl-C to stop\n')).toContain('error[syntax-error]');
  folder.write('p.nhipol', policy);
  expect(await until(watching)).toContain('1 policy: no errors\n');
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});
