// The process of a server: started in its own process group, so that everything it starts can be stopped with it, also
// if the guard itself is killed.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

export interface ServerCommand {
  readonly command: string;
  readonly arguments: readonly string[];
  /** All variables that the process gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Its working directory, or `undefined` for the directory of the guard. */
  readonly folder?: string;
}

export interface ServerProcess {
  readonly input: Writable;
  readonly output: Readable;
  /** Resolves when the process ended: with its exit code, or that of a shell for a signal. Rejects if it did not start. */
  readonly ended: Promise<number>;
  /** Stops the process group: asks it to end, and kills it after the grace period. */
  readonly stop: () => Promise<void>;
}

/** How long a process group has to end by itself, in milliseconds. */
const gracePeriod = 1_000;

/** Waits for the end of the guard: without a line before, the guard was killed. */
const watchScript = 'read -r line && exit 0; kill -TERM "-$1"; sleep 1; kill -KILL "-$1"';

export function startServer({
  command,
  arguments: given,
  environment,
  folder,
}: ServerCommand): ServerProcess {
  const child = spawn(command, given, {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
    env: environment,
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  // A server that ended is reported by `ended`.
  child.stdin.on('error', () => {});
  const watch = child.pid === undefined ? undefined : watchGuard(child.pid);
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      watch?.end('ended\n');
      resolve(code ?? (signal === null ? 1 : 128 + getSignalNumber(signal)));
    });
  });
  // The caller may wait for it later.
  ended.catch(() => {});
  return { input: child.stdin, output: child.stdout, ended, stop: () => stop(child, ended) };
}

function watchGuard(group: number): Writable {
  const watch = spawn('/bin/sh', ['-c', watchScript, 'nhipol-guard-watch', String(group)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watch.on('error', () => {});
  watch.stdin.on('error', () => {});
  watch.unref();
  return watch.stdin;
}

async function stop(
  { pid }: ChildProcessByStdio<Writable, Readable, null>,
  ended: Promise<number>,
): Promise<void> {
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  const isEnded = await Promise.race([
    ended.then(
      () => true,
      () => true,
    ),
    delay(gracePeriod, false, { ref: true }),
  ]);
  // Others of the group may live on.
  if (!isEnded || isGroupAlive(pid)) {
    if (isEnded) await delay(gracePeriod);
    signalGroup(pid, 'SIGKILL');
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended.
  }
}

function isGroupAlive(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

function getSignalNumber(signal: NodeJS.Signals): number {
  const numbers: Partial<Record<NodeJS.Signals, number>> = {
    SIGHUP: 1,
    SIGINT: 2,
    SIGKILL: 9,
    SIGPIPE: 13,
    SIGTERM: 15,
  };
  return numbers[signal] ?? 0;
}
