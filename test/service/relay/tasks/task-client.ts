// Clients of one guard whose calls go on as tasks of their server, which answers only when a test says so.

import { type ClientFacts, Guard } from '@nhipol/service';
import { expect } from 'vitest';
import { noAbilities } from '../../../../service/engine/abilities.ts';
import { compileForGuard } from '../../guard/guard-policy.ts';
import { files, temporaryStore } from '../relay-harness.ts';

const policy = `policy test.owners version "1.0.0"
record Path { path: String }
subject ai_agent {}
action "fs:read" { arguments: Path }
action "fs:write" { arguments: Path }
action any {}
resource mcp_server {}
outcomes { "delivered": {} }
for ai_agent { permit works otherwise }
for ai_agent doing "fs:write" {
  deny after_page when once(outcome "delivered" doing "fs:read") because "it has read a page"
}
`;

export const compileForTasks = (): Promise<Uint8Array> => compileForGuard(policy);

export type Json = Readonly<Record<string, unknown>>;

/** A client of a guard, and its server, which answers only when the test says so. */
export class TaskClient {
  readonly toClient: Json[] = [];
  readonly toServer: Json[] = [];
  readonly #relay: ReturnType<Guard['connect']>;
  #id = 0;

  /** `stated`: the operator states who acts, with claims. */
  constructor(guard: Guard, id: string, isNamed: boolean | 'stated') {
    const facts: ClientFacts = {
      identity: { type: 'ai_agent', id, properties: {} },
      context: {},
      ...(isNamed === false ? {} : { token: { sub: id } }),
      isOnly: isNamed === 'stated',
    };
    this.#relay = guard.connect(facts);
  }

  readonly #client = { send: (text: Uint8Array | string) => void this.toClient.push(parse(text)) };
  readonly #server = {
    send: (text: Uint8Array | string) => {
      const message = parse(text);
      if (message.method === 'tools/list')
        this.server({ id: message.id, result: { tools: files } });
      else this.toServer.push(message);
    },
  };

  server(message: Json): void {
    const bytes = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    this.#relay.fromServer(bytes, this.#client, this.#server);
  }

  /** Sends a request. Returns its id. */
  request(method: string, params: Json): number {
    this.#id += 1;
    const message = { jsonrpc: '2.0', id: this.#id, method, params };
    this.#relay.fromClient(Buffer.from(JSON.stringify(message)), this.#client, this.#server);
    return this.#id;
  }

  /** Calls a tool. Returns the id of the request. */
  call(name: string, params: Json = {}): number {
    return this.request('tools/call', { name, arguments: { path: '/a' }, ...params });
  }

  /** Calls a tool; the call goes on as a task. */
  begin(taskId: string, name = 'read', params: Json = {}): void {
    const id = this.call(name, params);
    this.server({ id, result: { task: { taskId, status: 'working' } } });
  }

  /** A stranger's text reaches the client, so that `write` is no longer permitted. */
  readPage(): void {
    this.server({ id: this.call('read'), result: { content: [] } });
  }

  /** The tasks that the guard has cancelled at the server. */
  get cancelled(): readonly string[] {
    return this.toServer
      .filter(({ id, method }) => method === 'tasks/cancel' && typeof id === 'string')
      .map(({ params }) => (params as { taskId: string }).taskId);
  }

  /** Whether a request about a task reaches the server, which answers it. */
  reaches(method: string, taskId: string): boolean {
    const before = this.toServer.length;
    const id = this.request(method, { taskId });
    const isReached = this.toServer.length > before;
    if (isReached) this.server({ id, result: { status: 'working' } });
    else expect(this.toClient.at(-1)).toMatchObject({ id, error: unknown });
    return isReached;
  }

  /** The tasks that the client sees of those that the server lists. */
  list(tasks: readonly string[]): readonly string[] {
    const id = this.request('tasks/list', {});
    this.server({ id, result: { tasks: tasks.map((taskId) => ({ taskId, status: 'working' })) } });
    const { result } = this.toClient.at(-1) as { result: { tasks: { taskId: string }[] } };
    return result.tasks.map(({ taskId }) => taskId);
  }

  /** Whether the client gets the state of a task that the server states. */
  hears(taskId: string): boolean {
    const before = this.toClient.length;
    this.server({ method: 'notifications/tasks/status', params: { taskId, status: 'working' } });
    return this.toClient.length > before;
  }
}

const unknown = { code: -32602, message: 'the task is unknown' };

function parse(text: Uint8Array | string): Json {
  return JSON.parse(Buffer.from(text).toString());
}

const { store } = temporaryStore();

export async function withGuard(module: Uint8Array, run: (guard: Guard) => void): Promise<void> {
  const guard = await Guard.open({
    module,
    abilities: noAbilities,
    store,
    mode: 'enforce',
    facts: undefined,
    log: undefined,
    server: 'fs',
    session: undefined,
    pins: undefined,
    ask: 'never',
    askTimeout: 1_000,
    refusal: 'result',
    onRevoked: () => {},
    onWarning: () => {},
  });
  try {
    run(guard);
  } finally {
    await guard.close();
  }
}
