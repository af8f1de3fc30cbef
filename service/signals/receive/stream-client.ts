// Manages the event stream of a receiver at a transmitter (SSF 1.0, section 8): reads the metadata, creates or updates the
// stream, and requests its verification. Rejects with an `Error` if the transmitter does not do its part.

import { isMembers, type Members } from '../../json/members.ts';
import { callJson, type JsonCall } from '../../support/call-json.ts';
import { anyDestination, type Destinations } from '../../support/destinations.ts';
import { buildMetadataUrl, pollMethod, pushMethod } from '../streams.ts';

export interface TransmitterMetadata {
  readonly issuer: string;
  readonly jwks: URL | undefined;
  readonly configuration: URL | undefined;
  readonly status: URL | undefined;
  readonly verification: URL | undefined;
  readonly criticalMembers: readonly string[];
}

export interface RemoteStream {
  readonly id: string;
  readonly audience: readonly string[];
  readonly requested: readonly string[];
  readonly delivered: readonly string[];
  readonly method: string;
  readonly endpoint: URL | undefined;
}

export interface WantedStream {
  readonly events: readonly string[];
  /** Where the transmitter pushes to, or `undefined` if the stream is polled. */
  readonly pushUrl: URL | undefined;
  /** The header with which it pushes. */
  readonly pushAuthorization: string | undefined;
}

export async function readMetadata(issuer: string): Promise<TransmitterMetadata> {
  const url = buildMetadataUrl(issuer);
  const { status, body } = await callJson({ method: 'GET', url, destinations: anyDestination });
  if (status !== 200 || !isMembers(body)) throw new Error(`${url}: answered ${status}`);
  if (body.issuer !== issuer) {
    throw new Error(`${url}: the issuer is ${JSON.stringify(body.issuer)}, expected ${issuer}`);
  }
  return {
    issuer,
    jwks: readUrl(body, 'jwks_uri'),
    configuration: readUrl(body, 'configuration_endpoint'),
    status: readUrl(body, 'status_endpoint'),
    verification: readUrl(body, 'verification_endpoint'),
    criticalMembers: readTexts(body.critical_subject_members),
  };
}

export class StreamClient {
  readonly #metadata: TransmitterMetadata;
  readonly #authorization: string | undefined;
  readonly #destinations: (url: URL) => Destinations;

  /** `destinations`: where requests to a URL that the transmitter named may go. */
  constructor(
    metadata: TransmitterMetadata,
    authorization: string | undefined,
    destinations: (url: URL) => Destinations,
  ) {
    this.#metadata = metadata;
    this.#authorization = authorization;
    this.#destinations = destinations;
  }

  /**
   * Finds the stream, or creates it, makes it deliver what is wanted, and reads it (CAEP Interoperability Profile 1.0,
   * section 2.3.8.2).
   */
  async open(wanted: WantedStream): Promise<RemoteStream> {
    const existingStream = await this.find(wanted);
    if (existingStream === undefined) return this.#read((await this.#create(wanted)).id);
    const isSame =
      existingStream.requested.length === wanted.events.length &&
      wanted.events.every((event) => existingStream.requested.includes(event));
    if (!isSame) await this.#update(existingStream, wanted);
    return this.#read(existingStream.id);
  }

