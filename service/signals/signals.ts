// The signals of a service: what it receives from sources and webhooks, and what it transmits. Takes the settings, which can be
// replaced while it runs, and the sessions; `http/routes/` makes it reachable.

import { isDeepStrictEqual } from 'node:util';
import type { PolicyModule } from '../engine/policy-module.ts';
import type { Members } from '../json/members.ts';
import type { SignalSessions } from '../pdp/sessions/session-target.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import { parseEventMapping } from './receive/event-rules.ts';
import type { Received } from './receive/receiver.ts';
import { Source, type SourceState } from './receive/source.ts';
import { SessionEvents, type SignalRules } from './session-events.ts';
import { type Duty, type PartEvents, type SessionParts, soleDuty } from './session-parts.ts';
import type { SecurityEvent, SetError } from './sets/security-event.ts';
import type { VerifiedSet } from './sets/verify-set.ts';
import type { SignalSettings, SourceSettings } from './settings.ts';
import type { OutgoingSets, ReceivedSets, SignalStore } from './store/signal-store.ts';
import { createSessionIdentifiers } from './subjects/session-identifiers.ts';
import { changeEvents } from './transmit/change-events.ts';
import { prepareTransmitter, Transmitter } from './transmit/transmitter.ts';
import { selectVisibleClaims } from './visible-claims.ts';
import {
  createWebhookReader,
  type WebhookReader,
  type WebhookSettings,
} from './webhooks/webhook.ts';

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
  /** Whether a caller with this id may still receive events. Default: every one may. */
  readonly mayReceive?: ((receiver: string) => boolean) | undefined;
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
  /** Its routes are there also while the settings have no transmitter. */
  readonly transmitter: Transmitter;
  readonly #options: SignalOptions;
  readonly #duty: Duty;
  readonly #parts = new Set<SessionEvents>();
  readonly #listeners = new Set<(arrival: Arrival) => void>();
  #receive: PartEvents['receive'] = () => Promise.reject(new Error('nothing is open'));
  #endReceiving: () => Promise<void> = async () => {};
  #current: Current;
  #sources: ReadonlyMap<string, RunningSource> = new Map();
  #webhooks: ReadonlyMap<string, RunningWebhook> = new Map();
  #isStarted = false;
  /** The sessions that are found by other settings, and sources that end. */
  #replacing: Promise<unknown> = Promise.resolve();

  /**
   * Repeats what an earlier process may not have made durable. Nothing is received before `start`. Rejects with a
   * `MappingError` for an expression that is not valid.
   */
  static async open(options: SignalOptions): Promise<Signals> {
    const { settings, store, url, now, observer, onWarning } = options;
    const duty = 'duty' in options.sessions ? options.sessions.duty : soleDuty;
    const transmitter = await Transmitter.open({
      settings: settings.transmitter,
      store,
      url,
      now,
      onWarning,
      duty,
      mayReceive: options.mayReceive,
      onOutcome: observer.transmitted,
    });
    const signals = new Signals(options, duty, transmitter);
    await signals.#begin();
    return signals;
  }

  private constructor(options: SignalOptions, duty: Duty, transmitter: Transmitter) {
    this.#options = options;
    this.#duty = duty;
    this.transmitter = transmitter;
    this.#current = this.#createCurrent(options.settings, undefined);
    this.#use(this.#current);
  }

  async #begin(): Promise<void> {
    const { options, duty } = { options: this.#options, duty: this.#duty };
    if (isDivided(options)) {
      const { sessions } = options;
      this.#receive = (source, set) => sessions.receive(source, set);
      sessions.attach((part, received) => this.#openPart(part, received));
    } else {
      const events = await this.#openPart(options.sessions, options.store);
      this.#receive = (source, set) => events.receive(source, set);
      this.#endReceiving = () => events.end();
    }
    duty.answer((name, state) => this.sources.get(name)?.takeVerification(state) ?? false);
    duty.listen(() => {
      for (const source of this.sources.values()) source.restart();
    });
  }

  async #openPart(sessions: SignalSessions, store: ReceivedSets): Promise<PartEvents> {
    const { now, onWarning } = this.#options;
    const { rules } = this.#current;
    const events = await SessionEvents.open({ sessions, store, rules, now, onWarning });
    this.#parts.add(events);
    // The settings may have been replaced meanwhile.
    await events.replaceRules(this.#current.rules);
    return {
      receive: (source, set) => events.receive(source, set),
      end: async () => {
        this.#parts.delete(events);
        await events.end();
      },
    };
  }

  /** The rules of settings for sessions. Parts that are as before stay. Throws a `MappingError` for an invalid expression. */
  #createCurrent(settings: SignalSettings, before: Current | undefined): Current {
    const { transmitter: sent } = settings;
    const isUnchanged = (name: 'subjects' | 'events') =>
      isDeepStrictEqual(before?.settings[name], settings[name]);
    const identifiers =
      before !== undefined && isUnchanged('subjects')
        ? before.rules.identifiers
        : createSessionIdentifiers(settings.subjects);
    const mapping =
      before !== undefined && isUnchanged('events')
        ? before.rules.mapping
        : parseEventMapping(settings.events);
    const transmit = sent && {
      transmitter: this.transmitter,
      events: changeEvents({ ...sent, identifiers }),
    };
    return { settings, rules: { identifiers, mapping, transmit, retention: settings.retention } };
  }

  /**
   * Reads what settings name, and returns the function that uses them instead of the current ones at once. Rejects for
   * settings that cannot be used, such as a key that cannot sign. Nothing has changed before the function is called.
   */
  async prepare(settings: SignalSettings): Promise<() => void> {
    const { url } = this.#options;
    const { transmitter: sent, allowed } = settings;
    // Throws for an expression that is not valid.
    this.#createCurrent(settings, this.#current);
    for (const webhook of settings.webhooks) createWebhookReader(webhook, this.#options.now);
    const ready = sent && (await prepareTransmitter(sent, url));
    return () => {
      const before = this.#current.settings;
      if (printSettings([sent, allowed]) !== printSettings([before.transmitter, before.allowed])) {
        this.transmitter.replace(ready);
      }
      this.#use(this.#createCurrent(settings, this.#current));
    };
  }

  /** Sources that were removed end at once, and new ones begin. */
  #use(next: Current): void {
    const { policy, onWarning } = this.#options;
    const { settings, rules } = next;
    const { mapping } = this.#current.rules;
    if (next === this.#current || rules.mapping !== mapping) {
      for (const problem of rules.mapping.problems(policy())) onWarning(problem);
    }
    this.#current = next;
    const before = this.#sources;
    const sources = settings.sources.map((source) =>
      this.#createSource(source, before.get(source.name)),
    );
    this.#sources = new Map(sources.map((source) => [source.source.name, source] as const));
    this.#webhooks = new Map(
      settings.webhooks.map((webhook) => [webhook.name, this.#createWebhook(webhook)] as const),
    );
    const ending = [...before.values()].filter((runningSource) => !sources.includes(runningSource));
    const changes = [
      ...ending.map(({ source }) => source.end()),
      ...[...this.#parts].map((part) => part.replaceRules(rules)),
    ];
    const replaced = Promise.all(changes).catch((error) => {
      onWarning(`sessions are not found by the new settings: ${formatErrorMessage(error)}`);
    });
    this.#replacing = Promise.all([this.#replacing, replaced]);
  }

  /** The same source as before if everything that it depends on is. */
  #createSource(settings: SourceSettings, before: RunningSource | undefined): RunningSource {
    const { policy, now, onWarning, url } = this.#options;
    const { identifiers, mapping } = this.#current.rules;
    const { allowed } = this.#current.settings;
    const { members } = identifiers;
    const text = printSettings([settings, [...members], allowed]);
    const types = printSettings(settings.events ?? mapping.types(policy()));
    if (before?.text === text) {
      if (before.types !== types) before.source.restart();
      return before.types === types ? before : Object.assign(before, { types });
    }
    const source = new Source({
      settings,
      members,
      duty: this.#duty,
      now,
      onWarning,
      events: () => this.#current.rules.mapping.types(policy()),
      pushUrl: () => new URL(`${url()}/signals/${settings.name}`),
      receive: (set) => this.receive(settings.name, set),
      onRefused: (error) => this.#countRefused(settings.name, error),
    });
    if (this.#isStarted) source.start();
    return { source, text, types };
  }

  #createWebhook(settings: WebhookSettings): RunningWebhook {
    const text = printSettings(settings);
    const before = this.#webhooks.get(settings.name);
    if (before?.text === text) return before;
    return { text, read: createWebhookReader(settings, this.#options.now) };
  }

  /** Sets the streams of all sources up, in the background. */
  start(): void {
    this.#isStarted = true;
    for (const source of this.sources.values()) source.start();
  }

  get sources(): ReadonlyMap<string, Source> {
    return new Map([...this.#sources].map(([name, { source }]) => [name, source] as const));
  }

  get states(): readonly SourceState[] {
    return [...this.sources.values()].map(({ state }) => state);
  }

  webhook(name: string): WebhookReader | undefined {
    return this.#webhooks.get(name)?.read;
  }

  /** Resolves when the effects of the events of a webhook are durable. */
  async receive(name: string, set: VerifiedSet): Promise<void> {
    this.#countAccepted(await this.#receive(name, set));
  }

  /** The claims of an event that operators may see. */
  visibleClaims(event: SecurityEvent): Members {
    return selectVisibleClaims(event, this.#current.rules.mapping, this.#options.policy());
  }

  /** Calls with what arrives until the returned function is called. */
  listen(listener: (arrival: Arrival) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends after what was received until now. */
  async end(): Promise<void> {
    await Promise.all([...this.sources.values()].map((source) => source.end()));
    await this.#replacing;
    await this.#endReceiving();
    await this.transmitter.end().catch((error) => {
      this.#options.onWarning(`events were not stored: ${formatErrorMessage(error)}`);
    });
  }

  #countAccepted(received: Received): void {
    const { source, isNew } = received;
    this.#options.observer.arrived(source, isNew ? 'accepted' : 'duplicate');
    for (const listener of this.#listeners) listener({ outcome: 'accepted', ...received });
  }

  #countRefused(source: string, error: SetError): void {
    this.#options.observer.arrived(source, 'refused');
    this.#options.onWarning(`${source}: a token is refused: ${error.code}: ${error.message}`);
    for (const listener of this.#listeners) listener({ outcome: 'refused', source, error });
  }
}

/** The settings in use, and what they say about sessions. */
interface Current {
  readonly settings: SignalSettings;
  readonly rules: SignalRules;
}

interface RunningSource {
  readonly source: Source;
  /** Everything that it depends on, and the events that it requests. */
  readonly text: string;
  types: string;
}

interface RunningWebhook {
  readonly text: string;
  readonly read: WebhookReader;
}

/** Settings as they are compared; where requests may go depends on `allowed`. */
function printSettings(settings: unknown): string {
  return JSON.stringify(settings);
}

function isDivided(
  options: SignalOptions,
): options is Extract<SignalOptions, { readonly sessions: SessionParts }> {
  return 'duty' in options.sessions;
}
