// The signals of a service: what it receives from sources and webhooks, and what it transmits. Takes the settings and the
// sessions; `http/routes/` makes it reachable.

import type { PolicyModule } from '../engine/policy-module.ts';
import type { SignalSessions } from '../pdp/session-target.ts';
import { messageOf } from '../support/message-of.ts';
import { type EventMapping, eventMapping } from './receive/event-rules.ts';
import type { Received } from './receive/receiver.ts';
import { Source, type SourceState } from './receive/source.ts';
import { SessionEvents } from './session-events.ts';
import { type Duty, type PartEvents, type SessionParts, soleDuty } from './session-parts.ts';
import type { SetError } from './sets/security-event.ts';
import type { VerifiedSet } from './sets/verify-set.ts';
import type { SignalSettings, TransmitterSettings } from './settings.ts';
import type { OutgoingSets, ReceivedSets, SignalStore } from './store/signal-store.ts';
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

interface CommonOptions {
  readonly settings: SignalSettings;
  readonly policy: () => PolicyModule;
  /** Where others reach the service; known when it listens. */
  readonly url: () => string;
  readonly now: () => number;
  readonly observer: SignalObserver;
  readonly onWarning: (warning: string) => void;
}

/** The sessions of this process, or parts of those that several nodes share. */
export type SignalOptions = CommonOptions &
  (
    | { readonly sessions: SignalSessions; readonly store: SignalStore }
    | { readonly sessions: SessionParts; readonly store: OutgoingSets }
  );

export class Signals {
  readonly sources: ReadonlyMap<string, Source>;
  readonly transmitter: Transmitter | undefined;
  readonly #options: SignalOptions;
  readonly #receive: PartEvents['receive'];
  readonly #endReceiving: () => Promise<void>;
  readonly #webhooks: ReadonlyMap<string, WebhookReader>;
  readonly #listeners = new Set<(arrival: Arrival) => void>();

  /**
   * Repeats what an earlier process may not have made durable. Nothing is received before `start`. Rejects with a
   * `MappingError` for an expression that is not valid.
   */
  static async open(options: SignalOptions): Promise<Signals> {
    const { settings, store, url, now, observer, onWarning } = options;
    const identifiers = sessionIdentifiers(settings.subjects);
    const mapping = eventMapping(settings.events);
    for (const problem of mapping.problems(options.policy())) onWarning(problem);
    const duty = 'duty' in options.sessions ? options.sessions.duty : soleDuty;
    const transmitter =
      settings.transmitter &&
      (await Transmitter.open({
        ...{ settings: settings.transmitter, store, url, now, onWarning, duty },
        onOutcome: observer.transmitted,
      }));
    const transmit = transmitter && {
      transmitter,
      events: changeEvents({ ...(settings.transmitter as TransmitterSettings), identifiers }),
    };
    const openPart = (sessions: SignalSessions, received: ReceivedSets) =>
      SessionEvents.open({
        ...{ sessions, store: received, identifiers, mapping, transmit, now, onWarning },
        retention: settings.retention,
      });
    const parts = { ...{ duty, transmitter, mapping }, members: identifiers.members };
    if (!isDivided(options)) {
      const events = await openPart(options.sessions, options.store);
      const receive: PartEvents['receive'] = (source, set) => events.receive(source, set);
      return new Signals(options, { ...parts, receive, end: () => events.end() });
    }
    const { sessions } = options;
    sessions.attach(openPart);
    const receive: PartEvents['receive'] = (source, set) => sessions.receive(source, set);
    return new Signals(options, { ...parts, receive, end: async () => {} });
  }

  private constructor(
    options: SignalOptions,
    { duty, transmitter, mapping, members, receive, end }: SignalParts,
  ) {
    const { settings, policy, now, onWarning } = options;
    this.#options = options;
    this.transmitter = transmitter;
    this.#receive = receive;
    this.#endReceiving = end;
    this.#webhooks = new Map(
      settings.webhooks.map((each) => [each.name, webhookReader(each, now)] as const),
    );
    this.sources = new Map(
      settings.sources.map((each) => {
        const source = new Source({
          ...{ settings: each, members, duty, now, onWarning },
          events: () => mapping.types(policy()),
          pushUrl: () => new URL(`${options.url()}/signals/${each.name}`),
          receive: (set) => this.receive(each.name, set),
          onRefused: (error) => this.#refused(each.name, error),
        });
        return [each.name, source] as const;
      }),
    );
    duty.answer((name, state) => this.sources.get(name)?.verified(state) ?? false);
    duty.listen(() => {
      for (const source of this.sources.values()) source.restart();
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
    this.#accepted(await this.#receive(name, set));
  }

  /** Calls with what arrives until the returned function is called. */
  listen(listener: (arrival: Arrival) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends after what was received until now. */
  async end(): Promise<void> {
    await Promise.all([...this.sources.values()].map((source) => source.end()));
    await this.#endReceiving();
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

interface SignalParts {
  readonly duty: Duty;
  readonly transmitter: Transmitter | undefined;
  readonly mapping: EventMapping;
  /** The members of complex subjects that can be compared. */
  readonly members: ReadonlySet<string>;
  readonly receive: PartEvents['receive'];
  readonly end: () => Promise<void>;
}

function isDivided(
  options: SignalOptions,
): options is Extract<SignalOptions, { readonly sessions: SessionParts }> {
  return 'duty' in options.sessions;
}
