// The decision point and the guard, as the processes of `nhipol` that an operator would start.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const nhipol = fileURLToPath(new URL('../../bin/nhipol.js', import.meta.url));
const archive = fileURLToPath(new URL('archive-server.js', import.meta.url));

export interface Started {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Where it listens for requests, or for events. */
  readonly url: string;
  /** Calls once, when the process prints something from now on. */
  readonly onPrinted: (pattern: RegExp, call: () => void) => void;
}

/** Starts a command of `nhipol`, and waits until it prints where it listens. Rejects if it ends before. */
async function start(args: readonly string[]): Promise<Started> {
  const child = spawn(process.execPath, [nhipol, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let printed = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      printed += chunk;
      const found = /listening on (http\S+)/.exec(printed)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stderr.on('data', read);
    child.stdout.on('data', read);
    child.once('exit', () => reject(new Error(`nhipol ${args[0]} ended: ${printed}`)));
  });
  const onPrinted = (pattern: RegExp, call: () => void) => {
    const read = (chunk: Buffer) => {
      if (!pattern.test(String(chunk))) return;
      child.stderr.off('data', read);
      call();
    };
    child.stderr.on('data', read);
  };
  return { process: child, url, onPrinted };
}

export interface Files {
  /** The compiled policy. */
  readonly module: string;
  /** The settings of signals. */
  readonly signals: string;
  readonly state: string;
}

export function startDecisionPoint({ module, signals, state }: Files): Promise<Started> {
  const listen = ['--listen', '127.0.0.1:0', '--state', state];
  return start(['serve', module, ...listen, '--signals', signals]);
}

/** The guard of the server `archive`. `subject`: the agent that uses it. */
export function startGuard(
  { module, signals, state }: Files,
  { subject, facts }: { readonly subject: string; readonly facts: string },
): Promise<Started> {
  const who = ['--subject', subject, '--facts', facts, '--server', 'archive'];
  const events = ['--signals', signals, '--signals-listen', '127.0.0.1:0', '--state', state];
  return start(['guard', module, ...who, ...events, '--', process.execPath, archive]);
}
