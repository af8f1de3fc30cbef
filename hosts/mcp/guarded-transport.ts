// Puts a relay between a server of the SDK and its transport. The transport itself is changed, and not replaced, because
// the SDK recognizes some transports by their class. Messages are JSON again for a moment: the relay reads bytes.

import { createErrorResponse, errorCodes, type Peer, type Relay } from '@nhipol/service';
import type { GuardPolicy } from './open-policy.ts';
import { withPermission } from './permission.ts';
import type { Deliver, JsonMessage, MessageExtra, SdkSendOptions, SdkTransport } from './sdk.ts';

/** Changes a transport that no server has started. */
export function guardTransport(transport: SdkTransport, policy: GuardPolicy): void {
  const connection = new Connection(policy, transport.send.bind(transport));
  const start = transport.start.bind(transport);
  // The server sets its callbacks, and then starts the transport: until then, no message comes.
  transport.start = async () => {
    const { onmessage, onclose } = transport;
    connection.deliver = onmessage;
    transport.onmessage = (message, extra) => connection.receive(message, extra);
    transport.onclose = () => {
      connection.close();
      onclose?.();
    };
    await start();
  };
  transport.send = (message, options) => connection.send(message, options);
}

type Send = (message: JsonMessage, options?: SdkSendOptions) => Promise<void>;

class Connection {
  /** Gives the server a message. */
  deliver: Deliver | undefined;
  readonly #policy: GuardPolicy;
  readonly #send: Send;
  #relay: Relay | undefined;
  /** The client's last message, for messages of the server that belong to none. */
  #extra: MessageExtra | undefined;
  /** The messages that were serialized, so that those which pass need not be parsed. */
  readonly #parsed = new WeakMap<Uint8Array, JsonMessage>();

  constructor(policy: GuardPolicy, send: Send) {
    this.#policy = policy;
    this.#send = send;
  }

  /** A message of the client. */
  receive(message: JsonMessage, extra: MessageExtra | undefined): void {
    const { id, method } = message;
    const related = isId(id) && method !== undefined ? { relatedRequestId: id } : undefined;
    const client = this.#clientPeer(related);
    try {
      const relay = this.#getRelay(extra);
      this.#extra = extra;
      relay.fromClient(this.#encodeMessage(message), client, this.#serverPeer(extra));
    } catch (error) {
      const text = `not permitted: ${error instanceof Error ? error.message : String(error)}`;
      this.#policy.onWarning(`refused a message: ${text}`);
      if (related === undefined) return;
      client.send(createErrorResponse(related.relatedRequestId, errorCodes.denied, text));
    }
  }

  /** A message of the server. */
  async send(message: JsonMessage, options: SdkSendOptions | undefined): Promise<void> {
    const relay = this.#relay ?? this.#getRelay(this.#extra);
    const sent: Promise<void>[] = [];
    const client = this.#clientPeer(options, (promise) => sent.push(promise));
    relay.fromServer(this.#encodeMessage(message), client, this.#serverPeer(this.#extra));
    await Promise.all(sent);
  }

  close(): void {
    if (this.#relay !== undefined) this.#policy.guard.disconnect(this.#relay);
  }

  /** The relay of the client. Throws if the sender is unknown, or another than that of the messages before. */
  #getRelay(extra: MessageExtra | undefined): Relay {
    const facts = this.#policy.callerOf(extra);
    this.#relay ??= this.#policy.guard.connect(facts);
    if (!this.#relay.identify(facts)) throw new Error('the connection is that of another subject');
    return this.#relay;
  }

  #clientPeer(
    options: SdkSendOptions | undefined,
    onSent: (promise: Promise<void>) => void = (promise) => {
      promise.catch((error: unknown) =>
        this.#policy.onWarning(`a message was not sent: ${String(error)}`),
      );
    },
  ): Peer {
    return { send: (message) => onSent(this.#send(this.#decodeMessage(message), options)) };
  }

  #serverPeer(extra: MessageExtra | undefined): Peer {
    return {
      send: (text, permission) => {
        const message = this.#decodeMessage(text);
        const deliver = () => this.deliver?.(message, extra);
        if (permission === undefined) deliver();
        else withPermission(permission, deliver);
      },
    };
  }

  #encodeMessage(message: JsonMessage): Uint8Array {
    const bytes = Buffer.from(JSON.stringify(message));
    this.#parsed.set(bytes, message);
    return bytes;
  }

  #decodeMessage(text: Uint8Array | string): JsonMessage {
    if (typeof text === 'string') return JSON.parse(text);
    return this.#parsed.get(text) ?? JSON.parse(Buffer.from(text).toString('utf8'));
  }
}

function isId(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
