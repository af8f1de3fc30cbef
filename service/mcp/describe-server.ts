// Asks a server what it offers: takes its process, and returns its tools with their schemas, and its capabilities. It is a
// client of the revisions until 2025-11-25 first, and of 2026-07-28 if the server knows no other.

import { isMembers, type Members } from '../json/members.ts';
import { isTool, type ToolDescription } from './inventory.ts';
import { request } from './replies.ts';
import { lineReader } from './stdio/line-reader.ts';
import type { ServerProcess } from './stdio/server-process.ts';

export interface ServerDescription {
  readonly capabilities: readonly string[];
  readonly tools: readonly ToolDescription[];
}

const lastNegotiated = '2025-11-25';
const stateless = {
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'nhipol', version: '0' },
  },
};
const maxMessageBytes = 64 * 1_048_576;
/** How long the server may take for one answer, in milliseconds. */
const timeout = 30_000;
const maxPages = 1_000;

/** Rejects if the server ends, does not answer in time, or answers with an error. */
export async function describeServer(server: ServerProcess): Promise<ServerDescription> {
  const asker = new Asker(server);
  const { capabilities, meta } = await connect(asker);
  const tools: ToolDescription[] = [];
  let cursor: unknown;
  for (let page = 0; page < maxPages; page += 1) {
    const params = { ...(cursor === undefined ? {} : { cursor }), ...meta };
    const result = await asker.ask('tools/list', params);
    if (Array.isArray(result.tools)) tools.push(...result.tools.filter(isTool));
    cursor = result.nextCursor;
    if (typeof cursor !== 'string') break;
  }
  return { capabilities: Object.keys(capabilities), tools };
}

async function connect(
  asker: Asker,
): Promise<{ readonly capabilities: Members; readonly meta: Members }> {
  const clientInfo = { name: 'nhipol', version: '0' };
  const params = { protocolVersion: lastNegotiated, capabilities: {}, clientInfo };
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

  constructor(server: ServerProcess) {
    this.#server = server;
    const { read } = lineReader(
      maxMessageBytes,
      (line) => this.#take(line),
      () => {},
    );
    server.output.on('data', read);
  }

  async ask(method: string, params: Members): Promise<Members> {
    const id = this.#next;
    this.#next += 1;
    this.#server.input.write(`${request(id, method, params)}\n`);
    const { error, result } = await this.#answer(id, method);
    if (isMembers(error)) throw new RefusedRequest(`${method}: ${String(error.message)}`);
    return isMembers(result) ? result : {};
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

  /** Lines that are not answers are those of a server that logs to its output. */
  #take(line: Uint8Array): void {
    let message: unknown;
    try {
      message = JSON.parse(Buffer.from(line).toString('utf8'));
    } catch {
      return;
    }
    if (!isMembers(message) || typeof message.id !== 'number') return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    waiting?.(message);
  }
}
