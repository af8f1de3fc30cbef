// The tasks of a server that several subjects use: each belongs to the subject whose call it goes on with.

import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { noAbilities } from '../../service/engine/abilities.ts';
import type { ClientFacts } from '../../service/mcp/client.ts';
import { Guard } from '../../service/mcp/guard.ts';
import { attack } from '../attacks/attack.ts';
import { times } from '../support/budget.ts';
import { compileForGuard } from './guard-policy.ts';
import { files, temporaryStore } from './relay-harness.ts';

const policy = `policy test.owners version "1.0.0"
record Path { path: String }
subject ai_agent {}
action "fs:read" { arguments: Path }
action any {}
resource mcp_server {}
for ai_agent { permit works otherwise }
`;

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(policy);
});

type Json = Readonly<Record<string, unknown>>;

/** A client of a guard, and its server, which answers only when the test says so. */
class Client {
  readonly toClient: Json[] = [];
  readonly toServer: Json[] = [];
  readonly #relay: ReturnType<Guard['connect']>;
  #id = 0;

  constructor(guard: Guard, id: string, isNamed: boolean) {
    const facts: ClientFacts = {
      ...{ identity: { type: 'ai_agent', id, properties: {} }, context: {} },
      ...(isNamed ? { token: { sub: id } } : {}),
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

  begin(taskId: string): void {
    const id = this.request('tools/call', { name: 'read', arguments: { path: '/a' } });
    this.server({ id, result: { task: { taskId, status: 'working' } } });
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

async function withGuard(run: (guard: Guard) => void): Promise<void> {
  const guard = await Guard.open({
    ...{ module, abilities: noAbilities, store, mode: 'enforce', facts: undefined, log: undefined },
    ...{ server: 'fs', session: undefined, pins: undefined, ask: 'never', askTimeout: 1_000 },
    ...{ refusal: 'result', onRevoked: () => {}, onWarning: () => {} },
  });
  try {
    run(guard);
  } finally {
    await guard.close();
  }
}

const about = ['tasks/get', 'tasks/result', 'tasks/update', 'tasks/cancel'] as const;

attack('guard-task-of-another', async () => {
  await withGuard((guard) => {
    const [ann, bob] = [new Client(guard, 'ann', true), new Client(guard, 'bob', true)];
    ann.begin('t1');
    bob.begin('t2');
    for (const method of about) {
      expect([method, bob.reaches(method, 't1')]).toEqual([method, false]);
      // A task that nobody is known to have begun looks the same.
      expect([method, bob.reaches(method, 't9')]).toEqual([method, false]);
    }
    expect(bob.list(['t1', 't2', 't9'])).toEqual(['t2']);
    expect([bob.hears('t1'), bob.hears('t2'), ann.hears('t1')]).toEqual([false, true, true]);
    for (const method of about) expect([method, ann.reaches(method, 't1')]).toEqual([method, true]);
    // The same subject uses its task by another connection.
    expect(new Client(guard, 'ann', true).reaches('tasks/cancel', 't1')).toBe(true);
  });
});

test('clients that are not identified use tasks that the guard has not seen begin', async () => {
  await withGuard((guard) => {
    const only = new Client(guard, 'only', false);
    for (const method of about) expect(only.reaches(method, 't')).toBe(true);
    expect(only.list(['t'])).toEqual(['t']);
  });
});

test('a task is used only by the subject whose call began it, in any order', async () => {
  const names = ['ann', 'bob', 'carol'] as const;
  const ids = fc.constantFrom('1', '2', '3');
  const step = fc.record({
    who: fc.constantFrom(...names),
    task: ids,
    what: fc.constantFrom('begin', 'list', 'hear', ...about),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      await withGuard((guard) => {
        const clients = new Map(names.map((name) => [name, new Client(guard, name, true)]));
        const owned = new Set<string>();
        for (const { who, task, what } of steps) {
          const client = clients.get(who);
          if (client === undefined) continue;
          const isOwn = owned.has(`${who} ${task}`);
          if (what === 'begin') {
            client.begin(task);
            owned.add(`${who} ${task}`);
          } else if (what === 'list') {
            const own = ['1', '2', '3'].filter((each) => owned.has(`${who} ${each}`));
            expect(client.list(['1', '2', '3'])).toEqual(own);
          } else if (what === 'hear') {
            expect(client.hears(task)).toBe(isOwn);
          } else {
            expect(client.reaches(what, task)).toBe(isOwn);
          }
        }
      });
    }),
    { numRuns: Math.ceil(180 * times) },
  );
});
