// Streams of server-sent events (HTML standard, section 9.2) with the changes of sessions. A reader that is slow gets the
// latest change of each session: nothing grows with the number of changes. A stream ends when its caller may no longer have
// it, when it is not read for a while, and when too many sessions changed meanwhile.

import { type Answer, type SessionChange, stringify } from '@nhipol/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.ts';
import { Problem } from '../pdp/problem.ts';
import { confirmCaller, isCurrent } from '../pdp/sessions/session-caller.ts';
import type { RequestedEvent, SessionHost } from '../pdp/sessions/session-host.ts';
import type { Admissions } from './admissions.ts';
import { answerHeaders } from './answer-headers.ts';
import { getCaller } from './requests.ts';

/** An answer as responses contain it. */
export type Show = (answer: Answer) => object;

interface StreamedEvent {
  readonly event: string;
  readonly data: unknown;
}

/** A state that a caller follows. */
export interface FollowedState {
  /** Returns the first event: the state when the stream begins. */
  readonly readState: () => Promise<StreamedEvent>;
  readonly isWanted: (event: RequestedEvent) => boolean;
}

/** How often a comment is sent, so that proxies keep the connection, in milliseconds. */
const heartbeatInterval = 15_000;
/** The share of all streams that one caller may have. */
const maxShare = 0.1;
/** The number of sessions whose changes wait for the readers of one caller. */
const maxWaiting = 200_000;
/** How long a reader may take to read what was sent, in milliseconds. */
const maxStall = 30_000;
/** States when a reader connects again, in milliseconds; it is not an event. */
const lastEvent = 'retry: 1000\n: the service is ending\n\n';

export class EventStreams {
  readonly #streams = new Set<EventStream>();
  readonly #maxStreams: number;
  readonly #admissions: Admissions;
  readonly #show: Show;
  readonly #stopListening: () => void;
  readonly #heartbeat: ReturnType<typeof setInterval>;

