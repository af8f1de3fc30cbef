// Commands about the daemon of another process: start it, stop it, and print its status.

import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DaemonStatus } from '@nhipol/service';
import { displayText } from '../../../language/support/display.ts';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';

/** How long a daemon has to start or to end, in milliseconds: it compiles its policy first. */
const patience = 45_000;
const pollInterval = 50;

/** undefined: no daemon listens. */
export function statusOf(socket: string): Promise<DaemonStatus | undefined> {
  return new Promise((resolve) => {
    const connection = createConnection(socket);
    let text = '';
    connection.setEncoding('utf8');
    connection.on('data', (chunk: string) => {
      text += chunk;
    });
    connection.once('error', () => resolve(undefined));
    connection.once('close', () => {
      try {
        resolve(JSON.parse(text) as DaemonStatus);
      } catch {
        resolve(undefined);
      }
    });
    connection.end('{"kind":"status"}\n');
  });
}

/** Starts a daemon with the arguments of this process. Prints nothing on standard output, which agents may read. */
export async function startInBackground(socket: string, console: Console): Promise<ExitCode> {
  if ((await statusOf(socket)) !== undefined) return exitCode.fine;
  mkdirSync(dirname(socket), { recursive: true, mode: 0o700 });
  const messages = `${socket}.log`;
  const output = openSync(messages, 'w', 0o600);
  const args = process.argv.slice(1).filter((argument) => argument !== '--background');
  const child = spawn(process.execPath, args, {
    detached: true,
    stdio: ['ignore', 'ignore', output],
  });
  let isEnded = false;
  child.once('exit', () => {
    isEnded = true;
  });
  child.unref();
  const end = performance.now() + patience;
  while (!isEnded && performance.now() < end) {
    if ((await statusOf(socket)) !== undefined) return exitCode.fine;
    await delay(pollInterval);
  }
  // Two agents may start it at the same time.
  if ((await statusOf(socket)) !== undefined) return exitCode.fine;
  console.err(readFileSync(messages, 'utf8'));
  throw new UsageError('the daemon did not start');
}

export async function printStatus(socket: string, console: Console): Promise<ExitCode> {
  const status = await statusOf(socket);
  if (status === undefined) {
    await console.out(`no daemon listens on ${socket}\n`);
    return exitCode.findings;
  }
  const { policy, mode } = status;
  await console.out(
    `process ${status.process} listens on ${socket}\n${displayText(`${policy.name} ${policy.version}, ${policy.digest}, ${mode}`)}\n`,
  );
  return exitCode.fine;
}

export async function stopDaemon(socket: string, console: Console): Promise<ExitCode> {
  const status = await statusOf(socket);
  if (status === undefined) throw new UsageError(`no daemon listens on ${socket}`);
  process.kill(status.process, 'SIGTERM');
  const end = performance.now() + patience;
  while ((await statusOf(socket)) !== undefined) {
    if (performance.now() > end) throw new UsageError(`process ${status.process} does not end`);
    await delay(pollInterval);
  }
  await console.out(`stopped process ${status.process}\n`);
  return exitCode.fine;
}
