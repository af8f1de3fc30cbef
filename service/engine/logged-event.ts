// An event of a session as its line of the log contains it.

import type { Members } from '../json/members.ts';
import type { LoggedEvent } from '../log/entry.ts';
import type { PolicyModule } from './policy-module.ts';

/** A signal, or the outcome of a call, that was recorded. */
export interface RecordedEvent {
  readonly signal: string;
  /** `undefined` if nothing is known about its members. */
  readonly payload: Members | undefined;
  /** When it occurred, in milliseconds since the epoch, or `undefined` for the time at which it was recorded. */
  readonly time: number | undefined;
}

export function toLoggedEvent(
  { visiblePayload }: PolicyModule,
  { signal, payload, time }: RecordedEvent,
): LoggedEvent {
  return {
    signal,
    payload: visiblePayload(signal, payload ?? {}),
    ...(payload === undefined ? { payload_unknown: true } : {}),
    ...(time === undefined ? {} : { occurred_at: new Date(time).toISOString() }),
  };
}
