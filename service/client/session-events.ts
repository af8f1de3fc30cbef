// The events of sessions that are followed: the state when a connection begins, and each change.

import type { EffectName } from '@nhipol/runtime';
import { isMembers } from '../json/members.ts';
import { readSessionState, type SessionState } from './evaluation.ts';
import { type FollowOptions, followServerEvents, type OpenStream } from './server-events.ts';
import { createInvalidAnswerError, createSessionClosedError } from './service-error.ts';

/** The answer to a session changed. `revoked` is final. */
export interface SessionChanged extends SessionState {
  readonly kind: 'changed' | 'revoked';
  readonly before: EffectName | undefined;
}

/** An event of one session: `state` after each connection, so that no change is missed. */
export type SessionEvent = (SessionState & { readonly kind: 'state' }) | SessionChanged;

/** An event of any session: after `connected`, changes of before may have been missed. */
export type ServiceEvent =
  | { readonly kind: 'connected'; readonly sessions: number }
  | { readonly kind: 'closed'; readonly id: string }
  | SessionChanged;

export async function* followSessionEvents(
  open: OpenStream,
  options: FollowOptions,
): AsyncGenerator<SessionEvent, void> {
  for await (const { event, data } of followServerEvents(open, options)) {
    if (event === 'state') yield readState(data);
    else if (isChange(event)) yield readChange(event, data);
    else if (event === 'closed') throw createSessionClosedError();
  }
}

export async function* followServiceEvents(
  open: OpenStream,
  options: FollowOptions,
): AsyncGenerator<ServiceEvent, void> {
  for await (const { event, data } of followServerEvents(open, options)) {
    if (event === 'state') yield { kind: 'connected', sessions: readSize(data) };
    else if (isChange(event)) yield readChange(event, data);
    else if (event === 'closed') yield { kind: 'closed', id: readId(data) };
  }
}

/** The session may have been revoked while nobody followed it. */
function readState(data: unknown): SessionEvent {
  const state = readSessionState(data);
  const isRevoked = state.context.effect === 'revoke';
  return isRevoked ? { kind: 'revoked', before: undefined, ...state } : { kind: 'state', ...state };
}

function isChange(event: string): event is SessionChanged['kind'] {
  return event === 'changed' || event === 'revoked';
}

function readChange(kind: SessionChanged['kind'], data: unknown): SessionChanged {
  const before = isMembers(data) ? (data.before as EffectName | undefined) : undefined;
  return { kind, before, ...readSessionState(data) };
}

function readId(data: unknown): string {
  if (isMembers(data) && typeof data.id === 'string') return data.id;
  throw createInvalidAnswerError('the event names no session');
}

function readSize(data: unknown): number {
  if (isMembers(data) && typeof data.sessions === 'number') return data.sessions;
  throw createInvalidAnswerError('the stream does not begin with the number of sessions');
}
