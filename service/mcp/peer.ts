// The destination of a message, client or server, independent of the transport.

import type { Answer } from '@nhipol/runtime';

export interface Peer {
  /** `message`: one JSON-RPC message, without a line feed. `answer`: the one that permitted it, if it is a call. */
  readonly send: (message: Uint8Array | string, answer?: Answer) => void;
}
