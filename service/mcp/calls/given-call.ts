// The stages of a call of a tool: as its client sent it, decided, and carried out by the server.

import { isMembers, type Members } from '../../json/members.ts';
import type { ClientFacts } from '../client.ts';
import type { Passage } from '../passage.ts';
import type { RequestMessage } from '../protocol/message.ts';
import type { ClientTraits } from '../protocol/revision.ts';
import type { PermittedWork } from '../work/decide-again.ts';
import type { UnansweredWork } from '../work/unanswered-work.ts';
import type { Permission } from './permission.ts';

/** A call as the client sent it. */
export interface GivenCall {
  readonly message: RequestMessage;
  readonly bytes: Uint8Array | string;
  readonly traits: ClientTraits;
  /** The client, as the transport vouched for it when the call came. */
  readonly facts: ClientFacts;
  /** The connection of the message. */
  readonly passage: Passage;
}

/** A call that is decided: what the policy reads, and what the server gets. */
export interface DecidedCall extends GivenCall, PermittedWork {}

/** A call that the server got and has not answered. */
export interface RunningCall extends AnsweredCall {
  readonly work: UnansweredWork;
}

/** A call whose answer came. */
export interface AnsweredCall extends DecidedCall {
  permission: Permission;
  readonly work: Pick<UnansweredWork, 'isAwaited'>;
}

const traceparent = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Returns the id of the trace by the W3C trace context in `_meta`, or `undefined` if there is none. */
export function readTrace({ _meta }: Members): string | undefined {
  const parent = isMembers(_meta) ? _meta.traceparent : undefined;
  return typeof parent === 'string' ? traceparent.exec(parent)?.[1] : undefined;
}
