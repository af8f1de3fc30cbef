// Where a message goes: to the client or to the server, by whatever transport.

export interface Peer {
  /** `message`: one JSON-RPC message, without a line feed. */
  readonly send: (message: Uint8Array | string) => void;
}
