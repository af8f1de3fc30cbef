// The built command as a process of its own: exit codes, pipes and streams. Runs on `dist/bin/`.

import { spawn } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { Folder } from '../support/run-cli.ts';
import { broken, policy, request, requestWith, untimed } from './policies.ts';

const main = fileURLToPath(new URL('../../dist/bin/nhipol.js', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `closeAfter`: reads so many bytes of the output and hangs up. */
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

test.runIf(existsSync(main))('the exit code is that of the process', async () => {
  using folder = new Folder({ 'p.nhipol': broken });
  expect((await nhipol(['check', join(folder.path, 'p.nhipol')], '')).code).toBe(1);
  expect((await nhipol(['check', join(folder.path, 'nowhere.nhipol')], '')).code).toBe(2);
  expect((await nhipol(['--version'], '')).code).toBe(0);
});

test.runIf(existsSync(main))(
  'a module is made in a thread that does not keep the process',
  async () => {
    using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
    const args = ['eval', join(folder.path, 'p.nhipol'), '--request', '-'];
    const { code, out } = await nhipol(args, request);
    expect(code).toBe(0);
    expect(JSON.parse(out).decision).toBe(true);
  },
);

test.runIf(existsSync(main))(
  'policies are tested in threads, and told in the order in which they are named',
  async () => {
    const slow = `${policy}\ninvariant "nobody acts" for agent effect >= deny\n`;
    using folder = new Folder({
      'slow.nhipol': slow.replaceAll('request.json', 'high.json'),
      'p.nhipol': policy,
      'broken.nhipol': broken,
      'request.json': request,
      'high.json': requestWith({ risk: 'HIGH' }),
    });
    const told = async (jobs: number, engine: string, ...names: readonly string[]) => {
      const paths = names.map((name) => join(folder.path, `${name}.nhipol`));
      const args = ['test', '--jobs', `${jobs}`, '--engine', engine, ...paths];
      const { code, out, err } = await nhipol(args, '');
      return { code, out: untimed(out), err };
    };
    const one = await told(1, 'evaluator', 'slow', 'p', 'broken');
    expect(await told(3, 'both', 'slow', 'p', 'broken')).toEqual(one);
    expect(one.code).toBe(1);
    expect(one.out.match(/\w+\.nhipol$/gm)).toEqual(['slow.nhipol', 'p.nhipol']);
    expect(one.out).toMatch(/\n1 passed, 2 failed, 1 of 3 policies have errors\n$/);
    const missing = await told(2, 'evaluator', 'p', 'missing');
    expect(missing.code).toBe(2);
    expect(missing.err).toMatch(/^nhipol: cannot read \S+missing\.nhipol: no such file/);
  },
);

test.runIf(existsSync(main))('a reader that hangs up ends the process quietly', async () => {
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

test.runIf(existsSync(main))('--watch sees files change, and Ctrl-C ends it', async () => {
  using folder = new Folder({ 'p.nhipol': policy });
  const child = spawn(process.execPath, [main, 'check', 'p.nhipol', '--watch'], {
    cwd: folder.path,
  });
  onTestFinished(() => void child.kill());
  const ended = new Promise((resolve) => child.on('close', resolve));
  let told = '';
  let waiting = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      told += chunk;
      waiting();
    });
  }
  /** What is told until `text` is, and from then on what comes after it. */
  const until = async (text: string) => {
    while (!told.includes(text)) {
      await new Promise<void>((resolve) => {
        waiting = resolve;
      });
    }
    const end = told.indexOf(text) + text.length;
    const before = told.slice(0, end);
    told = told.slice(end);
    return before;
  };
  const watching = 'watching 2 files; press Ctrl-C to stop\n';
  expect(await until(watching)).toContain('error[bad-test]');
  // What was missing comes; the policy is replaced, as editors do; it is mended in place.
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
