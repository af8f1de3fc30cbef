// Transmits changes of sessions as events of CAEP: receivers manage their streams (SSF 1.0, section 8), and get each event
// until they have accepted it. Operations throw a `Problem`.

import { randomUUID } from 'node:crypto';
import { isMembers, type Members } from '../../json/members.ts';
import { Problem } from '../../pdp/problem.ts';
import { messageOf } from '../../support/message-of.ts';
import type { Duty } from '../session-parts.ts';
import { streamEvents } from '../sets/event-types.ts';
import type { TransmitterSettings } from '../settings.ts';
import type { OutgoingSets, StreamStatus } from '../store/signal-store.ts';
import { pollMethod, pushMethod } from '../streams.ts';
import { SubjectError } from '../subjects/identifier.ts';
import { readSubject, type Subject } from '../subjects/subject.ts';
import { type ChangeEvents, eventTypesFor, type SentEvent } from './change-events.ts';
import { type DeliveryOutcome, Outbox } from './outbox.ts';
import { type SetSigner, setSigner } from './set-signer.ts';
import {
  configurationOf,
  deliveredBy,
  hasSubject,
  invalid,
  readStreamRequest,
  type Stream,
  type StreamDefaults,
  storedStream,
  streamIn,
  textIn,
} from './stream.ts';

export interface TransmitterOptions {
  readonly settings: TransmitterSettings;
  /** The URL of the service, which the paths of endpoints are below; known when it listens. */
  readonly url: () => string;
  readonly store: OutgoingSets;
  /** Whether this process pushes events; other processes may change the streams. */
  readonly duty: Pick<Duty, 'isMine' | 'listen' | 'listenToStreams'>;
  readonly now: () => number;
  readonly onOutcome?: (outcome: DeliveryOutcome) => void;
  readonly onWarning: (warning: string) => void;
}

const statuses: readonly StreamStatus[] = ['enabled', 'paused', 'disabled'];
const maxStreams = 16;
const maxSubjects = 1_000;
const maxPolled = 100;
/** How long a poll waits for events, in milliseconds. */
const longPoll = 25_000;

export class Transmitter {
  readonly #options: TransmitterOptions;
  readonly #signer: SetSigner;
  readonly #streams = new Map<string, Stream>();
  /** The streams as they are stored, by id. */
  readonly #texts = new Map<string, string>();
  readonly #outbox: Outbox;
  readonly #defaults: StreamDefaults;
  /** When each stream was verified last. */
  readonly #verified = new Map<string, number>();
  /** Events that are sent together when the current code has run. */
  #unsent: SentEvent[] = [];
  /** Tokens that are being signed and stored. */
  #writing: Promise<void> = Promise.resolve();

  /** Rejects if a key cannot be used. */
  static async open(options: TransmitterOptions): Promise<Transmitter> {
    const { settings, url, duty, onWarning } = options;
    const signer = await setSigner(() => settings.issuer ?? url(), settings.keys);
    const transmitter = new Transmitter(options, signer);
    const wake = async (id?: string) => {
      await transmitter.#load();
      for (const each of id === undefined ? transmitter.#streams.keys() : [id]) {
        transmitter.#outbox.wake(each);
      }
    };
    const wakeLater = (id?: string) => {
      wake(id).catch((error) => onWarning(`events wait: ${messageOf(error)}`));
    };
    duty.listenToStreams(wakeLater);
    duty.listen(wakeLater);
    await wake();
    return transmitter;
  }

