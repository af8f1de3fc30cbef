// Runs `nhipol serve` as a process for tests. Needs `dist/bin/`.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../dist/bin/nhipol.js', import.meta.url));
/** How long a process has to listen, in milliseconds. */
const patience = 60_000;

export interface ServiceProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** The standard error so far. */
  readonly messages: () => string;
  /** Resolves with the exit code, or with the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** `args`: after `serve`. Rejects with what the process printed if it does not listen. */
export async function startService(
  args: readonly string[],
  nodeArgs: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<ServiceProcess> {
  const child = spawn(
    process.execPath,
    [...nodeArgs, main, 'serve', '--listen', '127.0.0.1:0', ...args],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1', ...environment } },
  );
  let output = '';
  let messages = '';
  const ended = once(child, 'exit').then(([code, signal]) => code ?? signal);
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it does not listen: ${messages}`)), patience);
    const look = () => {
      const found = /listening on (\S+)/.exec(`${output}\n${messages}`)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout.on('data', (chunk) => {
      output += chunk;
      look();
    });
    child.stderr.on('data', (chunk) => {
      messages += chunk;
      look();
    });
    void ended.then((code) => {
      clearTimeout(timer);
      reject(new Error(`it ended with ${code}: ${output}${messages}`));
    });
  });
  return { url, child, messages: () => messages, ended };
}

export interface Answered {
  readonly status: number;
  // Tests read members of many kinds of bodies.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any;
}

/** `caller`: headers with a credential. Rejects if the connection fails, so that nothing was acknowledged. */
export async function callService(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  caller: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...caller, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...content,
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

/** Repeats an operation, several at a time, until the service is killed; what fails then is not acknowledged. */
export async function applyLoad(
  killed: Promise<unknown>,
  workers: number,
  operate: () => Promise<void>,
): Promise<void> {
  let isOver = false;
  void killed.then(() => {
    isOver = true;
  });
  const work = async () => {
    while (!isOver) {
      try {
        await operate();
      } catch {
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}