  constructor(sessions: SessionHost, admissions: Admissions, maxStreams: number, show: Show) {
    this.#show = show;
    this.#admissions = admissions;
    this.#maxStreams = maxStreams;
    this.#stopListening = sessions.listen((event) => {
      for (const stream of this.#streams) stream.offer(event);
    });
    this.#heartbeat = setInterval(() => {
      for (const stream of this.#streams) {
        if (stream.isStalled) stream.destroy();
        else stream.comment();
      }
    }, heartbeatInterval);
    this.#heartbeat.unref();
  }

  get size(): number {
    return this.#streams.size;
  }

  /**
   * Answers a request by a stream that begins with the state as the caller has it, and has everything that changes from then on.
   * Rejects with a `Problem` if there are too many, or if the caller does not have the state.
   */
  async open(
    request: FastifyRequest,
    reply: FastifyReply,
    follow: (by: Caller) => FollowedState,
  ): Promise<void> {
    const caller = getCaller(request);
    const { readState, isWanted } = follow(caller);
    const stream = this.#add(request, reply, isWanted);
    try {
      // Changes until the state is known wait in the stream.
      const state = await readState();
      if (!isCurrent(caller)) {
        request.caller = await confirmCaller(caller);
        this.#streams.delete(stream);
        await this.open(request, reply, follow);
        return;
      }
      if (!this.#streams.has(stream)) throw new Problem(503, 'the stream has ended');
      reply.hijack();
      const release = this.#admissions.admit(request, 'sessions', () => {
        this.#streams.delete(stream);
        stream.end();
      });
      request.raw.socket.once('close', release);
      stream.start(state);
    } catch (error) {
      this.#streams.delete(stream);
      throw error;
    }
  }

  #add(
    request: FastifyRequest,
    reply: FastifyReply,
    isWanted: FollowedState['isWanted'],
  ): EventStream {
    if (this.#streams.size >= this.#maxStreams) {
      throw new Problem(503, `no more than ${this.#maxStreams} streams may be open`);
    }
    this.#expectShare(request.caller);
    const caller = request.caller?.id;
    const limit = () => maxWaiting / this.#listStreams(caller).length;
    const stream = new EventStream(reply, isWanted, this.#show, caller, limit);
    this.#streams.add(stream);
    request.raw.socket.once('close', () => this.#streams.delete(stream));
    return stream;
  }

  /** One of several callers must not take all streams. Without an access file there is one caller. */
  #expectShare(caller: Caller | undefined): void {
    if (caller?.isNamed !== true) return;
    const most = Math.max(1, Math.floor(this.#maxStreams * maxShare));
    if (this.#listStreams(caller.id).length < most) return;
    throw new Problem(429, `no more than ${most} streams of one caller may be open`);
  }

  #listStreams(caller: string | undefined): readonly EventStream[] {
    return [...this.#streams].filter((stream) => stream.caller === caller);
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.#stopListening();
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
  }
}

/** A change of a session, or its end, that waits for a reader. */
type Waiting = SessionChange | 'closed';

/** How many sessions more wait each time that their number is compared with its limit. */
const limitInterval = 500;

class EventStream {
  /** The id of its caller. */
  readonly caller: string | undefined;
  readonly #response: FastifyReply['raw'];
  readonly #isWanted: (event: RequestedEvent) => boolean;
  readonly #show: Show;
  /** The number of sessions that may wait. */
  readonly #limit: () => number;
  /** The latest events by session, while the reader is slow: a change, an end, and a change of the next session with the id. */
  readonly #waiting = new Map<string, readonly Waiting[]>();
  /** Whether events wait: until the stream starts, and while its reader is slow. */
  #isSlow = true;
  /** Since when they wait, in milliseconds of the monotonic clock. */
  #slowSince = performance.now();

  constructor(
    reply: FastifyReply,
    isWanted: (event: RequestedEvent) => boolean,
    show: Show,
    caller: string | undefined,
    limit: () => number,
  ) {
    this.caller = caller;
    this.#limit = limit;
    this.#response = reply.raw;
    this.#isWanted = isWanted;
    this.#show = show;
  }

  /** Sends the head, the first event, and what waits. */
  start(first: StreamedEvent): void {
    this.#response.on('drain', () => this.#resumeStreams());
    this.#isSlow = false;
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      ...answerHeaders,
      'x-accel-buffering': 'no',
    });
    this.#send(first);
    if (!this.#isSlow) this.#resumeStreams();
  }

  offer(event: RequestedEvent): void {
    if (!this.#isWanted(event)) return;
    if (event.kind === 'closed') this.#endStreams(event.id);
    else this.#sendChange(event.change);
  }

  #sendChange(change: SessionChange): void {
    if (!this.#isSlow) {
      this.#send(toEvent(change, this.#show));
      return;
    }
    const before = this.#waiting.get(change.id) ?? [];
    const ended = before.at(-1) === 'closed' ? before : before.slice(0, -1);
    this.#wait(change.id, [...ended, change]);
  }

  /** After the latest change of the session. */
  #endStreams(id: string): void {
    if (!this.#isSlow) {
      this.#send(createEnd(id));
      return;
    }
    const last = this.#waiting.get(id)?.at(-1);
    this.#wait(id, last === undefined || last === 'closed' ? ['closed'] : [last, 'closed']);
  }

  #wait(id: string, events: readonly Waiting[]): void {
    this.#waiting.set(id, events);
    if (this.#waiting.size % limitInterval === 0 && this.#waiting.size > this.#limit()) {
      this.destroy();
    }
  }

  comment(): void {
    if (!this.#isSlow) this.#write(':\n\n');
  }

  /** Browsers connect again after this time, to another process. */
  end(): void {
    // The end of a response to a reader that does not read would stay in memory.
    if (this.#isSlow) this.destroy();
    else this.#response.end(lastEvent);
  }

  /** Whether the reader has not read what was sent for a while. */
  get isStalled(): boolean {
    return this.#isSlow && performance.now() - this.#slowSince > maxStall;
  }

  /** Ends the stream without what waits for its reader. */
  destroy(): void {
    this.#waiting.clear();
    this.#response.destroy();
  }

  #resumeStreams(): void {
    this.#isSlow = false;
    for (const [id, events] of this.#waiting) {
      if (this.#isSlow) break;
      this.#waiting.delete(id);
      for (const event of events)
        this.#send(event === 'closed' ? createEnd(id) : toEvent(event, this.#show));
    }
  }

  #send({ event, data }: StreamedEvent): void {
    this.#write(`event: ${event}\ndata: ${stringify(data)}\n\n`);
  }

  #write(text: string): void {
    if (this.#response.write(text)) return;
    if (!this.#isSlow) this.#slowSince = performance.now();
    this.#isSlow = true;
  }
}

function toEvent({ id, before, answer }: SessionChange, show: Show): StreamedEvent {
  const event = answer.effect === 'revoke' ? 'revoked' : 'changed';
  return { event, data: { id, before, ...show(answer) } };
}

function createEnd(id: string): StreamedEvent {
  return { event: 'closed', data: { id } };
}
