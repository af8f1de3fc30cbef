// The reading of one response of a server, which ends before its end if its client or the guard ends, or if it takes too much.

import type { Exchange } from '../exchanges/exchange.ts';
import type { Hold } from '../limited-body.ts';

/** The guard does not read the rest of an answer. */
export class GivenUp extends Error {}

interface Reading {
  readonly signal: AbortSignal;
  readonly hold: Hold;
  /** Ends the reading, and the connection of its exchange. */
  readonly abandon: (reason: string) => void;
  /** The response was read. */
  readonly end: () => void;
}

/** `ending`: ends the reading. `period`: how long it may take, in milliseconds; default: any time. */
export function startReading(
  ending: AbortSignal,
  hold: Exchange['hold'],
  period?: number,
): Reading {
  const controller = new AbortController();
  const { signal } = controller;
  const abort = () => controller.abort(ending.reason);
  if (ending.aborted) abort();
  else ending.addEventListener('abort', abort, { once: true });
  const abandon = (reason: string) => controller.abort(new GivenUp(reason));
  const timer =
    period === undefined ? undefined : setTimeout(() => abandon('the server is too slow'), period);
  timer?.unref();
  return {
    signal,
    hold: (size) => hold(size, () => abandon('too many bytes wait for clients')),
    abandon,
    end: () => {
      clearTimeout(timer);
      ending.removeEventListener('abort', abort);
    },
  };
}

export function createTooLongFailure(maxBytes: number): GivenUp {
  return new GivenUp(`a message of the server is longer than ${maxBytes} bytes`);
}

/** The reason of an error for a warning. */
export function describeAbort(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? cause.message : error.message;
}
