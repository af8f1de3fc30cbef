// The destination of a message, client or server, independent of the transport.

export interface Peer {
  /** `message`: one JSON-RPC message, without a line feed. */
  readonly send: (message: Uint8Array | string) => void;
}
