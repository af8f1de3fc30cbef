// Asks a server what it offers: takes its process, and returns its tools with their schemas, and its capabilities. It is a
// client of the revisions until 2025-11-25 first, and of 2026-07-28 if the server knows no other. It has all capabilities of
// clients, so that it gets the tools that depend on them.

import { setTimeout as delay } from 'node:timers/promises';
import { isMembers, type Members } from '../../json/members.ts';
import { errorCodes, isId } from '../protocol/message.ts';
import { createErrorResponse, createRequestMessage } from '../protocol/replies.ts';
import { repairSurrogates } from '../repair-surrogates.ts';
import { createLineReader } from '../stdio/line-reader.ts';
import type { ServerProcess } from '../stdio/server-process.ts';
import { isTool, type ToolDescription } from './inventory.ts';

export interface ServerDescription {
  readonly capabilities: readonly string[];
  readonly tools: readonly ToolDescription[];
}

const lastNegotiated = '2025-11-25';
/** The capabilities of all clients together: a server may offer tools only to clients that can ask their user, or that have roots. */
const clientCapabilities = {
  roots: { listChanged: true },
  sampling: {},
  elicitation: { form: {}, url: {} },
};
const stateless = {
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': clientCapabilities,
    'io.modelcontextprotocol/clientInfo': { name: 'nhipol', version: '0' },
  },
};
const maxMessageBytes = 64 * 1_048_576;
/** How long the server may take for one answer, in milliseconds. */
const timeout = 30_000;
const maxPages = 1_000;
/** How often the tools are listed, and how long they may take to change, in milliseconds. */
const maxRounds = 10;
const settlePeriod = 250;

/** Rejects if the server ends, does not answer in time, answers with an error, or lists tools without end. */
export async function describeServer(server: ServerProcess): Promise<ServerDescription> {
  const asker = new Asker(server);
  const { capabilities, meta } = await connect(asker);
  let tools = await listTools(asker, meta);
  for (let round = 1; round < maxRounds && (await asker.hasChanged()); round += 1) {
    tools = await listTools(asker, meta);
  }
  return { capabilities: Object.keys(capabilities), tools };
}

async function listTools(asker: Asker, meta: Members): Promise<readonly ToolDescription[]> {
  const tools: ToolDescription[] = [];
  let cursor: unknown;
  for (let page = 0; page < maxPages; page += 1) {
    const params = { ...(cursor === undefined ? {} : { cursor }), ...meta };
    const result = await asker.ask('tools/list', params);
    if (Array.isArray(result.tools)) tools.push(...result.tools.filter(isTool));
    cursor = result.nextCursor;
    if (typeof cursor !== 'string') return tools;
  }
  throw new Error(`the server lists its tools on more than ${maxPages} pages`);
}

async function connect(
  asker: Asker,
): Promise<{ readonly capabilities: Members; readonly meta: Members }> {
  const clientInfo = { name: 'nhipol', version: '0' };
  const params = {
    protocolVersion: lastNegotiated,
    capabilities: clientCapabilities,
    clientInfo,
  };
  try {
    const { capabilities } = await asker.ask('initialize', params);
    asker.notify('notifications/initialized');
    return { capabilities: isMembers(capabilities) ? capabilities : {}, meta: {} };
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error;
    const { capabilities } = await asker.ask('server/discover', stateless);
    return { capabilities: isMembers(capabilities) ? capabilities : {}, meta: stateless };
  }
}

class RefusedRequest extends Error {}

class Asker {
  readonly #server: ServerProcess;
  readonly #waiting = new Map<number, (message: Members) => void>();
  #next = 0;
  #hasChanged = false;

  constructor(server: ServerProcess) {
    this.#server = server;
    const { read } = createLineReader(
      maxMessageBytes,
      (line) => this.#take(line),
      () => {},
    );
    server.output.on('data', read);
  }

  async ask(method: string, params: Members): Promise<Members> {
    const id = this.#next;
    this.#next += 1;
    this.#server.input.write(`${createRequestMessage(id, method, params)}\n`);
    const { error, result } = await this.#answer(id, method);
    if (isMembers(error)) throw new RefusedRequest(`${method}: ${String(error.message)}`);
    return isMembers(result) ? result : {};
  }

  /** Whether the server stated since the last call, or states in a moment, that its tools changed. */
  async hasChanged(): Promise<boolean> {
    await delay(settlePeriod);
    const hasChanged = this.#hasChanged;
    this.#hasChanged = false;
    return hasChanged;
  }

  notify(method: string): void {
    this.#server.input.write(`${JSON.stringify({ jsonrpc: '2.0', method })}\n`);
  }

  #answer(id: number, method: string): Promise<Members> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the server did not answer ${method} within ${timeout / 1_000} s`)),
        timeout,
      );
      const end = () => clearTimeout(timer);
      this.#waiting.set(id, (message) => {
        end();
        resolve(message);
      });
      this.#server.ended.then(
        (code) => {
          end();
          reject(new Error(`the server ended with the exit code ${code}`));
        },
        (error: unknown) => {
          end();
          reject(error);
        },
      );
    });
  }

  /** A server may wait for an answer before it offers its tools. There is no user, no model and no folder. */
  #answerServer({ id, method }: Members): void {
    if (method === 'notifications/tools/list_changed') this.#hasChanged = true;
    if (!isId(id)) return;
    const results: Members = { ping: {}, 'roots/list': { roots: [] } };
    const result = results[String(method)];
    const reply =
      result === undefined
        ? createErrorResponse(id, errorCodes.methodNotFound, 'there is no user and no model')
        : JSON.stringify({ jsonrpc: '2.0', id, result });
    this.#server.input.write(`${reply}\n`);
  }

  /**
   * Lines that are not answers are those of a server that logs to its output. Nothing passes the answers on, so that a
   * name that an object has twice has one reading.
   */
  #take(line: Uint8Array): void {
    let message: unknown;
    try {
      message = JSON.parse(Buffer.from(repairSurrogates(line)).toString('utf8'));
    } catch {
      return;
    }
    if (!isMembers(message)) return;
    if (typeof message.method === 'string') {
      this.#answerServer(message);
      return;
    }
    if (typeof message.id !== 'number') return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    waiting?.(message);
  }
}
