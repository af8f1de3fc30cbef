// Applies events to the sessions of one place, and sends what changes there. Takes the sessions, the store of received
// tokens and the transmitter; the hooks of sessions make both durable.

import type { Members } from '../json/members.ts';
import type { SessionHooks, SignalSessions } from '../pdp/sessions/session-target.ts';
import { type Received, Receiver, type ReceiverRules } from './receive/receiver.ts';
import type { PartEvents } from './session-parts.ts';
import type { VerifiedSet } from './sets/verify-set.ts';
import type { ReceivedSets } from './store/signal-store.ts';
import type { changeEvents } from './transmit/change-events.ts';
import type { Transmitter } from './transmit/transmitter.ts';

/** The rules of the settings. They are replaced as a whole. */
export interface SignalRules extends ReceiverRules {
  /** `undefined` if nothing is sent. */
  readonly transmit: TransmitChanges | undefined;
}

export interface SessionEventsOptions {
  readonly sessions: SignalSessions;
  readonly store: ReceivedSets;
  readonly rules: SignalRules;
  readonly now: () => number;
  readonly onWarning: (warning: string) => void;
}

interface TransmitChanges {
  readonly transmitter: Transmitter;
  readonly events: ReturnType<typeof changeEvents>;
}

export class SessionEvents implements SessionHooks, PartEvents {
  readonly #receiver: Receiver;
  #rules: SignalRules;
  readonly #stopListening: () => void;

  /** Resolves when what an earlier process may not have made durable was repeated. */
  static async open(options: SessionEventsOptions): Promise<SessionEvents> {
    const events = new SessionEvents(options);
    await events.#receiver.start();
    return events;
  }

  private constructor(options: SessionEventsOptions) {
    const { sessions, rules, now } = options;
    this.#rules = rules;
    this.#receiver = new Receiver({ ...options, ...rules, target: sessions.target });
    sessions.attach(this);
    this.#stopListening = sessions.listen((event) => {
      const { transmit } = this.#rules;
      if (transmit === undefined || event.kind === 'closed') return;
      const { change } = event;
      const context = {
        request: sessions.target.request(change.id),
        txn: this.#receiver.cause,
        now: now(),
      };
      transmit.transmitter.send(transmit.events(change, context));
    });
  }

  /** Uses other rules from now on. Resolves when all sessions are found by them. */
  async replaceRules(rules: SignalRules): Promise<void> {
    const { identifiers, mapping, retention } = this.#rules;
    this.#rules = rules;
    const isSame =
      identifiers === rules.identifiers &&
      mapping === rules.mapping &&
      retention === rules.retention;
    if (!isSame) await this.#receiver.replaceRules(rules);
  }

  receive(source: string, set: VerifiedSet): Promise<Received> {
    return this.#receiver.receive(source, set);
  }

  opening(...given: Parameters<SessionHooks['opening']>): Promise<void> {
    return this.#receiver.opening(...given);
  }

  get identifiesByFacts(): boolean {
    return this.#receiver.identifiesByFacts;
  }

  changing(...given: Parameters<SessionHooks['changing']>): Promise<void> {
    return this.#receiver.changing(...given);
  }

  isIdentified(id: string, request: Members): boolean {
    return this.#receiver.isIdentified(id, request);
  }

  removeSession(id: string): void {
    this.#receiver.removeSession(id);
  }

  async flush(): Promise<void> {
    await this.#rules.transmit?.transmitter.flush();
  }

  /** Ends after what was received until now. */
  async end(): Promise<void> {
    await this.#receiver.end();
    this.#stopListening();
  }
}
