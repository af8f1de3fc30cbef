// An event stream of a receiver (SSF 1.0, section 8.1.1): its configuration as JSON, and what requests may change of it.
// Throws a `Problem` for a request that is not valid.

import { isMembers, type Members } from '../../json/members.ts';
import { Problem } from '../../pdp/problem.ts';
import { DestinationError, type Destinations } from '../../support/destinations.ts';
import { formatEventUri } from '../sets/event-types.ts';
import type { StoredStream, StreamStatus } from '../store/signal-store.ts';
import { pollMethod, pushMethod } from '../streams.ts';
import { matchesSubject, readSubject, type Subject } from '../subjects/subject.ts';

interface Delivery {
  readonly method: string;
  readonly endpoint_url: string;
  readonly authorization_header?: string;
}

export interface Stream {
  readonly id: string;
  /** The caller that created it. */
  readonly receiver: string;
  readonly delivery: Delivery;
  readonly requested: readonly string[];
  readonly description: string | undefined;
  readonly status: StreamStatus;
  readonly reason: string | undefined;
  /** Subjects that were added or removed, as JSON: the exceptions from the default. */
  readonly subjects: readonly Members[];
}

/** The settings that all streams of a transmitter share. */
export interface StreamDefaults {
  readonly issuer: () => string;
  readonly supported: readonly string[];
  readonly defaultSubjects: 'ALL' | 'NONE';
  readonly minVerificationInterval: number;
  readonly pollUrl: (id: string) => string;
  /** Where events may be pushed to. */
  readonly destinations: Destinations;
}

/** The settings that a receiver chooses. */
export interface StreamRequest {
  readonly requested: readonly string[] | undefined;
  readonly delivery: Delivery | undefined;
  readonly description: string | undefined;
}

const maxTexts = 1_000;
const maxLength = 4_096;

/** Reads a request about a stream; `id`: undefined for one to be created. */
export function readStreamRequest(
  body: Members,
  id: string | undefined,
  current: Members,
  defaults: StreamDefaults,
): StreamRequest {
  for (const name of ['iss', 'aud', 'events_supported', 'events_delivered', 'stream_id']) {
    expectUnchanged(body[name], current[name], name, id);
  }
  const { events_requested: requested, delivery, description } = body;
  return {
    requested: requested === undefined ? undefined : readTexts(requested, '$.events_requested'),
    delivery: delivery === undefined ? undefined : readDelivery(delivery, id, defaults),
    description:
      description === undefined ? undefined : expectStreamText(description, '$.description'),
  };
}

/** Members that the transmitter sets may be repeated, but not changed (SSF 1.0, section 8.1.1.3). */
function expectUnchanged(given: unknown, own: unknown, name: string, id: string | undefined): void {
  if (given === undefined || id === undefined) return;
  if (JSON.stringify(given) === JSON.stringify(own)) return;
  throw createInvalidProblem(`$.${name}`, 'a value that the transmitter sets cannot be changed');
}

function readDelivery(
  value: unknown,
  id: string | undefined,
  { pollUrl, destinations }: StreamDefaults,
): Delivery {
  if (!isMembers(value)) throw createInvalidProblem('$.delivery', 'expected an object');
  const { method, endpoint_url: url, authorization_header: header } = value;
  if (method === pollMethod) {
    const own = pollUrl(id ?? '');
    if (id !== undefined && url !== undefined && url !== own) {
      throw createInvalidProblem(
        '$.delivery.endpoint_url',
        'the transmitter sets the URL that is polled',
      );
    }
    return { method, endpoint_url: own };
  }
  if (method !== pushMethod) {
    throw createInvalidProblem('$.delivery.method', `expected ${pushMethod} or ${pollMethod}`);
  }
  const text = expectStreamText(url, '$.delivery.endpoint_url');
  expectDestination(text, destinations);
  if (header === undefined || header === null) return { method, endpoint_url: text };
  const authorization = expectStreamText(header, '$.delivery.authorization_header');
  if (!/^[\x20-\x7e]+$/.test(authorization)) {
    throw createInvalidProblem('$.delivery.authorization_header', 'expected the value of a header');
  }
  return { method, endpoint_url: text, authorization_header: authorization };
}

function expectDestination(text: string, destinations: Destinations): void {
  const path = '$.delivery.endpoint_url';
  if (!URL.canParse(text)) throw createInvalidProblem(path, 'expected a URL');
  try {
    destinations.expect(new URL(text));
  } catch (error) {
    if (error instanceof DestinationError) throw createInvalidProblem(path, error.message);
    throw error;
  }
}

export function expectStreamText(value: unknown, path: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= maxLength) return value;
  throw createInvalidProblem(path, `expected a string of up to ${maxLength} characters`);
}

function readTexts(value: unknown, path: string): readonly string[] {
  if (!Array.isArray(value) || value.length > maxTexts)
    throw createInvalidProblem(path, 'expected an array');
  return value.map((each, index) => expectStreamText(each, `${path}[${index}]`));
}

export function createInvalidProblem(path: string, detail: string): Problem {
  return new Problem(400, `${path}: ${detail}`, { path });
}

/** The events of a stream: those that were requested and are supported. */
export function listDelivered(
  { requested }: Stream,
  { supported }: StreamDefaults,
): readonly string[] {
  return supported.filter((each) => requested.some((name) => formatEventUri(name) === each));
}

/** The configuration as JSON. */
export function describeConfiguration(stream: Stream, defaults: StreamDefaults): Members {
  const { id, receiver, delivery, requested, description } = stream;
  const { issuer, supported, minVerificationInterval } = defaults;
  return {
    stream_id: id,
    iss: issuer(),
    aud: receiver,
    delivery,
    events_supported: supported,
    events_requested: requested,
    events_delivered: listDelivered(stream, defaults),
    ...(minVerificationInterval === 0
      ? {}
      : { min_verification_interval: minVerificationInterval }),
    ...(description === undefined ? {} : { description }),
  };
}

/** Whether events about a subject belong to a stream. */
export function hasSubject(
  stream: Stream,
  subject: Subject,
  { defaultSubjects }: StreamDefaults,
): boolean {
  const isException = stream.subjects.some((each) => matchesSubject(readSubject(each), subject));
  return isException !== (defaultSubjects === 'ALL');
}

export function toStoredStream({ id, receiver, ...rest }: Stream): StoredStream {
  return { id, receiver, text: JSON.stringify(rest) };
}

export function parseStream({ id, receiver, text }: StoredStream): Stream {
  return { id, receiver, description: undefined, reason: undefined, ...JSON.parse(text) };
}
