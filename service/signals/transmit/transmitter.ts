// Transmits changes of sessions as events of CAEP: receivers manage their streams (SSF 1.0, section 8), and get each event
// until they have accepted it. Operations throw a `Problem`.

import { randomUUID } from 'node:crypto';
import { isMembers, type Members } from '../../json/members.ts';
import { Problem } from '../../pdp/problem.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import type { Duty } from '../session-parts.ts';
import { streamEvents } from '../sets/event-types.ts';
import type { TransmitterSettings } from '../settings.ts';
import type { OutgoingSets } from '../store/signal-store.ts';
import { pollMethod, pushMethod } from '../streams.ts';
import { readSubject, type Subject } from '../subjects/subject.ts';
import { type ChangeEvents, listEventTypes, type SentEvent } from './change-events.ts';
import { type DeliveryOutcome, Outbox } from './outbox.ts';
import { type SetSigner, setSigner } from './set-signer.ts';
import {
  createInvalidProblem,
  expectStreamText,
  hasSubject,
  listDelivered,
  type Stream,
  type StreamDefaults,
} from './stream.ts';
import { StreamManagement } from './stream-management.ts';
import { StreamRegistry } from './stream-registry.ts';

/** Settings whose keys can sign. */
export interface ReadyTransmitter {
  readonly settings: TransmitterSettings;
  readonly signer: SetSigner;
}

export interface TransmitterOptions {
  /** `undefined` if nothing is transmitted until `replace` is called. */
  readonly settings: TransmitterSettings | undefined;
  /** The URL of the service, which the paths of endpoints are below; known when it listens. */
  readonly url: () => string;
  readonly store: OutgoingSets;
  /** Whether a caller with this id may still receive events, so that they are pushed to its streams. Default: every one may. */
  readonly mayReceive?: ((receiver: string) => boolean) | undefined;
  /** Whether this process pushes events; other processes may change the streams. */
  readonly duty: Pick<Duty, 'isMine' | 'listen' | 'listenToStreams'>;
  readonly now: () => number;
  readonly onOutcome?: (outcome: DeliveryOutcome) => void;
  readonly onWarning: (warning: string) => void;
}

/** Rejects if a key cannot be used. `url`: the URL of the service, which is the issuer if the settings name none. */
export async function prepareTransmitter(
  settings: TransmitterSettings,
  url: () => string,
): Promise<ReadyTransmitter> {
  return { settings, signer: await setSigner(() => settings.issuer ?? url(), settings.keys) };
}

const maxPolled = 100;
/** How long a poll waits for events, in milliseconds. */
const longPoll = 25_000;

export class Transmitter {
  readonly #options: TransmitterOptions;
  #ready: ReadyTransmitter | undefined;
  /** The requests of receivers about their streams. */
  readonly streams: StreamManagement;
  readonly #registry: StreamRegistry;
  readonly #outbox: Outbox;
  /** The receivers of streams that may not receive events now. */
  #withheld: ReadonlySet<string> = new Set();
  /** When each stream was verified last. */
  readonly #verified = new Map<string, number>();
  /** Events that are sent together when the current code has run. */
  #unsent: SentEvent[] = [];
  /** Tokens that are being signed and stored. */
  #writing: Promise<void> = Promise.resolve();

  /** Rejects if a key cannot be used. */
  static async open(options: TransmitterOptions): Promise<Transmitter> {
    const { settings, duty } = options;
    const ready = settings && (await prepareTransmitter(settings, options.url));
    const transmitter = new Transmitter(options, ready);
    const wakeLater = (id?: string) => transmitter.#wakeLater(id);
    duty.listenToStreams(wakeLater);
    duty.listen(wakeLater);
    await transmitter.#wake();
    return transmitter;
  }

