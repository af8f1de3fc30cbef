// A relay between a client and a server that only remember what they get.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClientFacts,
  type DecisionLog,
  Engine,
  type EngineOptions,
  type LogEntry,
  type Store,
  sqliteStore,
} from '@nhipol/service';
import { type Abilities, noAbilities } from '../../../service/engine/abilities.ts';
import { createTypedMapping } from '../../../service/mcp/calls/call-mapping.ts';
import { Relay } from '../../../service/mcp/relay.ts';
import type { RelayOptions } from '../../../service/mcp/relay-options.ts';
import { createRelayState } from '../../../service/mcp/relay-state.ts';
import { type Pins, ToolInventory } from '../../../service/mcp/tools/inventory.ts';

type Json = Readonly<Record<string, unknown>>;

export interface HarnessOptions
  extends Partial<Pick<RelayOptions, 'mode' | 'ask' | 'refusal' | 'mapping' | 'resultLimits'>> {
  readonly revokeCommand?: EngineOptions['revokeCommand'];
  readonly module: Uint8Array;
  readonly store?: Store;
  readonly pins?: Pins;
  readonly subject?: string;
  readonly properties?: Json;
  readonly log?: DecisionLog;
  readonly token?: Json;
  readonly context?: Json;
  /** When the token of the client expires, in milliseconds since the epoch. */
  readonly validUntil?: number;
  readonly abilities?: Abilities;
  /** The tools that the server lists when the guard asks; `unanswered`: the test answers for the server. */
  readonly tools?: readonly Json[] | 'unanswered';
}

const path = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] };
export const files: readonly Json[] = [
  { name: 'read', description: 'Reads a file', inputSchema: path },
  {
    name: 'write',
    inputSchema: {
      type: 'object',
      properties: { path: { type: 'string' }, content: { type: 'string' } },
      required: ['path'],
    },
  },
  { name: 'slow', inputSchema: path },
  { name: 'leave', inputSchema: { type: 'object', properties: { why: { type: 'string' } } } },
  { name: 'delete', inputSchema: path },
  {
    name: 'find',
    inputSchema: {
      type: 'object',
      properties: {
        path: { type: 'string' },
        depth: { type: 'integer' },
        height: { type: 'integer' },
      },
      required: ['path'],
    },
  },
];

const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function temporaryStore(): { readonly store: Store; readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-store-'));
  folders.push(folder);
  const file = join(folder, 'state.db');
  return { store: sqliteStore(file), path: file };
}

export class Harness {
  readonly relay: Relay;
  readonly engine: Engine;
  readonly logged: LogEntry[] = [];
  readonly warnings: string[] = [];
  readonly stopped: string[] = [];
  /** The messages that client and server got. */
  readonly toClient: string[] = [];
  readonly toServer: string[] = [];
  readonly store: Store;
  readonly facts: ClientFacts;
  readonly #tools: readonly Json[] | 'unanswered';

  constructor({ module, tools = files, properties = {}, ...options }: HarnessOptions) {
    this.#tools = tools;
    this.store = options.store ?? temporaryStore().store;
    const mode = options.mode ?? 'enforce';
    const onWarning = (warning: string) => this.warnings.push(warning);
    const log = options.log ?? {
      append: (entry: LogEntry) => `entry-${this.logged.push(entry)}`,
      close: async () => {},
    };
    const { abilities = noAbilities } = options;
    this.engine = new Engine({
      module,
      abilities,
      store: this.store,
      log,
      entryPoint: 'guard',
      mode,
      onWarning,
      ...(options.revokeCommand === undefined ? {} : { revokeCommand: options.revokeCommand }),
    });
    const identity = { type: 'ai_agent', id: options.subject ?? 'laptop', properties };
    const mapping = options.mapping ?? createTypedMapping('fs');
    const relayOptions: RelayOptions = {
      server: 'fs',
      mapping,
      resultLimits: options.resultLimits ?? new Map(),
      closedReason: ({ identity: { type, id } }) =>
        this.engine.explainClosing({ subjectType: type, subjectId: id, server: 'fs' }),
      hasSession: () => this.engine.knows('s'),
      openSession: (client) =>
        this.engine.open({
          id: 's',
          identity: mapping.sessionOf(client),
          context: client.context,
          server: 'fs',
        }),
      inventory: new ToolInventory(options.pins),
      state: createRelayState(),
      mode,
      ask: options.ask ?? 'elicitation',
      askTimeout: 1_000,
      refusal: options.refusal ?? 'result',
      store: this.store,
      now: () => Date.now(),
      onRevoked: (reason) => this.stopped.push(reason),
      onWarning,
    };
    const token = options.token === undefined ? {} : { token: options.token };
    const { validUntil } = options;
    const facts = { identity, context: options.context ?? {}, validUntil, ...token };
    this.facts = facts;
    this.relay = new Relay(relayOptions, facts);
  }

