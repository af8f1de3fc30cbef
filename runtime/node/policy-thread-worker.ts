// The thread of policy-thread.ts: loads one module, reports that it is ready, and answers requests in order.

import { parentPort, workerData } from 'node:worker_threads';
import type { Answer } from '../contract/index.ts';
import { type LoadOptions, load } from '../load.ts';
import type { DecideOptions } from '../module/moment.ts';

export interface ThreadData {
  readonly module: Uint8Array;
  readonly options: { readonly [Name in 'tableBytes' | 'sha256']: LoadOptions[Name] | undefined };
}

export interface ToThread {
  readonly id: number;
  readonly request: Uint8Array | string;
  readonly options: DecideOptions | undefined;
}

export type FromThread =
  | { readonly loaded: true }
  | { readonly refused: string }
  | { readonly id: number; readonly answer: Answer };

const say = (message: FromThread) => parentPort?.postMessage(message);

function start({ module, options: { tableBytes, sha256 } }: ThreadData): void {
  const options = {
    ...(tableBytes === undefined ? {} : { tableBytes }),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
  let policy: ReturnType<typeof load>;
  try {
    policy = load(module, options);
  } catch (error) {
    say({ refused: (error as Error).message });
    return;
  }
  parentPort?.on('message', ({ id, request, options: when }: ToThread) => {
    say({ id, answer: policy.decideJson(request, when) });
  });
  say({ loaded: true });
}

start(workerData as ThreadData);
