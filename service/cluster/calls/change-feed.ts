// Changes of sessions at all nodes, for the listeners of this one. Messages between nodes may be lost.

import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import { stringify } from '@nhipol/runtime';
import type { RequestedEvent, SessionListener } from '../../pdp/sessions/session-host.ts';
import { readReply, toAnswer } from './wire.ts';

interface SentChange {
  readonly node: string;
  readonly what: RequestedEvent;
}

export class ChangeFeed {
  readonly #connection: NatsConnection;
  readonly #subject: string;
  readonly #node: string;
  readonly #listeners = new Set<SessionListener>();
  readonly #subscription: Subscription;

  constructor(connection: NatsConnection, subject: string, node: string) {
    this.#connection = connection;
    this.#subject = subject;
    this.#node = node;
    this.#subscription = connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) this.#receiveChange(readReply(message.data) as unknown as SentChange);
      },
    });
  }

  listen(listener: SessionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(what: RequestedEvent): void {
    this.#notify(what);
    if (this.#connection.isClosed()) return;
    const text = stringify({ node: this.#node, what });
    const most = this.#connection.info?.max_payload ?? text.length;
    // A longer message ends the connection; a reader at another node misses this change.
    if (Buffer.byteLength(text) <= most) this.#connection.publish(this.#subject, text);
  }

  #receiveChange({ node, what }: SentChange): void {
    if (node === this.#node) return;
    const { kind, owner } = what;
    if (kind === 'closed') this.#notify(what);
    else {
      const change = { ...what.change, answer: toAnswer(what.change.answer) };
      this.#notify({ kind, owner, change });
    }
  }

  #notify(event: RequestedEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  end(): void {
    this.#subscription.unsubscribe();
  }
}
