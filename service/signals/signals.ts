// The signals of a service: what it receives from sources and webhooks, and what it transmits. Takes the settings and the
// sessions; `http/routes/` makes it reachable.

import type { PolicyModule } from '../engine/policy-module.ts';
import type { Members } from '../json/members.ts';
import type { SessionHooks, SignalSessions } from '../pdp/session-target.ts';
import { messageOf } from '../support/message-of.ts';
import { eventMapping } from './receive/event-rules.ts';
import { type Received, Receiver } from './receive/receiver.ts';
import { Source, type SourceState } from './receive/source.ts';
import type { SetError } from './sets/security-event.ts';
import type { VerifiedSet } from './sets/verify-set.ts';
import type { SignalSettings } from './settings.ts';
import type { SignalStore } from './store/signal-store.ts';
import { sessionIdentifiers } from './subjects/session-identifiers.ts';
import { changeEvents } from './transmit/change-events.ts';
import { Transmitter } from './transmit/transmitter.ts';
import { type WebhookReader, webhookReader } from './webhooks/webhook.ts';

/** A token that arrived, for operators. */
export type Arrival =
  | ({ readonly outcome: 'accepted' } & Received)
  | { readonly outcome: 'refused'; readonly source: string; readonly error: SetError };

export interface SignalObserver {
  readonly arrived: (source: string, outcome: 'accepted' | 'duplicate' | 'refused') => void;
  readonly transmitted: (outcome: 'delivered' | 'refused' | 'failed') => void;
}

export interface SignalOptions {
  readonly settings: SignalSettings;
  readonly sessions: SignalSessions;
  readonly policy: () => PolicyModule;
  readonly store: SignalStore;
  /** Where others reach the service; known when it listens. */
  readonly url: () => string;
  readonly now: () => number;
  readonly observer: SignalObserver;
  readonly onWarning: (warning: string) => void;
}

export class Signals implements SessionHooks {
  readonly sources: ReadonlyMap<string, Source>;
  readonly transmitter: Transmitter | undefined;
  readonly #options: SignalOptions;
  readonly #receiver: Receiver;
  readonly #webhooks: ReadonlyMap<string, WebhookReader>;
  readonly #listeners = new Set<(arrival: Arrival) => void>();
  readonly #stopListening: () => void;

  /**
   * Repeats what an earlier process may not have made durable. Nothing is received before `start`. Rejects with a
   * `MappingError` for an expression that is not valid.
   */
  static async open(options: SignalOptions): Promise<Signals> {
    const { settings, store, url, now, observer, onWarning } = options;
    const transmitter =
      settings.transmitter &&
      (await Transmitter.open({
        ...{ settings: settings.transmitter, store, url, now, onWarning },
        onOutcome: observer.transmitted,
      }));
    const signals = new Signals(options, transmitter);
    await signals.#receiver.start();
    return signals;
  }

  private constructor(options: SignalOptions, transmitter: Transmitter | undefined) {
    const { settings, sessions, policy, now, onWarning } = options;
    this.#options = options;
    this.transmitter = transmitter;
    const identifiers = sessionIdentifiers(settings.subjects);
    const mapping = eventMapping(settings.events);
    this.#receiver = new Receiver({
      ...options,
      ...{ target: sessions.target, identifiers, mapping, retention: settings.retention },
      onReceived: (received) => this.#accepted(received),
    });
    this.#webhooks = new Map(
      settings.webhooks.map((each) => [each.name, webhookReader(each, now)] as const),
    );
    this.sources = new Map(
      settings.sources.map((each) => {
        const source = new Source({
          ...{ settings: each, members: identifiers.members, now, onWarning },
          events: () => mapping.types(policy()),
          pushUrl: () => new URL(`${options.url()}/signals/${each.name}`),
          receive: (set) => this.#receiver.receive(each.name, set),
          onRefused: (error) => this.#refused(each.name, error),
        });
        return [each.name, source] as const;
      }),
    );
    sessions.attach(this);
    const events = settings.transmitter && changeEvents({ ...settings.transmitter, identifiers });
    this.#stopListening = sessions.listen((event) => {
      if (events === undefined || event.kind === 'closed') return;
      const { change } = event;
      const request = sessions.target.request(change.id);
      transmitter?.send(events(change, { request, txn: this.#receiver.cause, now: now() }));
    });
  }

  /** Sets the streams of all sources up, in the background. */
  start(): void {
    for (const source of this.sources.values()) source.start();
  }

  get states(): readonly SourceState[] {
    return [...this.sources.values()].map(({ state }) => state);
  }

  webhook(name: string): WebhookReader | undefined {
    return this.#webhooks.get(name);
  }

  /** Resolves when the effects of the events of a webhook are durable. */
  async receive(name: string, set: VerifiedSet): Promise<void> {
    await this.#receiver.receive(name, set);
  }

  /** Calls with what arrives until the returned function is called. */
  listen(listener: (arrival: Arrival) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  opening(id: string, request: Members, open: () => void): Promise<void> {
    return this.#receiver.opening(id, request, open);
  }

  changed(id: string): Promise<void> {
    return this.#receiver.changed(id);
  }

  closed(id: string): void {
    this.#receiver.closed(id);
  }

  async saved(): Promise<void> {
    await this.transmitter?.saved();
  }

  /** Ends after what was received until now. */
  async end(): Promise<void> {
    await Promise.all([...this.sources.values()].map((source) => source.end()));
    await this.#receiver.end();
    this.#stopListening();
    await this.transmitter?.end().catch((error) => {
      this.#options.onWarning(`events were not stored: ${messageOf(error)}`);
    });
  }

  #accepted(received: Received): void {
    const { source, isNew } = received;
    this.#options.observer.arrived(source, isNew ? 'accepted' : 'duplicate');
    for (const listener of this.#listeners) listener({ outcome: 'accepted', ...received });
  }

  #refused(source: string, error: SetError): void {
    this.#options.observer.arrived(source, 'refused');
    this.#options.onWarning(`${source}: a token is refused: ${error.code}: ${error.message}`);
    for (const listener of this.#listeners) listener({ outcome: 'refused', source, error });
  }
}
