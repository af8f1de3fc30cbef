// The destination of a message, client or server, independent of the transport.

import type { Permission } from './calls/permission.ts';
import type { ClientFacts } from './client.ts';
import type { MessageId } from './protocol/message.ts';

/**
 * The result of one cancellation. `refused`: the server did not take it. `ended`: the guard ends, and sends nothing more.
 */
export type Stopping = 'taken' | 'refused' | 'ended';

export interface Peer {
  /**
   * `message`: one JSON-RPC message, without a line feed. `permission`: returns the permission of a decided request, as it was decided
   * last.
   */
  readonly send: (message: Uint8Array | string, permission?: () => Permission) => void;
  /** Sends what the guard itself says, also when the request that the connection began with has ended. Default: `send`. */
  readonly tell?: (message: string) => void;
  /**
   * Cancels a request that was sent here once, in the way that the transport and the revision of the request have for it. Default:
   * sends `notifications/cancelled`, which cannot fail.
   */
  readonly stop?: (id: MessageId, reason: string) => Promise<Stopping>;
}

/** A connection of a client. */
export interface ClientPeer extends Peer {
  /** The client, as the transport vouches for it on this connection. Default: the client of the relay. */
  readonly facts?: ClientFacts | undefined;
  /** Whether nothing more reaches the client on this connection. Default: it lasts as long as the client. */
  readonly hasLeft?: () => boolean;
}
