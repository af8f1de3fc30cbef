// Where the sessions are that events change: all in this process, or divided into parts, each of which one of several
// nodes has for a while.

import type { SignalSessions } from '../pdp/sessions/session-target.ts';
import type { Received } from './receive/receiver.ts';
import type { VerifiedSet } from './sets/verify-set.ts';
import type { ReceivedSets } from './store/signal-store.ts';

/** Applies events to a part of the sessions, until it ends. */
export interface PartEvents {
  /** Resolves when the effects of a token on this part are durable. */
  readonly receive: (source: string, set: VerifiedSet) => Promise<Received>;
  readonly end: () => Promise<void>;
}

/** Opens what applies events to a part. Resolves when the events that an earlier owner may not have applied are applied. */
export type OpenPart = (part: SignalSessions, store: ReceivedSets) => Promise<PartEvents>;

/** Sessions that several nodes share. */
export interface SessionParts {
  /** `open` is called for each part that this node gets, before anybody can use its sessions. */
  readonly attach: (open: OpenPart) => void;
  /** Passes a token on to all parts, at every node. Resolves when its effects on all of them are durable. */
  readonly receive: (source: string, set: VerifiedSet) => Promise<Received>;
  readonly duty: Duty;
}

/** The work of one node for all: it manages and polls the streams of sources, and pushes to receivers. */
export interface Duty {
  /** Whether this node does it now. */
  readonly isMine: boolean;
  /** Calls whenever `isMine` has changed. */
  readonly listen: (listener: () => void) => void;
  /** Whether the node on duty requested a verification with this state. Rejects if there is none. */
  readonly isRequested: (source: string, state: string) => Promise<boolean>;
  /** Answers `isRequested` while this node is on duty. */
  readonly answer: (isRequested: (source: string, state: string) => boolean) => void;
  /** Calls when another node has stored an event, or may have: with the id of its stream, or for all streams. */
  readonly listenToStreams: (listener: (stream: string | undefined) => void) => void;
}

/** The duty of a process that has all sessions. */
export const soleDuty: Duty = {
  isMine: true,
  listen: () => {},
  isRequested: async () => false,
  answer: () => {},
  listenToStreams: () => {},
};
