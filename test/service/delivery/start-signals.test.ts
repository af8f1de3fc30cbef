// A guard or daemon that gets a signal while it starts ends, and does not go on to serve. Needs `dist/bin/`.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { Folder } from '../../support/system/run-cli.ts';
import { guardPolicy } from '../guard/guard-policy.ts';

const main = fileURLToPath(new URL('../../../dist/bin/nhipol.js', import.meta.url));

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Whether a process reads the pipe at a path. */
function isRead(path: string): boolean {
  try {
    openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    return true;
  } catch {
    return false;
  }
}

test.each([
  ['guard', 'SIGTERM', ['--upstream', 'http://127.0.0.1:9/mcp', '--listen', '127.0.0.1:0']],
  ['guard', 'SIGINT', ['--', process.execPath, '-e', '']],
  ['daemon', 'SIGTERM', []],
] as const)(
  'nhipol %s ends by %s while it reads its facts',
  async (command, signal, more) => {
    using folder = new Folder({ 'guard.nhipol': guardPolicy });
    const at = (name: string) => join(folder.path, name);
    execFileSync('mkfifo', [at('facts.json')]);
    const options = ['--facts', at('facts.json'), '--state', at('state.db')];
    const child = spawn(process.execPath, [main, command, 'guard.nhipol', ...options, ...more], {
      // Modules are cached by the names of their files, too.
      cwd: folder.path,
      env: { ...process.env, HOME: folder.path, XDG_RUNTIME_DIR: folder.path },
      stdio: 'ignore',
    });
    children.push(child);
    const ended = new Promise<unknown>((resolve) => child.once('exit', () => resolve('ended')));
    // The policy is compiled and followed by then, and nothing is served yet.
    await expect.poll(() => isRead(at('facts.json')), { timeout: 60_000 }).toBe(true);
    child.kill(signal);
    expect(await ended).toBe('ended');
  },
  120_000,
);
