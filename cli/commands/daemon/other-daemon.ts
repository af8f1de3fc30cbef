// Commands about the daemon of another process: start it, stop it, and print its status.

import { spawn } from 'node:child_process';
import { closeSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { displayText } from '@nhipol/language/support';
import type { DaemonStatus } from '@nhipol/service';
import { connectOwn, openOwnFile, preparePlace, StrangerError } from '@nhipol/service/own-socket';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';

/** How long a daemon has to start or to end, in milliseconds: it compiles its policy first. */
const patience = 45_000;
/** How long one that no longer decides may take to end. The ids of some containers' processes stay when they have ended. */
const closing = 10_000;
const pollInterval = 50;
/** How long a daemon has to answer, in milliseconds. */
const answerTimeout = 10_000;

/** Returns `undefined` if no daemon listens. Throws a UsageError if somebody else could have made the socket. */
export async function readDaemonStatus(socket: string): Promise<DaemonStatus | undefined> {
  const text = await asUsage(() => sendStatus(socket));
  try {
    const status = JSON.parse(text) as DaemonStatus;
    return Number.isSafeInteger(status.process) && status.process > 1 ? status : undefined;
  } catch {
    return undefined;
  }
}

function sendStatus(socket: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = connectOwn(socket);
    connection.setTimeout(answerTimeout, () => {
      connection.destroy();
      const seconds = answerTimeout / 1_000;
      const way = 'end its process, and start it again';
      reject(new UsageError(`the daemon at ${socket} did not answer within ${seconds} s: ${way}`));
    });
    let text = '';
    connection.setEncoding('utf8');
    connection.on('data', (chunk: string) => {
      text += chunk;
    });
    connection.once('error', () => resolve(''));
    connection.once('close', () => resolve(text));
    connection.end('{"kind":"status"}\n');
  });
}

/** A stranger at the socket is reported to the person who started the command. */
async function asUsage<Result>(run: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof StrangerError) throw new UsageError(error.message);
    throw error;
  }
}

/** Starts a daemon with the arguments of this process. Prints nothing on standard output, which agents may read. */
export async function startInBackground(socket: string, console: Console): Promise<ExitCode> {
  if ((await readDaemonStatus(socket)) !== undefined) return exitCode.fine;
  const messages = `${socket}.log`;
  const output = await asUsage(() => {
    preparePlace(socket);
    return openOwnFile(messages);
  });
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
  closeSync(output);
  const end = performance.now() + patience;
  while (!isEnded && performance.now() < end) {
    if ((await readDaemonStatus(socket)) !== undefined) return exitCode.fine;
    await delay(pollInterval);
  }
  // Two agents may start it at the same time.
  if ((await readDaemonStatus(socket)) !== undefined) return exitCode.fine;
  console.err(readFileSync(messages, 'utf8'));
  throw new UsageError('the daemon did not start');
}

export async function printStatus(socket: string, console: Console): Promise<ExitCode> {
  const status = await readDaemonStatus(socket);
  if (status === undefined) {
    await console.out(`no daemon listens on ${socket}\n`);
    return exitCode.findings;
  }
  const { policy, mode, held } = status;
  await console.out(
    `process ${status.process} listens on ${socket}\n${displayText(`${policy.name} ${policy.version}, ${policy.digest}, ${mode}`)}\n`,
  );
  if (held !== undefined) await console.out(`${displayText(held)}\n`);
  return exitCode.fine;
}

export async function stopDaemon(socket: string, console: Console): Promise<ExitCode> {
  const status = await readDaemonStatus(socket);
  if (status === undefined) throw new UsageError(`no daemon listens on ${socket}`);
  process.kill(status.process, 'SIGTERM');
  const end = performance.now() + patience;
  while ((await readDaemonStatus(socket)) !== undefined) {
    if (performance.now() > end) throw new UsageError(`process ${status.process} does not end`);
    await delay(pollInterval);
  }
  // It no longer decides, and may still write its state.
  const closed = performance.now() + closing;
  while (isRunning(status.process) && performance.now() < closed) await delay(pollInterval);
  await console.out(`stopped process ${status.process}\n`);
  return exitCode.fine;
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}
