// The requests of receivers about their event streams (SSF 1.0, section 8). Operations reject with a `Problem`.

import { randomUUID } from 'node:crypto';
import type { Members } from '../../json/members.ts';
import { Problem } from '../../pdp/problem.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import type { OutgoingSets, StreamStatus } from '../store/signal-store.ts';
import { pollMethod } from '../streams.ts';
import { SubjectError } from '../subjects/identifier.ts';
import { readSubject } from '../subjects/subject.ts';
import {
  createInvalidProblem,
  describeConfiguration,
  expectStreamText,
  readStreamRequest,
  type Stream,
  type StreamDefaults,
  toStoredStream,
} from './stream.ts';
import { createNoStreamProblem, type StreamRegistry } from './stream-registry.ts';

export interface StreamManagementOptions {
  readonly registry: StreamRegistry;
  readonly defaults: () => StreamDefaults;
  readonly store: OutgoingSets;
  /** A stream was changed, so that it may send again. */
  readonly onChanged: (id: string) => void;
}

const statuses: readonly StreamStatus[] = ['enabled', 'paused', 'disabled'];
const maxStreams = 16;
const maxSubjects = 1_000;
/** The length of all streams of a receiver as JSON: each change reads and writes whole streams. */
const maxText = 1_048_576;

export class StreamManagement {
  readonly #registry: StreamRegistry;
  readonly #options: StreamManagementOptions;

  constructor(options: StreamManagementOptions) {
    this.#options = options;
    this.#registry = options.registry;
  }

  get #defaults(): StreamDefaults {
    return this.#options.defaults();
  }

  async create(receiver: string, body: Members): Promise<Members> {
    await this.#registry.load();
    const receiverStreams = this.#registry.all.filter((each) => each.receiver === receiver);
    if (receiverStreams.length >= maxStreams) {
      throw new Problem(409, `a receiver cannot have more than ${maxStreams} streams`);
    }
    const id = randomUUID();
    const { pollUrl, supported } = this.#defaults;
    const given = readStreamRequest(body, undefined, {}, this.#defaults);
    const polled = { method: pollMethod, endpoint_url: pollUrl(id) };
    const { delivery = polled, requested = supported, description } = given;
    const stream: Stream = {
      id,
      receiver,
      requested,
      description,
      status: 'enabled',
      reason: undefined,
      delivery: delivery.method === pollMethod ? polled : delivery,
      subjects: [],
    };
    this.#expectRoom(stream, 0);
    await this.#registry.create(stream);
    return this.#storeChange(stream);
  }

  /** All streams of a receiver. */
  async list(receiver: string): Promise<readonly Members[]> {
    await this.#registry.load();
    const receiverStreams = this.#registry.all.filter((stream) => stream.receiver === receiver);
    return receiverStreams.map((stream) => describeConfiguration(stream, this.#defaults));
  }

  async read(receiver: string, id: string): Promise<Members> {
    return describeConfiguration(await this.#registry.expect(receiver, id), this.#defaults);
  }

  /** Changes the members that are given. */
  async update(receiver: string, body: Members): Promise<Members> {
    return this.#change(receiver, body, (stream) => {
      const given = this.#createRequest(stream, body);
      return {
        ...stream,
        requested: given.requested ?? stream.requested,
        delivery: given.delivery ?? stream.delivery,
        description: given.description ?? stream.description,
      };
    });
  }

  /** Replaces everything that the receiver sets. */
  async replace(receiver: string, body: Members): Promise<Members> {
    return this.#change(receiver, body, (stream) => {
      const given = this.#createRequest(stream, body);
      const polled = { method: pollMethod, endpoint_url: this.#defaults.pollUrl(stream.id) };
      return {
        ...stream,
        requested: given.requested ?? this.#defaults.supported,
        delivery: given.delivery ?? polled,
        description: given.description,
      };
    });
  }

  async delete(receiver: string, id: string): Promise<void> {
    await this.#registry.expect(receiver, id);
    await this.#registry.delete(id);
  }

  async status(receiver: string, id: string): Promise<Members> {
    return toStatus(await this.#registry.expect(receiver, id));
  }

  async setStatus(receiver: string, body: Members): Promise<Members> {
    const id = expectStreamText(body.stream_id, '$.stream_id');
    const status = statuses.find((streamStatus) => streamStatus === body.status);
    if (status === undefined)
      throw createInvalidProblem('$.status', `expected one of ${statuses.join(', ')}`);
    const reason =
      body.reason === undefined ? undefined : expectStreamText(body.reason, '$.reason');
    const stream = await this.#changeOwn(receiver, id, (current) => {
      return { ...current, status, reason };
    });
    // Nothing is sent or held for a stream that is disabled (SSF 1.0, section 8.1.2).
    if (status === 'disabled') await this.#options.store.drop(id);
    this.#options.onChanged(id);
    return toStatus(stream);
  }

  async addSubject(receiver: string, body: Members): Promise<void> {
    await this.#changeSubject(receiver, body, this.#defaults.defaultSubjects === 'NONE');
  }

  async removeSubject(receiver: string, body: Members): Promise<void> {
    await this.#changeSubject(receiver, body, this.#defaults.defaultSubjects === 'ALL');
  }

  #createRequest(stream: Stream, body: Members) {
    return readStreamRequest(
      body,
      stream.id,
      describeConfiguration(stream, this.#defaults),
      this.#defaults,
    );
  }

  /** Changes the stream that a request names. */
  async #change(
    receiver: string,
    body: Members,
    change: (stream: Stream) => Stream,
  ): Promise<Members> {
    const id = expectStreamText(body.stream_id, '$.stream_id');
    return this.#storeChange(await this.#changeOwn(receiver, id, change));
  }

  async #changeOwn(
    receiver: string,
    id: string,
    change: (stream: Stream) => Stream,
  ): Promise<Stream> {
    const changed = await this.#registry.change(id, (stream) => {
      if (stream.receiver !== receiver) throw createNoStreamProblem();
      const next = change(stream);
      this.#expectRoom(next, toStoredStream(stream).text.length);
      return next;
    });
    if (changed === undefined) throw createNoStreamProblem();
    return changed;
  }

  /** `before`: the length of the stream until now, which may become less. */
  #expectRoom(stream: Stream, before: number): void {
    const { length } = toStoredStream(stream).text;
    if (length <= before || length + this.#registry.lengthOfOthers(stream) <= maxText) return;
    throw new Problem(
      429,
      `the streams of a receiver cannot have more than ${maxText} characters as JSON`,
    );
  }

  #storeChange(stream: Stream): Members {
    this.#options.onChanged(stream.id);
    return describeConfiguration(stream, this.#defaults);
  }

  /** `isException`: whether the subject is one from now on. */
  async #changeSubject(receiver: string, body: Members, isException: boolean): Promise<void> {
    const { subject } = body;
    try {
      readSubject(subject, '$.subject');
    } catch (error) {
      if (error instanceof SubjectError)
        throw new Problem(400, formatErrorMessage(error), { path: '$.subject' });
      throw error;
    }
    const text = JSON.stringify(subject);
    await this.#change(receiver, body, (stream) => {
      const others = stream.subjects.filter((each) => JSON.stringify(each) !== text);
      if (isException && others.length >= maxSubjects) {
        throw new Problem(429, `a stream cannot have more than ${maxSubjects} exceptions`);
      }
      return { ...stream, subjects: isException ? [...others, subject as Members] : others };
    });
  }
}

function toStatus({ id, status, reason }: Stream): Members {
  return { stream_id: id, status, ...(reason === undefined ? {} : { reason }) };
}
