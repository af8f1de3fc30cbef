// Applies events to the sessions of one place, and sends what changes there. Takes the sessions, the store of received
// tokens and the transmitter; the hooks of sessions make both durable.

import type { Members } from '../json/members.ts';
import type { SessionHooks, SignalSessions } from '../pdp/session-target.ts';
import type { EventMapping } from './receive/event-rules.ts';
import { type Received, Receiver } from './receive/receiver.ts';
import type { PartEvents } from './session-parts.ts';
import type { VerifiedSet } from './sets/verify-set.ts';
import type { ReceivedSets } from './store/signal-store.ts';
import type { SessionIdentifiers } from './subjects/session-identifiers.ts';
import type { changeEvents } from './transmit/change-events.ts';
import type { Transmitter } from './transmit/transmitter.ts';

export interface SessionEventsOptions {
  readonly sessions: SignalSessions;
  readonly store: ReceivedSets;
  readonly identifiers: SessionIdentifiers;
  readonly mapping: EventMapping;
  /** Milliseconds. */
  readonly retention: number;
  /** undefined: nothing is sent. */
  readonly transmit: TransmitChanges | undefined;
  readonly now: () => number;
  readonly onWarning: (warning: string) => void;
}

export interface TransmitChanges {
  readonly transmitter: Transmitter;
  readonly events: ReturnType<typeof changeEvents>;
}

export class SessionEvents implements SessionHooks, PartEvents {
  readonly #options: SessionEventsOptions;
  readonly #receiver: Receiver;
  readonly #stopListening: () => void;

  /** Resolves when what an earlier process may not have made durable was repeated. */
  static async open(options: SessionEventsOptions): Promise<SessionEvents> {
    const events = new SessionEvents(options);
    await events.#receiver.start();
    return events;
  }

  private constructor(options: SessionEventsOptions) {
    const { sessions, transmit, now } = options;
    this.#options = options;
    this.#receiver = new Receiver({ ...options, target: sessions.target });
    sessions.attach(this);
    this.#stopListening = sessions.listen((event) => {
      if (transmit === undefined || event.kind === 'closed') return;
      const { change } = event;
      const context = {
        ...{ request: sessions.target.request(change.id), txn: this.#receiver.cause, now: now() },
      };
      transmit.transmitter.send(transmit.events(change, context));
    });
  }

  receive(source: string, set: VerifiedSet): Promise<Received> {
    return this.#receiver.receive(source, set);
  }

  opening(id: string, request: Members, open: () => void): Promise<void> {
    return this.#receiver.opening(id, request, open);
  }

  get identifiesByFacts(): boolean {
    return this.#receiver.identifiesByFacts;
  }

  changing(id: string, request: () => Members, change: () => void): Promise<void> {
    return this.#receiver.changing(id, request, change);
  }

  closed(id: string): void {
    this.#receiver.closed(id);
  }

  async saved(): Promise<void> {
    await this.#options.transmit?.transmitter.saved();
  }

  /** Ends after what was received until now. */
  async end(): Promise<void> {
    await this.#receiver.end();
    this.#stopListening();
  }
}
