// The destination of a message, client or server, independent of the transport.

import type { Permission } from './permission.ts';

export interface Peer {
  /** `message`: one JSON-RPC message, without a line feed. `permission`: that of the call, if it is one. */
  readonly send: (message: Uint8Array | string, permission?: Permission) => void;
}
