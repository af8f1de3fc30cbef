// The way of one HTTP request of a client to the server and back.

import type { Members } from '../../../json/members.ts';
import { isId, type MessageId } from '../../protocol/message.ts';
import { readTraits } from '../../protocol/revision.ts';
import type { Relay } from '../../relay.ts';
import type { ParameterHeaders } from '../headers/parameter-headers.ts';
import type { Reply } from '../reply.ts';
import type { Unanswered } from './unanswered.ts';

export interface Exchange {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The `Authorization` of the request that came last by the relay, if the server gets it. */
  readonly latestAuthorization: () => string | undefined;
  readonly relay: Relay;
  readonly client: Reply;
  readonly maxMessageBytes: number;
  /** Counts bytes of the server that wait for the client. `end`: gives them up. */
  readonly hold: (size: () => number, end: () => void) => () => void;
  /** Has the relay take something of the server in the turn of the client. Resolves with the result, or rejects with what it throws. */
  readonly inTurn: <Result>(take: () => Result) => Promise<Result>;
  /** A request that is aborted counts as failed. */
  readonly unanswered: Unanswered;
  /** Aborted when the guard ends. */
  readonly closing: AbortSignal;
  /** Whether the HTTP response to the client depends on that to this message, which the client itself sent. */
  readonly isOwn: (message: Sent) => boolean;
  /** Called with the session that the server opened, before its answer. */
  readonly onSession: (id: string) => void;
  readonly onWarning: (warning: string) => void;
  /** The headers that repeat arguments of a call of a tool. */
  readonly parameterHeaders: ParameterHeaders;
}

/** The parts of a message that its headers repeat. */
export interface Sent {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: Members;
}

export function isRequest(sent: Sent): sent is Sent & { readonly id: MessageId } {
  return isId(sent.id) && sent.method !== undefined;
}

/** Whether the work of the server on a message ends with its connection: since 2026-07-28 that is its cancellation. */
export function endsWithConnection({ params = {} }: Sent): boolean {
  return readTraits(params, undefined).isStateless;
}
