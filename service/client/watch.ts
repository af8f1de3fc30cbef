// Watches one session: aborts a signal when the session is revoked, and also when it is unknown whether it is, because
// the service refuses or has been out of contact for too long.

import type { SessionState } from './evaluation.ts';
import { ServiceError } from './service-error.ts';
import type { SessionEvent } from './session-events.ts';

export interface WatchOptions {
  /** Receives each state and each change. */
  readonly onEvent?: (event: SessionEvent) => void;
  /** How long the service may be out of contact before the signal is aborted, in milliseconds. Default: 60000. */
  readonly maxOutage?: number;
}

/** The reason of the signal of a session that was revoked. */
export class RevokedError extends Error {
  readonly state: SessionState;

  constructor(state: SessionState) {
    const [detail] = state.context.reason_details ?? [];
    super(detail?.message ?? 'the session was revoked');
    this.name = 'RevokedError';
    this.state = state;
  }
}

export interface Watch {
  /** Aborted with a `RevokedError`, or with the `ServiceError` because of which changes are unknown. */
  readonly signal: AbortSignal;
  /** The state when the watch began: later changes abort the signal. Rejects with the reason if it is aborted before. */
  readonly ready: Promise<SessionState>;
  /** Closes the connection. The signal is not aborted by that. */
  readonly end: () => void;
}

const defaultMaxOutage = 60_000;

export type Follow = (options: {
  readonly signal: AbortSignal;
  readonly maxOutage: number;
}) => AsyncIterable<SessionEvent>;

export function watch(
  follow: Follow,
  { onEvent = () => {}, maxOutage = defaultMaxOutage }: WatchOptions,
): Watch {
  const revoked = new AbortController();
  const ending = new AbortController();
  let begin: (state: SessionState) => void = () => {};
  const ready = new Promise<SessionState>((resolve, reject) => {
    begin = resolve;
    revoked.signal.addEventListener('abort', () => reject(revoked.signal.reason));
    ending.signal.addEventListener('abort', () => reject(new ServiceError('the watch was ended')));
  });
  // Who does not wait for it learns of a failure by the signal.
  ready.catch(() => {});
  const run = async () => {
    for await (const event of follow({ signal: ending.signal, maxOutage })) {
      if (event.kind === 'revoked') revoked.abort(new RevokedError(event));
      else begin(event);
      onEvent(event);
      if (event.kind === 'revoked') return;
    }
    throw new ServiceError('the client was closed');
  };
  run().catch((error) => {
    if (!ending.signal.aborted) revoked.abort(error);
  });
  return { signal: revoked.signal, ready, end: () => ending.abort() };
}
