// Clients, servers and hooks that share a session, and sessions that share events: a text that reaches the agent by one of
// them restricts what runs at the others.

import { Engine, Guard, Hooks, type Relay } from '@nhipol/service';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noAbilities } from '../../../../service/engine/abilities.ts';
import { attack } from '../../../attacks/attack.ts';
import { compileForGuard } from '../../guard/guard-policy.ts';
import { temporaryStore } from '../../relay/relay-harness.ts';

const rules = (terms: string) => `
policy test.shared version "1.0.0"
record Text { text: String }
record Read { file_path: String }
subject ai_agent {}
action "web:page" { arguments: Text }
action "mail:send" { arguments: Text }
action "claude-code:Read" { arguments: Read }
action any {}
resource mcp_server {}
resource workspace {}
context { time: Timestamp }
outcomes { "delivered": {} }
for ai_agent {
  permit works otherwise
}
for ai_agent doing "mail:send" {
  ${terms}
}
`;
const ofSession = rules(`
  deny after_page when once(outcome "delivered" doing "web:page") because "it has read a page"
  deny after_file when once(outcome "delivered" doing "claude-code:Read")
    because "it has read a file"
`);
const ofAll = rules(`
  deny after_page
    when once(outcome "delivered" doing "web:page" across sessions per subject.team up to 8, within 1d)
    because "an agent of the team has read a page"
`).replace('ai_agent {}', 'ai_agent { team: String }');
const revoking = rules(`
  revoke after_page when once(outcome "delivered" doing "web:page") because "it has read a page"
`);
const here = rules(`
  deny after_page when once(outcome "delivered" doing "web:page") because "it has read a page"
`)
  .replaceAll('mail:send', 'web:send')
  .concat(`
for ai_agent doing "web:notes" {
  deny after_message when once(outcome "delivered" doing "mcp:notifications/message")
    because "it has got a message"
}
`)
  .replace('action any', 'action "web:notes" { arguments: Text }\naction any');
const revokingHere = revoking.replaceAll('mail:send', 'web:send');

let modules: Readonly<
  Record<'ofSession' | 'ofAll' | 'here' | 'revoking' | 'revokingHere', Uint8Array>
>;
beforeAll(async () => {
  modules = {
    ofSession: await compileForGuard(ofSession),
    ofAll: await compileForGuard(ofAll),
    here: await compileForGuard(here),
    revoking: await compileForGuard(revoking),
    revokingHere: await compileForGuard(revokingHere),
  };
});

let engine: Engine;
let store: ReturnType<typeof temporaryStore>['store'];
const open = (module: Uint8Array) => {
  engine = new Engine({
    module,
    abilities: noAbilities,
    store,
    log: undefined,
    entryPoint: 'guard',
    mode: 'enforce',
    onWarning: () => {},
  });
};
beforeEach(() => {
  store = temporaryStore().store;
});
afterEach(async () => {
  await engine.close();
  store.close();
});

const agent = (id: string) => ({
  identity: { type: 'ai_agent', id, properties: { team: 'blue' } },
  context: {},
});
const tools = ['page', 'send', 'notes'].map((name) => ({ name, inputSchema: { type: 'object' } }));

/** A guard of a server of the engine. */
function createGuard(server: string, session = 'shared', subject = 'a'): Guard {
  return new Guard(engine, {
    store,
    mode: 'enforce',
    facts: agent(subject),
    server,
    session,
    pins: undefined,
    ask: 'never',
    askTimeout: 1_000,
    refusal: 'result',
    onRevoked: () => {},
    onWarning: () => {},
  });
}

/** A client with its connection to a server. */
class Connection {
  readonly #guard: Guard;
  readonly toClient: string[] = [];
  readonly toServer: string[] = [];
  readonly #relay: Relay;
  readonly #peers: readonly [client: Peer, server: Peer];

  constructor(guard: Guard) {
    this.#guard = guard;
    this.#relay = guard.connect();
    const client = {
      send: (message: Uint8Array | string) => void this.toClient.push(toText(message)),
    };
    const server = {
      send: (message: Uint8Array | string) => {
        const { id, method } = JSON.parse(toText(message));
        if (method === 'tools/list') this.answer(id, { tools });
        else this.toServer.push(toText(message));
      },
    };
    this.#peers = [client, server];
  }

  end(): void {
    this.#guard.disconnect(this.#relay);
  }

  call(name: string, more: object = {}): void {
    const params = { name, arguments: { text: 'x' }, ...more };
    const text = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    this.#relay.fromClient(Buffer.from(text), ...this.#peers);
  }

  notify(data: string): void {
    const message = { jsonrpc: '2.0', method: 'notifications/message', params: { data } };
    this.#relay.fromServer(Buffer.from(JSON.stringify(message)), ...this.#peers);
  }

  answer(
    id: number | string = 1,
    result: object = { content: [{ type: 'text', text: 'TEXT' }] },
  ): void {
    this.#relay.fromServer(
      Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, result })),
      ...this.#peers,
    );
  }
}

interface Peer {
  readonly send: (message: Uint8Array | string) => void;
}