  /** The stream as it is, or `undefined` if it does not exist. */
  async find(wanted: WantedStream): Promise<RemoteStream | undefined> {
    return (await this.#list()).find((remoteStream) => isOwn(remoteStream, wanted));
  }

  /** `enabled`, `paused` or `disabled`, or `undefined` if the transmitter does not say. */
  async status(id: string): Promise<string | undefined> {
    if (this.#metadata.status === undefined) return undefined;
    const body = await this.#call('GET', 'status', id, [200]);
    return isMembers(body) && typeof body.status === 'string' ? body.status : undefined;
  }

  async setStatus(
    id: string,
    status: 'enabled' | 'paused',
    reason: string | undefined,
  ): Promise<void> {
    const because = reason === undefined ? {} : { reason };
    await this.#call('POST', 'status', { stream_id: id, status, ...because }, [200, 202]);
  }

  async delete(id: string): Promise<void> {
    await this.#call('DELETE', 'configuration', id, [204]);
  }

  /** Requests an event with this state; false: the transmitter cannot verify. */
  async verify(id: string, state: string): Promise<boolean> {
    if (this.#metadata.verification === undefined) return false;
    await this.#call('POST', 'verification', { stream_id: id, state }, [200, 202, 204]);
    return true;
  }

  async #list(): Promise<readonly RemoteStream[]> {
    const body = await this.#call('GET', 'configuration', undefined, [200, 404]);
    if (Array.isArray(body)) return body.map((each) => this.#readStream(each));
    return isMembers(body) && body.stream_id !== undefined ? [this.#readStream(body)] : [];
  }

  async #create(wanted: WantedStream): Promise<RemoteStream> {
    const method = wanted.pushUrl === undefined ? pollMethod : pushMethod;
    const body = { events_requested: wanted.events, ...createDelivery(wanted, method) };
    return this.#readStream(await this.#call('POST', 'configuration', body, [201]));
  }

  async #update({ id, method }: RemoteStream, wanted: WantedStream): Promise<void> {
    const change = { stream_id: id, events_requested: wanted.events };
    const body = { ...change, ...createDelivery(wanted, method) };
    await this.#call('PATCH', 'configuration', body, [200, 202]);
  }

  async #read(id: string): Promise<RemoteStream> {
    const stream = this.#readStream(await this.#call('GET', 'configuration', id, [200]));
    if (stream.id === id) return stream;
    throw new Error(`the transmitter returned the stream ${stream.id} for ${id}`);
  }

  /** `what`: the body, or the id of the stream to read. */
  async #call(
    method: JsonCall['method'],
    name: 'configuration' | 'status' | 'verification',
    what: Members | string | undefined,
    expected: readonly number[],
  ): Promise<unknown> {
    const endpoint = this.#metadata[name];
    if (endpoint === undefined) throw new Error(`the metadata has no ${name}_endpoint`);
    const url = new URL(endpoint);
    if (typeof what === 'string') url.searchParams.set('stream_id', what);
    const reply = await callJson({
      method,
      url,
      authorization: this.#authorization,
      destinations: this.#destinations(url),
      ...(typeof what === 'object' ? { body: what } : {}),
    });
    if (expected.includes(reply.status)) return reply.body;
    throw new Error(`${method} ${url.pathname}: answered ${reply.status}`);
  }

  #readStream(value: unknown): RemoteStream {
    const { issuer } = this.#metadata;
    if (!isMembers(value) || typeof value.stream_id !== 'string') {
      throw new Error('the stream has no stream_id');
    }
    // The events would be those of another transmitter.
    if (value.iss !== issuer) throw new Error(`the stream is of ${JSON.stringify(value.iss)}`);
    const delivery = isMembers(value.delivery) ? value.delivery : {};
    return {
      id: value.stream_id,
      audience: typeof value.aud === 'string' ? [value.aud] : readTexts(value.aud),
      requested: readTexts(value.events_requested),
      delivered: readTexts(value.events_delivered),
      method: typeof delivery.method === 'string' ? delivery.method : pollMethod,
      endpoint: readUrl(delivery, 'endpoint_url'),
    };
  }
}

function isOwn({ method, endpoint }: RemoteStream, { pushUrl }: WantedStream): boolean {
  return pushUrl === undefined
    ? method === pollMethod
    : method === pushMethod && endpoint?.href === pushUrl.href;
}

function createDelivery({ pushUrl, pushAuthorization }: WantedStream, method: string) {
  if (pushUrl === undefined) return { delivery: { method } };
  const header = pushAuthorization === undefined ? {} : { authorization_header: pushAuthorization };
  return { delivery: { method, endpoint_url: pushUrl.href, ...header } };
}

function readUrl(members: Members, name: string): URL | undefined {
  const value = members[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && URL.canParse(value)) return new URL(value);
  throw new Error(`${name}: expected a URL`);
}

function readTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