  readonly #client = {
    send: (message: Uint8Array | string) => void this.toClient.push(toText(message)),
  };
  readonly #server = {
    send: (message: Uint8Array | string) => {
      const text = toText(message);
      const { id, method } = JSON.parse(text);
      if (
        method === 'tools/list' &&
        this.#tools !== 'unanswered' &&
        String(id).startsWith('nhipol-')
      ) {
        this.server({ jsonrpc: '2.0', id, result: { tools: this.#tools } });
      } else {
        this.toServer.push(text);
      }
    },
  };

  /** The client sends a message. Returns what client and server got because of it. */
  client(message: Json | string | Uint8Array): Received {
    return this.#collectReceived(() =>
      this.relay.fromClient(encodeMessage(message), this.#client, this.#server),
    );
  }

  server(message: Json | string | Uint8Array): Received {
    return this.#collectReceived(() =>
      this.relay.fromServer(encodeMessage(message), this.#client, this.#server),
    );
  }

  /** The client calls a tool. */
  call(id: number | string, name: string, given: Json, more: Json = {}): Received {
    const params = { name, arguments: given, ...more };
    return this.client({ jsonrpc: '2.0', id, method: 'tools/call', params });
  }

  /** The server completes a call. */
  complete(id: number | string, text = 'done', isError = false): Received {
    const result = { content: [{ type: 'text', text }], ...(isError ? { isError } : {}) };
    return this.server({ jsonrpc: '2.0', id, result });
  }

  connect(capabilities: Json = { elicitation: {} }): void {
    const params = { protocolVersion: '2025-11-25', capabilities, clientInfo: {} };
    this.client({ jsonrpc: '2.0', id: 'init', method: 'initialize', params });
    this.server({ jsonrpc: '2.0', id: 'init', result: { protocolVersion: '2025-11-25' } });
    this.toClient.length = 0;
    this.toServer.length = 0;
  }

  close(): void {
    this.relay.close();
    this.engine.close();
  }

  #collectReceived(send: () => void): Received {
    const [client, server] = [this.toClient.length, this.toServer.length];
    send();
    return { client: this.toClient.slice(client), server: this.toServer.slice(server) };
  }
}

export interface Received {
  readonly client: readonly string[];
  readonly server: readonly string[];
}

/** The members that a client of 2026-07-28 sends with each request. */
export const stateless = {
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
  },
};

/** The text of the only message, a result of a tool. */
export function resultText({ client }: Received): string | undefined {
  if (client.length !== 1) return `${client.length} messages`;
  return JSON.parse(client[0] ?? '').result?.content?.[0]?.text;
}

export function readError({
  client,
}: Received): { readonly code: number; readonly message: string } | undefined {
  return JSON.parse(client[0] ?? '{}').error;
}

function encodeMessage(message: Json | string | Uint8Array): Uint8Array {
  if (message instanceof Uint8Array) return message;
  return Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
}

function toText(message: Uint8Array | string): string {
  return typeof message === 'string' ? message : Buffer.from(message).toString('utf8');
}
