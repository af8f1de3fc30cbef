// One transmitter from which events are received: sets its stream up, verifies its tokens, and passes their events on.
// Setting up is repeated until it succeeds; meanwhile tokens are refused for now, so that they are sent again.

import { timingSafeEqual } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Destinations } from '../../support/destinations.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import type { Duty } from '../session-parts.ts';
import { streamEvents } from '../sets/event-types.ts';
import { KeysUnavailableError, type SecurityEvent, SetError } from '../sets/security-event.ts';
import { type SetVerifier, setVerifier, type VerifiedSet } from '../sets/verify-set.ts';
import type { SourceSettings } from '../settings.ts';
import { Poller } from './poller.ts';
import { createSourceDestinations } from './source-destinations.ts';
import { type RemoteStream, readMetadata, StreamClient } from './stream-client.ts';
import { Verifications } from './verifications.ts';

export interface SourceOptions {
  readonly settings: SourceSettings;
  /** The members of complex subjects that can be compared. */
  readonly members: ReadonlySet<string>;
  /** Whether this process manages and polls the stream; it always accepts what is pushed. */
  readonly duty: Pick<Duty, 'isMine' | 'isRequested'>;
  /** The events to request, by default. */
  readonly events: () => readonly string[];
  /** Where the transmitter pushes to, by default. */
  readonly pushUrl: () => URL;
  /** Resolves when the effects of a token are durable. */
  readonly receive: (set: VerifiedSet) => Promise<unknown>;
  readonly onRefused: (error: SetError) => void;
  readonly now: () => number;
  readonly onWarning: (warning: string) => void;
}

/** The state of a source, for operators. */
export interface SourceState {
  readonly name: string;
  readonly issuer: string;
  readonly delivery: 'push' | 'poll';
  /** Whether the stream is set up, so that tokens are accepted. */
  readonly isReady: boolean;
  /** As the transmitter reported it. */
  readonly status: string;
  /** When the transmitter answered the latest verification, in milliseconds since the epoch. */
  readonly verifiedAt: number | undefined;
}

const pause = 1_000;
const maxPause = 60_000;