function toText(message: Uint8Array | string): string {
  return typeof message === 'string' ? message : Buffer.from(message).toString();
}

/** Starts a call that runs, and returns a function that expects that it was stopped. */
function running(connection: Connection): (because: string) => void {
  connection.call('send');
  expect(connection.toServer).toHaveLength(1);
  return (because) => {
    expect(connection.toClient).toEqual([
      expect.stringContaining(`stopped while it ran: ${because}`),
    ]);
    expect(connection.toServer[1]).toContain('notifications/cancelled');
    connection.answer();
    expect(connection.toClient).toHaveLength(1);
  };
}

function readPage(connection: Connection): void {
  connection.call('page');
  connection.answer();
}

attack('guard-other-connection', () => {
  open(modules.ofSession);
  const guards = [createGuard('mail'), createGuard('web')];
  const [mail, web] = guards.map((guard) => new Connection(guard)) as [Connection, Connection];
  // The same server by two connections, of which each has a call of its own, and two servers.
  const second = new Connection(guards[0] as Guard);
  const expectStopped = [running(mail), running(second)];
  readPage(web);
  expect(web.toClient).toEqual([expect.stringContaining('TEXT')]);
  for (const each of expectStopped) each('it has read a page');
});

attack('guard-text-elsewhere', () => {
  open(modules.here);
  const guard = createGuard('web');
  const [reading, sending] = [new Connection(guard), new Connection(guard)];
  reading.call('page');
  sending.notify('TEXT of the page');
  expect(sending.toClient).toEqual([expect.stringContaining('TEXT of the page')]);
  sending.call('send');
  expect(sending.toServer).toEqual([]);
  expect(sending.toClient[1]).toContain('it has read a page');
});

attack('guard-abandoned-elsewhere', () => {
  open(modules.here);
  const guard = createGuard('web');
  const long = { _meta: { filler: 'x'.repeat(4 * 1_048_576) } };
  const refused: string[] = [];
  const connections = Array.from({ length: 20 }, () => {
    const connection = new Connection(guard);
    connection.call('page', long);
    if (connection.toServer.length === 0) refused.push(...connection.toClient);
    connection.end();
    return connection;
  });
  expect(refused).toHaveLength(4);
  expect(refused[0]).toContain('the server has not answered 16 requests');
  // Each late answer makes room.
  for (const connection of connections) connection.answer();
  const next = new Connection(guard);
  next.call('page', long);
  expect(next.toServer).toHaveLength(1);
});

test('a text before the first use of a process is in the history that it continues', async () => {
  const session = 'continued';
  open(modules.here);
  await engine.persist(session);
  readPage(new Connection(createGuard('web', session)));
  await engine.close();
  open(modules.here);
  await engine.persist(session);
  const connection = new Connection(createGuard('web', session));
  connection.notify('TEXT');
  connection.call('notes');
  expect(connection.toServer).toEqual([]);
  expect(connection.toClient[1]).toContain('it has got a message');
});

test('a use that a hook reports restricts the calls of servers in its session', async () => {
  open(modules.ofSession);
  const mail = new Connection(createGuard('mail', 'claude-code-s1'));
  const expectStopped = running(mail);
  const hooks = new Hooks({
    engine,
    store,
    facts: agent('a'),
    ask: 'never',
    askTimeout: 1_000,
    isAllowing: false,
    now: () => Date.now(),
    guardedFiles: () => [],
  });
  const input = {
    session_id: 's1',
    transcript_path: '/t',
    cwd: '/w',
    hook_event_name: 'PreToolUse',
    tool_name: 'Read',
    tool_input: { file_path: '/w/f' },
    tool_use_id: 'u',
  };
  await hooks.handle('claude-code', Buffer.from(JSON.stringify(input)));
  expectStopped('it has read a file');
});

test('an event that sessions share restricts the calls of the others', () => {
  open(modules.ofAll);
  const mail = new Connection(createGuard('mail', 'one', 'a'));
  const expectStopped = running(mail);
  readPage(new Connection(createGuard('web', 'two', 'b')));
  expectStopped('an agent of the team has read a page');
});

test('a text whose delivery revokes the agent at the server does not reach it', () => {
  open(modules.revoking);
  const guard = createGuard('mail');
  const [sending, reading] = [new Connection(guard), new Connection(guard)];
  sending.call('send');
  const page = new Connection(createGuard('web'));
  readPage(page);
  expect(sending.toClient).toEqual([expect.stringContaining('it has read a page')]);
  expect(page.toClient).toEqual([expect.stringContaining('TEXT')]);
  expect(store.revocations()).toMatchObject([{ subjectId: 'a', server: 'mail' }]);
  reading.call('page');
  expect(reading.toServer).toEqual([]);
});

test('a result that revokes the agent because of a call that runs does not reach it', () => {
  open(modules.revokingHere);
  const guard = createGuard('web');
  const [sending, reading] = [new Connection(guard), new Connection(guard)];
  sending.call('send');
  readPage(reading);
  for (const { toClient } of [sending, reading]) {
    expect(toClient).toEqual([expect.stringContaining('it has read a page')]);
  }
});
