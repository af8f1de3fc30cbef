// The parts of the MCP TypeScript SDK that the guard uses, the same in 1.x and 2.x, so that the package depends on neither.

import type { Members } from '@nhipol/service';

/** The token of a caller, which the server's own middleware verified. */
export interface AuthInfo {
  readonly token: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Seconds since the epoch. */
  readonly expiresAt?: number | undefined;
  readonly resource?: URL | undefined;
  /** Further claims. */
  readonly extra?: Record<string, unknown> | undefined;
}

export interface MessageExtra {
  readonly authInfo?: AuthInfo | undefined;
}

export interface SdkSendOptions {
  /** The request that a message belongs to, which determines the stream that carries it. */
  readonly relatedRequestId?: string | number | undefined;
}

/** A parsed JSON-RPC message. */
export type JsonMessage = Members;

export type Deliver = (message: JsonMessage, extra?: MessageExtra) => void;

/** A connection to a client. Its server sets the callbacks, and then starts it. */
export interface SdkTransport {
  start: () => Promise<void>;
  send: (message: JsonMessage, options?: SdkSendOptions) => Promise<void>;
  onmessage?: Deliver | undefined;
  onclose?: (() => void) | undefined;
}

/** `Server` of the SDK. */
export interface SdkServer {
  readonly transport?: unknown;
  connect: (transport: never) => Promise<void>;
}

/** `Server` or `McpServer` of the SDK. */
export type GuardedServer = SdkServer | { readonly server: SdkServer };