  private constructor(options: TransmitterOptions, signer: SetSigner) {
    const { settings, url, store, duty, onWarning, onOutcome = () => {} } = options;
    this.#options = options;
    this.#signer = signer;
    this.#defaults = {
      issuer: () => signer.issuer(),
      supported: eventTypesFor(settings.effects),
      defaultSubjects: settings.defaultSubjects,
      minVerificationInterval: settings.minVerificationInterval,
      pollUrl: (id) => `${url()}/ssf/streams/${id}/poll`,
    };
    const stream = (id: string) => this.#streams.get(id);
    this.#outbox = new Outbox({
      ...{ store, stream, onOutcome, onWarning },
      isOnDuty: () => duty.isMine,
    });
  }

  /** Reads the streams again, which other processes may have changed. */
  async #load(): Promise<void> {
    const stored = await this.#options.store.streams();
    const ids = new Set(stored.map(({ id }) => id));
    for (const id of this.#streams.keys()) if (!ids.has(id)) this.#remove(id);
    for (const each of stored) {
      const { id, text } = each;
      if (this.#texts.get(id) === text) continue;
      this.#texts.set(id, text);
      this.#streams.set(id, streamIn(each));
    }
  }

  #remove(id: string): void {
    for (const known of [this.#streams, this.#texts, this.#verified]) known.delete(id);
  }

  get keySet(): SetSigner['keySet'] {
    return this.#signer.keySet;
  }

  /** The metadata (SSF 1.0, section 7.1). */
  get metadata(): Members {
    const { settings } = this.#options;
    const url = this.#options.url();
    return {
      ...{ spec_version: '1_0', issuer: this.#signer.issuer(), jwks_uri: `${url}/ssf/jwks.json` },
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

  async create(receiver: string, body: Members): Promise<Members> {
    await this.#load();
    const own = [...this.#streams.values()].filter((each) => each.receiver === receiver);
    if (own.length >= maxStreams) {
      throw new Problem(409, `a receiver cannot have more than ${maxStreams} streams`);
    }
    const id = randomUUID();
    const { pollUrl, supported } = this.#defaults;
    const given = readStreamRequest(body, undefined, {}, this.#defaults);
    const polled = { method: pollMethod, endpoint_url: pollUrl(id) };
    const { delivery = polled, requested = supported, description } = given;
    const stream: Stream = {
      ...{ id, receiver, requested, description, status: 'enabled', reason: undefined },
      delivery: delivery.method === pollMethod ? polled : delivery,
      subjects: [],
    };
    return this.#put(stream);
  }

  /** All streams of a receiver. */
  async list(receiver: string): Promise<readonly Members[]> {
    await this.#load();
    const own = [...this.#streams.values()].filter((each) => each.receiver === receiver);
    return own.map((each) => configurationOf(each, this.#defaults));
  }

  async read(receiver: string, id: string): Promise<Members> {
    return configurationOf(await this.#expect(receiver, id), this.#defaults);
  }

  /** Changes the members that are given. */
  async update(receiver: string, body: Members): Promise<Members> {
    const stream = await this.#expect(receiver, textIn(body.stream_id, '$.stream_id'));
    const given = this.#requestFor(stream, body);
    return this.#put({
      ...stream,
      requested: given.requested ?? stream.requested,
      delivery: given.delivery ?? stream.delivery,
      description: given.description ?? stream.description,
    });
  }

  /** Replaces everything that the receiver sets. */
  async replace(receiver: string, body: Members): Promise<Members> {
    const stream = await this.#expect(receiver, textIn(body.stream_id, '$.stream_id'));
    const given = this.#requestFor(stream, body);
    const polled = { method: pollMethod, endpoint_url: this.#defaults.pollUrl(stream.id) };
    return this.#put({
      ...stream,
      requested: given.requested ?? this.#defaults.supported,
      delivery: given.delivery ?? polled,
      description: given.description,
    });
  }

  async delete(receiver: string, id: string): Promise<void> {
    await this.#expect(receiver, id);
    await this.#options.store.deleteStream(id);
    this.#remove(id);
  }

  async status(receiver: string, id: string): Promise<Members> {
    return statusOf(await this.#expect(receiver, id));
  }

  async setStatus(receiver: string, body: Members): Promise<Members> {
    const stream = await this.#expect(receiver, textIn(body.stream_id, '$.stream_id'));
    const status = statuses.find((each) => each === body.status);
    if (status === undefined) throw invalid('$.status', `expected one of ${statuses.join(', ')}`);
    const reason = body.reason === undefined ? undefined : textIn(body.reason, '$.reason');
    const changed = { ...stream, status, reason };
    // Nothing is sent or held for a stream that is disabled (SSF 1.0, section 8.1.2).
    if (status === 'disabled') await this.#options.store.drop(stream.id);
    await this.#put(changed);
    return statusOf(changed);
  }

  async addSubject(receiver: string, body: Members): Promise<void> {
    await this.#changeSubject(receiver, body, this.#defaults.defaultSubjects === 'NONE');
  }

  async removeSubject(receiver: string, body: Members): Promise<void> {
    await this.#changeSubject(receiver, body, this.#defaults.defaultSubjects === 'ALL');
  }

  /** Sends an event that shows that the stream works (SSF 1.0, section 8.1.4). */
  async verify(receiver: string, body: Members): Promise<void> {
    const stream = await this.#expect(receiver, textIn(body.stream_id, '$.stream_id'));
    const state = body.state === undefined ? undefined : textIn(body.state, '$.state');
    const { now, settings } = this.#options;
    const latest = this.#verified.get(stream.id) ?? Number.NEGATIVE_INFINITY;
    if (now() - latest < settings.minVerificationInterval * 1_000) {
      throw new Problem(429, 'the stream was verified a short time ago');
    }
    this.#verified.set(stream.id, now());
    await this.#sendAbout(stream, streamEvents.verification, state === undefined ? {} : { state });
  }

  /** Acknowledges tokens, and returns those that wait, by their ids (RFC 8936, section 2). */
  async poll(receiver: string, id: string, body: Members, signal: AbortSignal): Promise<Members> {
    const stream = await this.#expect(receiver, id);
    if (stream.delivery.method !== pollMethod) throw new Problem(400, 'the stream is pushed');
    const { maxEvents = maxPolled, returnImmediately = false, ack = [], setErrs = {} } = body;
    if (typeof maxEvents !== 'number' || maxEvents < 0)
      throw invalid('$.maxEvents', 'expected a number');
    if (typeof returnImmediately !== 'boolean')
      throw invalid('$.returnImmediately', 'expected true or false');
    if (!Array.isArray(ack)) throw invalid('$.ack', 'expected an array');
    if (!isMembers(setErrs)) throw invalid('$.setErrs', 'expected an object');
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
    const found = await this.#outbox.poll(
      id,
      limit + 1,
      returnImmediately ? AbortSignal.abort() : waited,
    );
    const sets = Object.fromEntries(found.slice(0, limit).map(({ jti, token }) => [jti, token]));
    return { sets, ...(found.length > limit ? { moreAvailable: true } : {}) };
  }

  /** Sends events to the streams that have their subjects. `saved` resolves when they are stored. */
  send(events: ChangeEvents): void {
    if (events.length === 0) return;
    if (this.#unsent.length === 0) {
      const stored = Promise.resolve().then(() => this.#sendAll());
      this.#writing = Promise.all([this.#writing, stored]).then(() => {});
      this.#writing.catch((error) => {
        this.#options.onWarning(`an event is not sent: ${messageOf(error)}`);
      });
    }
    this.#unsent.push(...events);
  }

  async #sendAll(): Promise<void> {
    const events = this.#unsent;
    this.#unsent = [];
    await this.#load();
    const streams = [...this.#streams.values()].filter(({ status }) => status !== 'disabled');
    const sent = events.flatMap((event) => {
      const subject = this.#subjectOf(event);
      if (subject === undefined) return [];
      return streams
        .filter((stream) => deliveredBy(stream, this.#defaults).includes(event.type))
        .filter((stream) => hasSubject(stream, subject, this.#defaults))
        .map((stream) => ({ stream, event }));
    });
    if (sent.length > 0) await this.#store(sent);
  }

  /** Resolves when everything that was sent until now is stored. Rejects if it cannot be. */
  saved(): Promise<void> {
    const writing = this.#writing;
    this.#writing = Promise.resolve();
    return writing;
  }

  /** Answers what polls now. */
  endPolls(): void {
    this.#outbox.endPolls();
  }

  async end(): Promise<void> {
    this.#outbox.end();
    await this.saved();
  }

  /** undefined: the mapping of the operator has no subject for it, so that nobody can be meant. */
  #subjectOf({ type, subject }: SentEvent): Subject | undefined {
    try {
      return readSubject(subject);
    } catch (error) {
      this.#options.onWarning(`${type} is not sent: ${messageOf(error)}`);
      return undefined;
    }
  }

  async #store(
    sent: readonly { readonly stream: Stream; readonly event: SentEvent }[],
  ): Promise<void> {
    const { store, now } = this.#options;
    const issuedAt = now();
    const sets = await Promise.all(
      sent.map(async ({ stream, event }) => {
        const jti = randomUUID();
        const token = await this.#signer.sign({
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
      await this.#limit(id);
      this.#outbox.wake(id);
    }
  }

  /** A receiver that takes nothing must not fill the disk: it learns that events were lost. */
  async #limit(id: string): Promise<void> {
    const { store, settings, onWarning } = this.#options;
    const stream = this.#streams.get(id);
    if (stream === undefined || (await store.backlog(id)) <= settings.maxBacklog) return;
    const reason = `more than ${settings.maxBacklog} events were not accepted`;
    await store.drop(id);
    await this.#put({ ...stream, status: 'disabled', reason });
    onWarning(`the stream of ${stream.receiver} is disabled: ${reason}`);
    await this.#sendAbout(stream, streamEvents.streamUpdated, { status: 'disabled', reason });
  }

  async #sendAbout(stream: Stream, type: string, claims: Members): Promise<void> {
    const subject = { format: 'opaque', id: stream.id };
    await this.#store([{ stream, event: { type, subject, claims, txn: undefined } }]);
  }

  #requestFor(stream: Stream, body: Members) {
    return readStreamRequest(
      body,
      stream.id,
      configurationOf(stream, this.#defaults),
      this.#defaults,
    );
  }

  async #put(stream: Stream): Promise<Members> {
    const stored = storedStream(stream);
    await this.#options.store.putStream(stored);
    this.#streams.set(stream.id, stream);
    this.#texts.set(stream.id, stored.text);
    this.#outbox.wake(stream.id);
    return configurationOf(stream, this.#defaults);
  }

  /** `isException`: whether the subject is one from now on. */
  async #changeSubject(receiver: string, body: Members, isException: boolean): Promise<void> {
    const stream = await this.#expect(receiver, textIn(body.stream_id, '$.stream_id'));
    const { subject } = body;
    try {
      readSubject(subject, '$.subject');
    } catch (error) {
      if (error instanceof SubjectError)
        throw new Problem(400, messageOf(error), { path: '$.subject' });
      throw error;
    }
    const text = JSON.stringify(subject);
    const others = stream.subjects.filter((each) => JSON.stringify(each) !== text);
    if (isException && others.length >= maxSubjects) {
      throw new Problem(429, `a stream cannot have more than ${maxSubjects} exceptions`);
    }
    await this.#put({
      ...stream,
      subjects: isException ? [...others, subject as Members] : others,
    });
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

  async #expect(receiver: string, id: string): Promise<Stream> {
    await this.#load();
    const stream = this.#streams.get(id);
    if (stream?.receiver === receiver) return stream;
    throw new Problem(404, 'no such stream', { code: 'no_stream' });
  }
}

function statusOf({ id, status, reason }: Stream): Members {
  return { stream_id: id, status, ...(reason === undefined ? {} : { reason }) };
}