export class Source {
  readonly #options: SourceOptions;
  #ending = new AbortController();
  #isStarted = false;
  #isEnded = false;
  #verifier: SetVerifier | undefined;
  #stream: RemoteStream | undefined;
  #poller: Poller | undefined;
  #status = 'unknown';
  readonly #verifications: Verifications;
  readonly #destinations: (url: URL) => Destinations;

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#verifications = new Verifications(options.now);
    this.#destinations = createSourceDestinations(options.settings);
  }

  get name(): string {
    return this.#options.settings.name;
  }

  get state(): SourceState {
    const { name, issuer, delivery } = this.#options.settings;
    const isReady = this.#verifier !== undefined;
    const verifiedAt = this.#verifications.latest;
    return { name, issuer, delivery, isReady, status: this.#status, verifiedAt };
  }

  /** Sets the stream up in the background. */
  start(): void {
    this.#isStarted = true;
    void this.#run();
  }

  /** Sets the stream up again, because this process is now on duty, or no longer is. Tokens are accepted meanwhile. */
  restart(): void {
    if (!this.#isStarted) return;
    void this.#stop();
    this.#ending = new AbortController();
    void this.#run();
  }

  /** Nothing is accepted from now on, also not what is verified now. */
  async end(): Promise<void> {
    [this.#isStarted, this.#isEnded] = [false, true];
    await this.#stop();
  }

  async #stop(): Promise<void> {
    this.#ending.abort();
    const poller = this.#poller;
    [this.#poller, this.#client] = [undefined, undefined];
    await poller?.end();
  }

  /** The transmitter answered a verification. Returns whether one with this state was requested. */
  takeVerification(state: string): boolean {
    return this.#verifications.takeAnswer(state);
  }

  /** Whether a transmitter may push with this header. */
  isAuthorized(authorization: string | undefined): boolean {
    const expected = this.#options.settings.pushAuthorization;
    if (expected === undefined) return true;
    const [given, wanted] = [Buffer.from(authorization ?? ''), Buffer.from(expected)];
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }

  /**
   * Resolves when the token may be acknowledged. Rejects with a `SetError` if it never may be, and with another error if it
   * should be sent again. `jti`: how the transmitter names the token, if it does.
   */
  async accept(token: string, jti?: string): Promise<void> {
    const { receive, onRefused } = this.#options;
    try {
      if (this.#verifier === undefined) throw new KeysUnavailableError('the stream is not set up');
      const set = await this.#verifier(token);
      this.#expectNotEnded();
      if (jti !== undefined && jti !== set.jti) {
        throw new SetError('invalid_request', 'the token has another jti');
      }
      for (const event of set.events) await this.#notice(event);
      this.#expectNotEnded();
      const events = set.events.filter(
        ({ subject, type }) => subject !== undefined && !isOfStream(type),
      );
      if (events.length > 0) await receive({ ...set, events });
    } catch (error) {
      if (error instanceof SetError) onRefused(error);
      throw error;
    }
  }

  #expectNotEnded(): void {
    if (this.#isEnded) throw new Error('nothing is received from the source any more');
  }

  /** Events about the stream itself. Throws a `SetError` for one that was not expected. */
  async #notice({ type, claims, subject }: SecurityEvent): Promise<void> {
    if (!isOfStream(type)) return;
    const id = this.#stream?.id;
    if (id !== undefined && subject !== undefined && subject.id !== id) {
      throw new SetError('invalid_request', `sub_id: the event is about another stream than ${id}`);
    }
    if (type === streamEvents.streamUpdated) {
      this.#status = String(claims.status);
      if (this.#status !== 'enabled') this.#warn(`the stream is ${this.#status}`);
      return;
    }
    const { state } = claims;
    if (state === undefined) {
      this.#verifications.countUnrequested();
    } else if (!this.takeVerification(`${state}`) && !(await this.#isRequested(`${state}`))) {
      throw new SetError('invalid_state', 'state: no verification with it was requested');
    }
  }

  /** Whether another process requested a verification with this state. */
  async #isRequested(state: string): Promise<boolean> {
    const { duty } = this.#options;
    return !duty.isMine && (await duty.isRequested(this.name, state));
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        await this.#prepare(signal);
        await this.#stayVerified(signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (failures === 0) this.#warn(formatErrorMessage(error));
        const longest = Math.min(maxPause, pause * 2 ** Math.min(failures, 10));
        await delay(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
      }
    }
  }

  /** `signal`: aborted when the stream is set up again. */
  async #prepare(signal: AbortSignal): Promise<void> {
    const { settings, events, pushUrl, duty } = this.#options;
    const { issuer, keys, isManaged, delivery, authorization, pushAuthorization } = settings;
    if (!isManaged && keys !== undefined) {
      this.#begin(keys, settings.audience, []);
      return this.#poll(settings.pollUrl);
    }
    const metadata = await readMetadata(issuer);
    signal.throwIfAborted();
    const known = keys ?? metadata.jwks;
    if (known === undefined) throw new Error('the metadata has no jwks_uri');
    if (!isManaged) {
      this.#begin(known, settings.audience, metadata.criticalMembers);
      return this.#poll(settings.pollUrl);
    }
    const client = new StreamClient(metadata, authorization, this.#destinations);
    const isPushed = delivery === 'push';
    const wanted = {
      events: settings.events ?? events(),
      pushUrl: isPushed ? (settings.pushUrl ?? pushUrl()) : undefined,
      pushAuthorization,
    };
    const isMine = duty.isMine;
    const stream = isMine ? await client.open(wanted) : await client.find(wanted);
    signal.throwIfAborted();
    if (stream === undefined) throw new Error('the node on duty has not created the stream yet');
    this.#stream = stream;
    const audience = settings.audience.length === 0 ? stream.audience : settings.audience;
    this.#begin(known, audience, metadata.criticalMembers);
    this.#status = (await client.status(stream.id)) ?? 'unknown';
    signal.throwIfAborted();
    if (this.#status !== 'enabled' && this.#status !== 'unknown') {
      this.#warn(`the stream is ${this.#status}`);
    }
    if (!isMine) return;
    if (metadata.verification !== undefined) this.#client = { client, stream };
    await this.#verifyNow(() => this.#poll(stream.endpoint));
  }

  #begin(
    keys: URL | NonNullable<SourceSettings['keys']>,
    audience: readonly string[],
    critical: readonly string[],
  ): void {
    const { settings, members, now } = this.#options;
    const { issuer, algorithms } = settings;
    if (audience.length === 0)
      throw new Error('neither the stream nor the settings have an audience');
    this.#verifier = setVerifier({
      issuer,
      audience,
      keys,
      algorithms,
      members,
      now,
      destinations: this.#destinations,
      criticalMembers: critical,
    });
  }

  #poll(url: URL | undefined): void {
    const { settings, duty } = this.#options;
    const isPolled = settings.delivery === 'poll' && duty.isMine;
    if (!isPolled || this.#poller !== undefined || this.#ending.signal.aborted) return;
    if (url === undefined) throw new Error('the stream has no endpoint to poll');
    this.#poller = new Poller({
      url,
      authorization: settings.authorization,
      interval: settings.pollInterval,
      destinations: this.#destinations(url),
      accept: (token, jti) => this.accept(token, jti),
      onWarning: (warning) => this.#warn(warning),
    });
  }

  /** Present if the transmitter can verify the stream. */
  #client: { readonly client: StreamClient; readonly stream: RemoteStream } | undefined;

  /** `onRequested`: called as soon as a request was answered, or none is necessary. */
  async #verifyNow(onRequested = () => {}): Promise<void> {
    if (this.#client === undefined) return onRequested();
    const { client, stream } = this.#client;
    await this.#verifications.request(client, stream.id, onRequested);
  }

  async #stayVerified(signal: AbortSignal): Promise<void> {
    const { verifyInterval } = this.#options.settings;
    while (this.#client !== undefined && !signal.aborted) {
      await delay(verifyInterval, undefined, { signal, ref: false });
      await this.#verifyNow();
    }
  }

  #warn(warning: string): void {
    this.#options.onWarning(`${this.name}: ${warning}`);
  }
}

function isOfStream(type: string): boolean {
  return type === streamEvents.verification || type === streamEvents.streamUpdated;
}
