// The relay between a client and a server of MCP: takes each message of one and decides whether the other gets it. A
// message that is passed on is passed on byte for byte. An id is reserved until the other side answered. It knows no
// transport.
//
// The gate decides whether the client may be served at all: here when a message of either side comes, and again in the `Passage`
// when something is sent, which may be later. No other part of the relay decides that.

import { MappingError } from '../mapping/mapping-error.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import type { ClientFacts } from './client.ts';
import { ClientMessages } from './messages/client-messages.ts';
import { createRelayParts, type RelayParts } from './messages/relay-parts.ts';
import { ServerAnswers } from './messages/server-answers.ts';
import { ServerMessages } from './messages/server-messages.ts';
import { clientLeft, type Passage } from './passage.ts';
import type { ClientPeer, Peer } from './peer.ts';
import {
  buildIdKey,
  errorCodes,
  type MessageId,
  type MessageProblem,
  readMessage,
} from './protocol/message.ts';
import { createErrorResponse, describeMappingError } from './protocol/replies.ts';
import type { RelayOptions } from './relay-options.ts';
import { repairSurrogates } from './repair-surrogates.ts';

export class Relay {
  readonly #options: RelayOptions;
  readonly #parts: RelayParts;
  readonly #onOver: () => void;
  readonly #fromClient: ClientMessages;
  readonly #fromServer: ServerMessages;
  readonly #answers: ServerAnswers;

  /** `onOver`: called when the client has left, and nothing runs for it any more. */
  constructor(options: RelayOptions, facts: ClientFacts, onOver = () => {}) {
    this.#options = options;
    this.#onOver = onOver;
    this.#parts = createRelayParts(options, facts, () => this.#leaveIfAnswered());
    this.#fromClient = new ClientMessages(this.#parts);
    this.#fromServer = new ServerMessages(this.#parts);
    this.#answers = new ServerAnswers(this.#parts);
  }

  /** Takes one message of the client, without the line feed. */
  fromClient(bytes: Uint8Array, client: ClientPeer, server: Peer): void {
    const message = readMessage(bytes);
    const passage = this.#parts.gate.passage(client, server);
    try {
      if (client.facts !== undefined && !this.identify(client.facts)) {
        throw new Error('the connection is that of another subject');
      }
      const reason = this.#explainClosing(passage);
      // The answer to `initialize` names the session of MCP.
      const isFirst = message.kind === 'request' && message.method === 'initialize';
      if (!isFirst) this.#parts.tasks.notePassage(passage);
      if (reason === undefined) this.#fromClient.take(message, bytes, passage);
      else this.#fromClient.refuse(message, reason, passage);
    } catch (error) {
      this.#fail(error);
      if (message.kind === 'request') passage.tellClient(createClientError(message.id, error));
    } finally {
      this.#parts.work.count();
    }
  }

  /** Takes one message of the server, without the line feed. Returns the id of the request that it answers, if it is an answer. */
  fromServer(given: Uint8Array, client: ClientPeer, server: Peer): MessageId | undefined {
    // A text that was cut within a character must not leave the client without an answer.
    const bytes = repairSurrogates(given);
    const message = readMessage(bytes);
    const passage = this.#parts.gate.passage(client, server);
    try {
      if (message.kind === 'problem') this.#dropUnread(message, client, server);
      else this.#takeFromServer(message, bytes, passage);
    } catch (error) {
      this.#fail(error);
      const text = `not permitted: ${formatErrorMessage(error)}`;
      if (message.kind === 'request') {
        passage.tellServer(createErrorResponse(message.id, errorCodes.internal, text));
      }
    } finally {
      this.#leaveIfAnswered();
      this.#parts.work.count();
    }
    const isAnswer =
      message.kind === 'response' || (message.kind === 'problem' && message.isResponse);
    return isAnswer ? (message.id ?? undefined) : undefined;
  }

  /**
   * The answer to a request of the client or the guard cannot come by its connection any more, although the server may work on it. Who
   * waits for it gets an error.
   */
  loseAnswer(id: MessageId, text: string, client: ClientPeer, server: Peer): void {
    const reply = Buffer.from(createErrorResponse(id, errorCodes.internal, text));
    const message = readMessage(reply);
    const passage = this.#parts.gate.passage(client, server);
    try {
      if (message.kind === 'response') this.#answers.lose(message, reply, passage);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#leaveIfAnswered();
      this.#parts.work.count();
    }
  }

