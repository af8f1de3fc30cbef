// Streams of server-sent events (HTML standard, section 9.2) with the changes of sessions. A reader that is slow gets the
// latest change of each session: nothing grows with the number of changes. A stream ends when its caller may no longer have it.

import { type SessionChange, stringify, toAuthZen } from '@nhipol/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, isNamed } from '../access/access.ts';
import { Problem } from '../pdp/problem.ts';
import type { SessionEvent, SessionHost } from '../pdp/session-host.ts';
import type { Admissions } from './admissions.ts';
import { answerHeaders } from './answer-headers.ts';

export interface SentEvent {
  readonly event: string;
  readonly data: unknown;
}

/** How often a comment is sent, so that proxies keep the connection, in milliseconds. */
const heartbeatInterval = 15_000;
/** The share of all streams that one caller may have. */
const maxShare = 0.1;
/** States when a reader connects again, in milliseconds; it is not an event. */
const lastEvent = 'retry: 1000\n: the service is ending\n\n';

export class EventStreams {
  readonly #streams = new Set<EventStream>();
  readonly #maxStreams: number;
  readonly #admissions: Admissions;
  readonly #stopListening: () => void;
  readonly #heartbeat: ReturnType<typeof setInterval>;

  constructor(sessions: SessionHost, admissions: Admissions, maxStreams: number) {
    this.#admissions = admissions;
    this.#maxStreams = maxStreams;
    this.#stopListening = sessions.listen((event) => {
      for (const stream of this.#streams) stream.offer(event);
    });
    this.#heartbeat = setInterval(() => {
      for (const stream of this.#streams) stream.comment();
    }, heartbeatInterval);
    this.#heartbeat.unref();
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Answers a request by a stream that begins with an event. Throws a `Problem` if there are too many. */
  open(
    request: FastifyRequest,
    reply: FastifyReply,
    first: SentEvent,
    isWanted: (event: SessionEvent) => boolean,
  ): void {
    if (this.#streams.size >= this.#maxStreams) {
      throw new Problem(503, `no more than ${this.#maxStreams} streams may be open`);
    }
    this.#expectShare(request.caller);
    reply.hijack();
    const stream = new EventStream(reply, isWanted, request.caller?.id);
    this.#streams.add(stream);
    const release = this.#admissions.admit(request, 'sessions', () => {
      this.#streams.delete(stream);
      stream.end();
    });
    request.raw.socket.once('close', () => {
      release();
      this.#streams.delete(stream);
    });
    stream.start(first);
  }

  /** One of several callers must not take all streams. Without an access file there is one caller. */
  #expectShare(caller: Caller | undefined): void {
    if (caller === undefined || !isNamed(caller)) return;
    const most = Math.max(1, Math.floor(this.#maxStreams * maxShare));
    const own = [...this.#streams].filter((stream) => stream.caller === caller.id);
    if (own.length < most) return;
    throw new Problem(429, `no more than ${most} streams of one caller may be open`);
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.#stopListening();
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
  }
}

class EventStream {
  /** The id of its caller. */
  readonly caller: string | undefined;
  readonly #response: FastifyReply['raw'];
  readonly #isWanted: (event: SessionEvent) => boolean;
  /** The latest changes by session, while the reader is slow. */
  readonly #waiting = new Map<string, SessionChange>();
  #isSlow = false;

  constructor(
    reply: FastifyReply,
    isWanted: (event: SessionEvent) => boolean,
    caller: string | undefined,
  ) {
    this.caller = caller;
    this.#response = reply.raw;
    this.#isWanted = isWanted;
    this.#response.on('drain', () => this.#drained());
  }

  start(first: SentEvent): void {
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      ...answerHeaders,
      'x-accel-buffering': 'no',
    });
    this.#send(first);
  }

  offer(event: SessionEvent): void {
    if (!this.#isWanted(event)) return;
    if (event.kind === 'closed') this.#closed(event.id);
    else this.#changed(event.change);
  }

  #changed(change: SessionChange): void {
    if (this.#isSlow) this.#waiting.set(change.id, change);
    else this.#send(eventOf(change));
  }

  /** After the changes of the session that are still waiting. */
  #closed(id: string): void {
    const last = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (last !== undefined) this.#send(eventOf(last));
    this.#send({ event: 'closed', data: { id } });
  }

  comment(): void {
    if (!this.#isSlow) this.#write(':\n\n');
  }

  /** Browsers connect again after this time, to another process. */
  end(): void {
    this.#response.end(lastEvent);
  }

  #drained(): void {
    this.#isSlow = false;
    for (const [id, change] of this.#waiting) {
      if (this.#isSlow) break;
      this.#waiting.delete(id);
      this.#send(eventOf(change));
    }
  }

  #send({ event, data }: SentEvent): void {
    this.#write(`event: ${event}\ndata: ${stringify(data)}\n\n`);
  }

  #write(text: string): void {
    this.#isSlow = !this.#response.write(text);
  }
}

function eventOf({ id, before, answer }: SessionChange): SentEvent {
  const event = answer.effect === 'revoke' ? 'revoked' : 'changed';
  return { event, data: { id, before, ...toAuthZen(answer) } };
}
