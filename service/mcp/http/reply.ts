// The response to one HTTP request of a client: JSON, if the only message is the answer to its request, and otherwise a
// stream of server-sent events, which ends with that answer.

import type { ServerResponse } from 'node:http';
import type { ClientFacts } from '../client.ts';
import type { ClientPeer } from '../peer.ts';
import { toOneLine } from '../protocol/framing.ts';

export interface Reply extends ClientPeer {
  readonly hasLeft: () => boolean;
  /** Whether the client can continue the stream elsewhere, from an event that was sent. */
  readonly isResumable: () => boolean;
  /** Starts a stream of events, although there is none yet. */
  readonly stream: (headers: Readonly<Record<string, string>>) => void;
  /**
   * States the id of the next event, from which the client can continue, and how long it waits before that, in
   * milliseconds.
   */
  readonly position: (id: string | undefined, retry: number | undefined) => void;
  /** States the status of the response, if its only message is the answer. Default: 200. */
  readonly answerWith: (status: number) => void;
  /** Writes an event without data, for its position. */
  readonly prime: () => void;
  /** Resolves when the client has read most of what was sent, or has left. A client that reads nothing is disconnected. */
  readonly drain: () => Promise<void>;
  /** Ends the response to a message that gets no answer any more. */
  readonly endUnanswered: () => void;
  /** Ends the response; without a message before, with this status and body. */
  readonly end: (status: number, headers: Readonly<Record<string, string>>, body: string) => void;
}

/** How long a client may take to read what was sent, in milliseconds. */
const maxStall = 60_000;

/**
 * `id`: the id of the client's request as JSON, or `undefined` if the stream has no last message. `facts`: the client,
 * or `undefined` if it is not identified.
 */
export function createReply(
  response: ServerResponse,
  id: string | undefined,
  facts: ClientFacts | undefined,
): Reply {
  const start = (headers: Readonly<Record<string, string>>) => {
    if (response.headersSent) return;
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
    });
    response.flushHeaders();
  };
  let next: readonly string[] = [];
  let status = 200;
  let isResumable = false;
  const write = (lines: readonly string[]) => {
    isResumable ||= next.some((line) => line.startsWith('id: ') && line !== 'id: ');
    response.write(`${[...next, ...lines].join('\n')}\n\n`);
    next = [];
  };
  return {
    facts,
    hasLeft: () => response.destroyed || response.writableEnded,
    isResumable: () => isResumable,
    stream: start,
    position: (eventId, retry) => {
      // Some readers end a line at other characters than the standard: the rest would be an event of its own.
      const isOneLine = eventId !== undefined && /^[ -~]*$/.test(eventId);
      const idLine = isOneLine ? [`id: ${eventId}`] : [];
      next = [...idLine, ...(retry === undefined ? [] : [`retry: ${retry}`])];
    },
    answerWith: (code) => {
      status = code;
    },
    prime: () => {
      if (response.writableEnded) return;
      start({});
      write(['data: ']);
    },
    send: (message) => {
      if (response.writableEnded) return;
      const text = Buffer.from(toOneLine(message)).toString('utf8');
      const isLast = id !== undefined && hasAnswer(text, id);
      if (isLast && !response.headersSent) {
        response.writeHead(status, { 'content-type': 'application/json' }).end(text);
        return;
      }
      start({});
      // A line of an event ends with its line feed; JSON has none within strings.
      const lines = text.split(/\r\n|\n|\r/).map((line) => `data: ${line}`);
      write(['event: message', ...lines]);
      if (isLast) response.end();
    },
    drain: () => drain(response),
    endUnanswered: () => {
      if (response.writableEnded) return;
      if (response.headersSent) response.end();
      else response.writeHead(id === undefined ? 202 : 502).end();
    },
    end: (status, headers, body) => {
      if (response.writableEnded) return;
      if (response.headersSent) response.end();
      else response.writeHead(status, headers).end(body);
    },
  };
}

/** `text`: a message of the relay, which read it strictly or wrote it. */
function hasAnswer(text: string, id: string): boolean {
  const message = JSON.parse(text);
  return message.method === undefined && JSON.stringify(message.id) === id;
}

async function drain(response: ServerResponse): Promise<void> {
  if (!response.writableNeedDrain) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => response.destroy(), maxStall);
    const finish = () => {
      clearTimeout(timer);
      response.off('drain', finish);
      response.off('close', finish);
      resolve();
    };
    response.on('drain', finish);
    response.on('close', finish);
  });
}
