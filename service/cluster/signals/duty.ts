// The work that the owner of the first partition does for all nodes. A node that believes to be on duty for longer than its lease
// does twice what another one does, which receivers and sources tolerate: tokens have ids.

import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import type { Duty } from '../../signals/session-parts.ts';
import type { Names } from '../records/names.ts';

/** The owner of this partition is on duty. */
export const dutyPartition = 0;
/** How long the node on duty may take to answer, in milliseconds. */
const timeout = 2_000;
/** How often streams are looked at, because a message between nodes may be lost, in milliseconds. */
const interval = 2_000;

interface Question {
  readonly source: string;
  readonly state: string;
}

export class ClusterDuty implements Duty {
  readonly #connection: NatsConnection;
  readonly #names: Names;
  readonly #isMine: () => boolean;
  readonly #listeners = new Set<() => void>();
  readonly #subscriptions: Subscription[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(connection: NatsConnection, names: Names, isMine: () => boolean) {
    this.#connection = connection;
    this.#names = names;
    this.#isMine = isMine;
  }

  get isMine(): boolean {
    return this.#isMine();
  }

  listen(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** This node has taken or lost a partition. */
  noteChange(partition: number): void {
    if (partition === dutyPartition) for (const listener of this.#listeners) listener();
  }

  async isRequested(source: string, state: string): Promise<boolean> {
    const question: Question = { source, state };
    const text = JSON.stringify(question);
    const reply = await this.#connection.request(this.#names.duty, text, { timeout });
    return reply.json<boolean>();
  }

  answer(isRequested: (source: string, state: string) => boolean): void {
    const subscription = this.#connection.subscribe(this.#names.duty, {
      callback: (error, message) => {
        if (error !== null || !this.isMine) return;
        const { source, state } = message.json<Question>();
        message.respond(JSON.stringify(isRequested(source, state)));
      },
    });
    this.#subscriptions.push(subscription);
  }

  listenToStreams(listener: (stream: string | undefined) => void): void {
    const subscription = this.#connection.subscribe(this.#names.wakes, {
      callback: (error, message) => {
        if (error === null) listener(message.string());
      },
    });
    this.#subscriptions.push(subscription);
    this.#timer = setInterval(() => listener(undefined), interval);
    this.#timer.unref();
  }

  end(): void {
    clearInterval(this.#timer);
    for (const subscription of this.#subscriptions.splice(0)) subscription.unsubscribe();
  }
}
