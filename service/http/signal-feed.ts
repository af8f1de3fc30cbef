// A stream of server-sent events with what arrives. A reader that is slow misses events, and learns how many.

import type { FastifyReply } from 'fastify';
import { answerHeaders } from './answer-headers.ts';

interface Reader {
  readonly reply: FastifyReply;
  isSlow: boolean;
  missed: number;
}

/** How often a comment is sent, so that proxies keep the connection, in milliseconds. */
const heartbeatInterval = 15_000;

export class SignalFeed {
  readonly #readers = new Set<Reader>();
  readonly #heartbeat: ReturnType<typeof setInterval>;

  constructor() {
    this.#heartbeat = setInterval(() => {
      for (const reader of this.#readers) if (!reader.isSlow) reader.reply.raw.write(':\n\n');
    }, heartbeatInterval);
    this.#heartbeat.unref();
  }

  /** Returns the function that ends the stream. */
  open(reply: FastifyReply, state: object): () => void {
    reply.hijack();
    const reader: Reader = { reply, isSlow: false, missed: 0 };
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      ...answerHeaders,
      'x-accel-buffering': 'no',
    });
    reply.raw.on('drain', () => takeDrain(reader));
    reply.raw.once('close', () => this.#readers.delete(reader));
    this.#readers.add(reader);
    write(reader, 'state', state);
    return () => {
      this.#readers.delete(reader);
      reply.raw.end();
    };
  }

  send(event: string, data: object): void {
    for (const reader of this.#readers) {
      if (reader.isSlow) reader.missed += 1;
      else write(reader, event, data);
    }
  }

  end(): void {
    clearInterval(this.#heartbeat);
    for (const { reply } of this.#readers) reply.raw.end();
    this.#readers.clear();
  }
}

function write(reader: Reader, event: string, data: object): void {
  reader.isSlow = !reader.reply.raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

function takeDrain(reader: Reader): void {
  reader.isSlow = false;
  if (reader.missed === 0) return;
  const { missed } = reader;
  reader.missed = 0;
  write(reader, 'missed', { count: missed });
}
