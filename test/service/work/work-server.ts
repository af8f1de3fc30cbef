// A server of MCP over HTTP whose work is seen: which requests it has read completely, which connections ended, and which cancellations it
// took. The path that a call reads names what the server does with it.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { files } from '../relay/relay-harness.ts';

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: {
    readonly arguments?: { readonly path?: string };
    readonly requestId?: unknown;
    readonly taskId?: string;
    readonly reason?: string;
  };
}

/** How the server treats a call that it has read: `cut`, `end`: the connection, after the first byte of a stream. */
const plans = [
  'silent',
  'stream',
  'polled',
  'cut',
  'end',
  '202',
  '200',
  '500',
  '502',
  '503',
  '504',
  '404',
  'answer',
  'task',
  'resumable',
] as const;
export type WorkPlan = (typeof plans)[number];

/** A length from which the server does not read a call before `read` is called. */
const unreadLength = 500_000;

export class WorkServer {
  readonly #server: Server;
  readonly #unread: (() => void)[] = [];
  readonly #open: ServerResponse[] = [];
  url = new URL('http://127.0.0.1/');
  /** The ids of the calls that it works on, in their order. */
  readonly begun: unknown[] = [];
  /** The calls whose connections ended before it answered. */
  readonly ended = new Set<unknown>();
  readonly answered = new Set<unknown>();
  /** The cancellations that it took. */
  readonly taken: NonNullable<Message['params']>[] = [];
  readonly cancelledTasks: unknown[] = [];
  /** The streams that clients opened besides those of their calls. */
  readonly streams: ServerResponse[] = [];
  /** The number of calls that came, read or not. */
  arrived = 0;
  /** For each end of a session: the number of cancellations that it had taken. */
  readonly deletions: number[] = [];
  #sessions = 0;
  /** The statuses for the next cancellations of requests and tasks. */
  readonly refusals: number[] = [];

  constructor() {
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch(() => {});
    });
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (Number(request.headers['content-length'] ?? 0) > unreadLength) {
      this.arrived += 1;
      request.pause();
      await new Promise<void>((resolve) => this.#unread.push(resolve));
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const message: Message = text === '' ? {} : JSON.parse(text);
    const { method, params = {} } = message;
    if (request.method === 'DELETE') this.deletions.push(this.taken.length);
    if (method === 'tools/call' || method === 'resources/read') {
      this.#work(message, response);
    } else if (method === 'notifications/cancelled' || method === 'tasks/cancel') {
      this.#cancel(message, response);
    } else if (method === 'initialize') {
      this.#sessions += 1;
      this.#answer(message.id, {}, response, { 'mcp-session-id': `s-${this.#sessions}` });
    } else if (message.id !== undefined && method !== undefined) {
      this.#answer(message.id, method === 'tools/list' ? { tools: files } : params, response);
    } else if (request.method === 'GET') {
      this.streams.push(response);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    } else {
      response.writeHead(202).end();
    }
  }

  #cancel({ id, method, params = {} }: Message, response: ServerResponse): void {
    const refusal = this.refusals.shift();
    if (refusal !== undefined) {
      response.writeHead(refusal).end();
    } else if (method === 'tasks/cancel') {
      this.cancelledTasks.push(params.taskId);
      this.#answer(id, { taskId: params.taskId, status: 'cancelled' }, response);
    } else {
      this.taken.push(params);
      response.writeHead(202).end();
    }
  }

  #answer(
    id: unknown,
    result: object,
    response: ServerResponse,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  }

  #work({ id, params = {} }: Message, response: ServerResponse): void {
    const plan = (params.arguments?.path ?? 'silent') as WorkPlan;
    this.begun.push(id);
    this.#open.push(response);
    response.once('close', () => {
      if (!this.answered.has(id)) this.ended.add(id);
    });
    const start = (event: string) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(event);
    };
    if (plan === 'answer' || plan === 'task') {
      this.answered.add(id);
      const task = { task: { taskId: `t${String(id)}`, status: 'working' } };
      this.#answer(id, plan === 'task' ? task : { content: [] }, response);
    } else if (plan === 'stream' || plan === 'cut' || plan === 'end') {
      start(': working\n\n');
      if (plan === 'cut') setImmediate(() => response.destroy());
      if (plan === 'end') response.end();
    } else if (plan === 'polled') {
      start('id: e1\ndata: \n\n');
      response.end();
    } else if (plan === 'resumable') {
      start('id: e1\ndata: \n\n');
    } else if (plan !== 'silent') {
      response.writeHead(Number(plan), { 'content-type': 'text/html' }).end('<h1>gateway</h1>');
    }
  }

  /** Reads the calls that it has not read. */
  read(): void {
    for (const resume of this.#unread.splice(0)) resume();
  }

  /** The requests whose cancellations it took, with their reasons. */
  listReasons(id: unknown): readonly unknown[] {
    return this.taken.filter(({ requestId }) => requestId === id).map(({ reason }) => reason);
  }

  /** Answers the call that began at an index. */
  answer(index: number, result: object = { content: [] }): void {
    const response = this.#open[index];
    const id = this.begun[index];
    this.answered.add(id);
    if (response === undefined) return;
    if (!response.headersSent) this.#answer(id, result, response);
    else response.end(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`);
  }

  /** Whether the connection of the call that began at an index is open. */
  isOpen(index: number): boolean {
    const response = this.#open[index];
    return response?.destroyed === false && !response.writableEnded;
  }

  /** Ends the connection of the call that began at an index. */
  cut(index: number): void {
    this.#open[index]?.destroy();
  }

  /** Sends messages in the stream of the call that began at an index. */
  send(index: number, ...messages: readonly object[]): void {
    for (const message of messages) {
      const text = JSON.stringify({ jsonrpc: '2.0', ...message });
      this.#open[index]?.write(`data: ${text}\n\n`);
    }
  }

  /** Answers a call in the stream that was opened last. */
  answerElsewhere(id: unknown, result: object = { content: [] }): void {
    this.answered.add(id);
    const answer = { jsonrpc: '2.0', id, result };
    this.streams.at(-1)?.write(`id: e2\ndata: ${JSON.stringify(answer)}\n\n`);
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mcp`);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