  #takeFromServer(
    message: Exclude<ReturnType<typeof readMessage>, MessageProblem>,
    bytes: Uint8Array,
    passage: Passage,
  ): void {
    const reason = this.#explainClosing(passage) ?? passage.leftReason;
    this.#fromServer.note(message);
    if (message.kind === 'response') this.#answers.take(message, bytes, passage);
    else if (reason !== undefined) this.#fromServer.refuse(message, reason, passage);
    else if (message.kind === 'request') this.#fromServer.takeRequest(message, bytes, passage);
    else this.#fromServer.takeNotification(message, bytes, passage);
  }

  /** Why the message cannot pass, or `undefined` if the gate is open. A client that may not be served has its server stopped. */
  #explainClosing(passage: Passage): string | undefined {
    this.#parts.client.openIfClosed();
    return passage.closedReason;
  }

  /** The client gets an error instead of an answer that is not passed on. */
  #dropUnread({ id, text, isResponse }: MessageProblem, client: ClientPeer, server: Peer): void {
    this.#options.onWarning(`dropped a message of the server: ${text}`);
    if (!isResponse || id === undefined) return;
    const problem = `the answer of the server is invalid: ${text}`;
    const reply = createErrorResponse(id, errorCodes.internal, problem);
    this.fromServer(Buffer.from(reply), client, server);
  }

  /** The message is not passed on. */
  #fail(error: unknown): void {
    this.#options.onWarning(`refused a message: ${formatErrorMessage(error)}`);
  }

  /**
   * Takes the facts of the client, which may be newer than those before. Returns false if they are of another subject:
   * then its messages are not those of this client.
   */
  identify(facts: ClientFacts): boolean {
    return this.#parts.client.identify(facts);
  }

  /** Whether a client is the subject whose messages this relay takes. Nothing is known of it yet but its headers. */
  isClient(facts: ClientFacts): boolean {
    return this.#parts.client.isSubject(facts);
  }

  /** Takes what the client stated when it connected by another relay. */
  adoptCapabilities(other: Relay): void {
    this.#parts.client.adoptCapabilities(other.#parts.client);
  }

  /** Whether the session was opened and is revoked. */
  get isRevoked(): boolean {
    return this.#parts.client.session?.revocation !== undefined;
  }

  /** Why nothing passes to or from a connection of the client, or `undefined` if it does. */
  explainClosing(facts?: ClientFacts): string | undefined {
    this.#parts.client.openIfClosed();
    return this.#parts.gate.explainClosing(facts);
  }

  /** Logs that a request of the client was refused that has no message. */
  refuse(reason: string): void {
    this.#parts.client.refuse(reason);
  }

  /** Whether the server has answered all requests that it got. */
  get isIdle(): boolean {
    return this.#parts.fromClient.isIdle && this.#parts.calls.isIdle;
  }

  /** The client may no longer wait for the answer to a request: it gets an error, and the server a cancellation. */
  stop(id: MessageId, reason: string): void {
    const { calls, fromClient, client } = this.#parts;
    try {
      if (!calls.stopOne(id, reason) && !fromClient.stop(id, reason)) return;
      client.session?.logRefusal(`the request ${buildIdKey(id)}: ${reason}`);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#parts.work.count();
    }
  }

  /** The client of a request that was permitted has left it: the server gets a cancellation. */
  leave(id: MessageId, client: ClientPeer, server: Peer): void {
    const { calls, fromClient, gate } = this.#parts;
    try {
      calls.cancel(id, gate.passage(client, server), clientLeft);
      fromClient.leaveOne(id, clientLeft);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#parts.work.count();
    }
  }

  /** Whether a request of the client has not ended: it waits to be sent, or the server has not answered it. */
  isOpen(id: MessageId): boolean {
    return this.#parts.calls.isOpen(id) || this.#parts.fromClient.has(id);
  }

  /** Whether the server has not taken a cancellation of what runs. */
  get isStopping(): boolean {
    const { options, calls, fromClient, gate } = this.#parts;
    const isTaskStopping = options.state.serverTasks.isStopping(gate);
    return calls.isStopping || fromClient.isStopping || isTaskStopping;
  }

  /** The server ended: what waits for it fails. */
  serverEnded(): void {
    this.#parts.calls.serverEnded();
    this.#parts.fromClient.serverEnded();
    this.#parts.work.count();
  }

  /** Stops what runs, and refuses what waits. */
  stopAll(reason: string): void {
    for (const work of [this.#parts.calls, this.#parts.fromClient]) work.end(reason);
  }

  /** The client ended: its requests are cancelled. What the server still answers is recorded, and reaches nobody. */
  close(): void {
    this.#parts.client.end();
    for (const work of [this.#parts.calls, this.#parts.fromClient]) work.leave('the client ended');
    this.#leaveIfAnswered();
    this.#parts.work.count();
  }

  #leaveIfAnswered(): void {
    const { client, calls, fromClient } = this.#parts;
    if (!client.hasEnded || !calls.isAnswered || !fromClient.isAnswered) return;
    client.leaveSession();
    this.#onOver();
  }
}

function createClientError(id: MessageId, error: unknown): string {
  if (error instanceof MappingError) {
    return createErrorResponse(id, errorCodes.invalidParams, describeMappingError(error));
  }
  return createErrorResponse(
    id,
    errorCodes.internal,
    `not permitted: ${formatErrorMessage(error)}`,
  );
}
