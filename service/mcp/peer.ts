// The destination of a message, client or server, independent of the transport.

import type { ClientFacts } from './client.ts';
import type { Permission } from './permission.ts';

export interface Peer {
  /** `message`: one JSON-RPC message, without a line feed. `permission`: that of the call, if it is one. */
  readonly send: (message: Uint8Array | string, permission?: Permission) => void;
  /**
   * Sends what the guard itself says, also when the request that the connection began with has ended. `isNeeded`: whether a
   * notification that was not taken has to be sent again. Default: `send`, which cannot fail.
   */
  readonly tell?: (message: string, isNeeded: () => boolean) => void;
}

/** A connection of a client. */
export interface ClientPeer extends Peer {
  /** The client, as the transport vouches for it on this connection. Default: the client of the relay. */
  readonly facts?: ClientFacts | undefined;
}