  private constructor(options: TransmitterOptions, ready: ReadyTransmitter | undefined) {
    const { store, duty, onWarning, onOutcome = () => {}, mayReceive = () => true } = options;
    this.#options = options;
    this.#ready = ready;
    this.#registry = new StreamRegistry(store);
    const stream = (id: string) => this.#registry.get(id);
    this.#outbox = new Outbox({
      store,
      stream,
      onOutcome,
      onWarning,
      destinations: () => this.#expectReady().settings.destinations,
      isPushed: ({ receiver }) => this.isReady && duty.isMine && mayReceive(receiver),
    });
    this.streams = new StreamManagement({
      registry: this.#registry,
      defaults: () => this.#defaults,
      store,
      onChanged: (id) => this.#outbox.wake(id),
    });
  }

  /** Whether anything is transmitted. */
  get isReady(): boolean {
    return this.#ready !== undefined;
  }

  /**
   * Uses other settings from now on; nothing is transmitted any more if they are `undefined`. Events that wait are sent
   * by the new settings, with the signatures that they have.
   */
  replace(ready: ReadyTransmitter | undefined): void {
    this.#ready = ready;
    this.#outbox.interrupt();
    this.#wakeLater();
  }

  /** Other callers may receive events now: what is being sent to those that may not is ended, and their events wait. */
  async recheckReceivers(): Promise<void> {
    const { mayReceive = () => true, onWarning } = this.#options;
    await this.#registry.load();
    const receivers = new Set(this.#registry.all.map(({ receiver }) => receiver));
    const withheld = new Set([...receivers].filter((receiver) => !mayReceive(receiver)));
    const added = [...withheld].filter((each) => !this.#withheld.has(each));
    this.#withheld = withheld;
    for (const each of added) {
      onWarning(`the events for ${each} wait: it may not receive events any more`);
    }
    if (added.length > 0) this.#outbox.interrupt();
    this.#wakeLater();
  }

  async #wake(id?: string): Promise<void> {
    if (!this.isReady) return;
    await this.#registry.load();
    const ids = this.#registry.all.map((stream) => stream.id);
    for (const each of id === undefined ? ids : [id]) this.#outbox.wake(each);
  }

  #wakeLater(id?: string): void {
    const { onWarning } = this.#options;
    this.#wake(id).catch((error) => onWarning(`events wait: ${formatErrorMessage(error)}`));
  }

  #expectReady(): ReadyTransmitter {
    if (this.#ready !== undefined) return this.#ready;
    throw new Problem(404, 'the service transmits no events');
  }

  get #defaults(): StreamDefaults {
    return this.#createDefaults(this.#expectReady());
  }

  #createDefaults({ signer, settings }: ReadyTransmitter): StreamDefaults {
    return {
      issuer: () => signer.issuer(),
      supported: listEventTypes(settings.effects),
      destinations: settings.destinations,
      defaultSubjects: settings.defaultSubjects,
      minVerificationInterval: settings.minVerificationInterval,
      pollUrl: (id) => `${this.#options.url()}/ssf/streams/${id}/poll`,
    };
  }

  get keySet(): SetSigner['keySet'] {
    return this.#expectReady().signer.keySet;
  }

  /** The metadata (SSF 1.0, section 7.1). */
  get metadata(): Members {
    const { settings, signer } = this.#expectReady();
    const url = this.#options.url();
    return {
      spec_version: '1_0',
      issuer: signer.issuer(),
      jwks_uri: `${url}/ssf/jwks.json`,
      delivery_methods_supported: [pushMethod, pollMethod],
      configuration_endpoint: `${url}/ssf/stream`,
      status_endpoint: `${url}/ssf/status`,
      add_subject_endpoint: `${url}/ssf/subjects:add`,
      remove_subject_endpoint: `${url}/ssf/subjects:remove`,
      verification_endpoint: `${url}/ssf/verification`,
      authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }, { spec_urn: 'urn:ietf:rfc:6750' }],
      default_subjects: settings.defaultSubjects,
    };
  }

  /** Sends an event that shows that the stream works (SSF 1.0, section 8.1.4). */
  async verify(receiver: string, body: Members): Promise<void> {
    const stream = await this.#registry.expect(
      receiver,
      expectStreamText(body.stream_id, '$.stream_id'),
    );
    const state = body.state === undefined ? undefined : expectStreamText(body.state, '$.state');
    const { now } = this.#options;
    const ready = this.#expectReady();
    const latest = this.#verified.get(stream.id) ?? Number.NEGATIVE_INFINITY;
    if (now() - latest < ready.settings.minVerificationInterval * 1_000) {
      throw new Problem(429, 'the stream was verified a short time ago');
    }
    this.#verified.set(stream.id, now());
    const claims = state === undefined ? {} : { state };
    await this.#sendSession(ready, stream, streamEvents.verification, claims);
  }

  /** Acknowledges tokens, and returns those that wait, by their ids (RFC 8936, section 2). */
  async poll(receiver: string, id: string, body: Members, signal: AbortSignal): Promise<Members> {
    const stream = await this.#registry.expect(receiver, id);
    if (stream.delivery.method !== pollMethod) throw new Problem(400, 'the stream is pushed');
    const { maxEvents = maxPolled, returnImmediately = false, ack = [], setErrs = {} } = body;
    if (typeof maxEvents !== 'number' || maxEvents < 0)
      throw createInvalidProblem('$.maxEvents', 'expected a number');
    if (typeof returnImmediately !== 'boolean')
      throw createInvalidProblem('$.returnImmediately', 'expected true or false');
    if (!Array.isArray(ack)) throw createInvalidProblem('$.ack', 'expected an array');
    if (!isMembers(setErrs)) throw createInvalidProblem('$.setErrs', 'expected an object');
    await this.#settle(
      stream,
      ack.filter((each) => typeof each === 'string'),
      setErrs,
    );
    const limit = Math.min(Math.trunc(maxEvents), maxPolled);
    if (limit === 0) {
      const backlog = await this.#options.store.backlog(id);
      return { sets: {}, ...(backlog > 0 ? { moreAvailable: true } : {}) };
    }
    const waited = AbortSignal.any([signal, AbortSignal.timeout(returnImmediately ? 0 : longPoll)]);
    const outgoingSets = await this.#outbox.poll(
      id,
      limit + 1,
      returnImmediately ? AbortSignal.abort() : waited,
    );
    const sets = Object.fromEntries(
      outgoingSets.slice(0, limit).map(({ jti, token }) => [jti, token]),
    );
    return { sets, ...(outgoingSets.length > limit ? { moreAvailable: true } : {}) };
  }

  /** Sends events to the streams that have their subjects. `flush` resolves when they are stored. */
  send(events: ChangeEvents): void {
    if (events.length === 0) return;
    if (this.#unsent.length === 0) {
      const stored = Promise.resolve().then(() => this.#sendAll());
      this.#writing = Promise.all([this.#writing, stored]).then(() => {});
      this.#writing.catch((error) => {
        this.#options.onWarning(`an event is not sent: ${formatErrorMessage(error)}`);
      });
    }
    this.#unsent.push(...events);
  }

  async #sendAll(): Promise<void> {
    const events = this.#unsent;
    this.#unsent = [];
    // Events are sent by the settings with which they began.
    const ready = this.#ready;
    if (ready === undefined) return;
    const defaults = this.#createDefaults(ready);
    await this.#registry.load();
    const streams = this.#registry.all.filter(({ status }) => status !== 'disabled');
    const sent = events.flatMap((event) => {
      const subject = this.#findSubject(event);
      if (subject === undefined) return [];
      return streams
        .filter((stream) => listDelivered(stream, defaults).includes(event.type))
        .filter((stream) => hasSubject(stream, subject, defaults))
        .map((stream) => ({ stream, event }));
    });
    if (sent.length > 0) await this.#store(ready, sent);
  }

  /** Resolves when everything that was sent until now is stored. Rejects if it cannot be. */
  flush(): Promise<void> {
    const writing = this.#writing;
    // Until it is over, every caller waits for it. A failure is reported to those.
    const awaitEnd = () => {
      if (this.#writing === writing) this.#writing = Promise.resolve();
    };
    writing.then(awaitEnd, awaitEnd);
    return writing;
  }

  /** Answers what polls now. */
  endPolls(): void {
    this.#outbox.endPolls();
  }

  async end(): Promise<void> {
    this.#outbox.end();
    await this.flush();
  }

  /** Returns `undefined` if the mapping of the operator has no subject for it, so that nobody can be meant. */
  #findSubject({ type, subject }: SentEvent): Subject | undefined {
    try {
      return readSubject(subject);
    } catch (error) {
      this.#options.onWarning(`${type} is not sent: ${formatErrorMessage(error)}`);
      return undefined;
    }
  }

  async #store(
    ready: ReadyTransmitter,
    sent: readonly { readonly stream: Stream; readonly event: SentEvent }[],
  ): Promise<void> {
    const { store, now } = this.#options;
    const issuedAt = now();
    const sets = await Promise.all(
      sent.map(async ({ stream, event }) => {
        const jti = randomUUID();
        const token = await ready.signer.sign({
          ...event,
          jti,
          issuedAt,
          audience: stream.receiver,
        });
        return { stream: stream.id, jti, token, createdAt: issuedAt };
      }),
    );
    await store.enqueue(sets);
    for (const id of new Set(sets.map(({ stream }) => stream))) {
      await this.#limit(ready, id);
      this.#outbox.wake(id);
    }
  }

  /** A receiver that takes nothing must not fill the disk: it learns that events were lost. */
  async #limit(ready: ReadyTransmitter, id: string): Promise<void> {
    const { store, onWarning } = this.#options;
    const { maxBacklog } = ready.settings;
    const stream = this.#registry.get(id);
    if (stream === undefined || (await store.backlog(id)) <= maxBacklog) return;
    const reason = `more than ${maxBacklog} events were not accepted`;
    await this.#registry.change(id, (current) => ({ ...current, status: 'disabled', reason }));
    await store.drop(id);
    onWarning(`the stream of ${stream.receiver} is disabled: ${reason}`);
    const claims = { status: 'disabled', reason };
    await this.#sendSession(ready, stream, streamEvents.streamUpdated, claims);
  }

  async #sendSession(
    ready: ReadyTransmitter,
    stream: Stream,
    type: string,
    claims: Members,
  ): Promise<void> {
    const subject = { format: 'opaque', id: stream.id };
    await this.#store(ready, [{ stream, event: { type, subject, claims, txn: undefined } }]);
  }

  async #settle(stream: Stream, accepted: readonly string[], refused: Members): Promise<void> {
    const { store, onWarning, onOutcome = () => {} } = this.#options;
    for (const [jti, error] of Object.entries(refused)) {
      const { err, description } = isMembers(error) ? error : {};
      onWarning(`${stream.id}: the receiver refuses ${jti}: ${err}: ${description}`);
      onOutcome('refused');
    }
    for (const _ of accepted) onOutcome('delivered');
    const settled = [...accepted, ...Object.keys(refused)];
    if (settled.length > 0) await store.settle(stream.id, settled);
  }
}
