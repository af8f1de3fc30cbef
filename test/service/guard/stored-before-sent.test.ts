// The history of sessions that are stored is durable before anything that depends on it is sent: a process that is killed then
// has forgotten nothing.

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine, Guard, Hooks, type Relay, StateFile, sqliteStore } from '@nhipol/service';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noAbilities } from '../../../service/engine/abilities.ts';
import { attack } from '../../attacks/attack.ts';
import { files } from '../relay/relay-harness.ts';
import { compileForGuard } from './guard-policy.ts';

const policy = `
policy test.stored version "1.0.0"

use nhi.{ Events }

record Path { path: String }
record File { file_path: String }
record Address { url: String }

subject ai_agent {}
action "fs:read" { arguments: Path }
action "fs:write" { arguments: Path }
action "claude-code:Read" { arguments: File }
action "claude-code:WebFetch" { arguments: Address }
resource mcp_server {}
resource workspace {}
context { time: Timestamp }
signals Events
outcomes { "delivered": {} }

for ai_agent doing "fs:read" {
  permit reads otherwise
  deny again when once(outcome "delivered" doing "fs:read", within 1d) because "it was read"
}
for ai_agent doing "fs:write" {
  permit writes otherwise
  deny second when count(allowed doing "fs:write", within 1d) >= 1 because "it was written"
}
for ai_agent doing "claude-code:Read" { permit r otherwise }
for ai_agent doing "claude-code:WebFetch" {
  permit w otherwise
  deny after_read when once(outcome "delivered" doing "claude-code:Read", within 1d)
    because "a file was read"
}
`;

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(policy);
});

let folder: string;
const cleanups: (() => Promise<void> | void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-killed-'));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  rmSync(folder, { recursive: true, force: true });
});

const facts = { identity: { type: 'ai_agent', id: 'laptop', properties: {} }, context: {} };

function openState(name: string): StateFile {
  const state = new StateFile(join(folder, name, 'state.db'));
  cleanups.push(() => state.close());
  return state;
}

/** A guard that continues the session of a state. */
async function openRelay(state: StateFile, warnings: string[] = []): Promise<Relay> {
  const guard = await Guard.open({
    module,
    abilities: noAbilities,
    store: sqliteStore(state),
    log: undefined,
    mode: 'enforce',
    facts,
    server: 'fs',
    session: 's',
    pins: undefined,
    ask: 'never',
    askTimeout: 1_000,
    refusal: 'error',
    onRevoked: () => {},
    onWarning: (warning) => void warnings.push(warning),
  });
  cleanups.push(() => guard.close());
  return guard.connect();
}

/** Calls a tool, and completes the call. `onSent` is called when server and client get something. */
function callTool(relay: Relay, name: string, onSent = (_to: string) => {}): string[] {
  const got: string[] = [];
  const take = (to: string, message: Uint8Array | string) => {
    onSent(to);
    got.push(`${to}: ${Buffer.from(message).toString()}`);
  };
  const client = { send: (message: Uint8Array | string) => take('client', message) };
  const receive = (id: unknown, result: object) =>
    relay.fromServer(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, result })), client, server);
  const server = {
    send: (message: Uint8Array | string) => {
      const { id, method } = JSON.parse(Buffer.from(message).toString());
      if (method === 'tools/list') {
        receive(id, { tools: files });
        return;
      }
      take('server', message);
      receive(id, { content: [{ type: 'text', text: 'a text of a stranger' }] });
    },
  };
  const params = { name, arguments: { path: '/a' } };
  const request = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
  relay.fromClient(Buffer.from(JSON.stringify(request)), client, server);
  return got;
}

/** The files that a process leaves when it is killed now. */
function leave(name: string): void {
  cpSync(join(folder, 'running'), join(folder, name), { recursive: true });
}

/** Kills the guard at the moment when one side gets something, and calls the tool again by the next guard. */
async function expectRemembered(name: string, moment: string, reason: string): Promise<void> {
  const relay = await openRelay(openState('running'));
  const got = callTool(relay, name, (to) => {
    if (to === moment) leave('killed');
  });
  expect(got.join()).toContain('a text of a stranger');
  const again = callTool(await openRelay(openState('killed')), name);
  expect(again).toHaveLength(1);
  expect(again[0]).toContain(`not permitted: ${reason}`);
}

attack('guard-killed-after-delivery', () => expectRemembered('read', 'client', 'it was read'));

attack('guard-killed-after-permit', () => expectRemembered('write', 'server', 'it was written'));

attack('daemon-killed-after-hook', async () => {
  const openHooks = async (state: StateFile) => {
    const store = sqliteStore(state);
    const engine = new Engine({
      module,
      abilities: noAbilities,
      store,
      log: undefined,
      entryPoint: 'hook',
      mode: 'enforce',
      onWarning: () => {},
    });
    cleanups.push(() => engine.close());
    await engine.persist('daemon "d"');
    const options = { engine, store, facts, ask: 'never', askTimeout: 1_000 } as const;
    return new Hooks({ ...options, isAllowing: false, now: Date.now, guardedFiles: () => [] });
  };
  const use = (tool: string, given: object) =>
    Buffer.from(
      JSON.stringify({
        session_id: 's',
        cwd: '/p',
        hook_event_name: 'PreToolUse',
        tool_name: tool,
        tool_use_id: 't',
        tool_input: given,
      }),
    );
  const running = await openHooks(openState('running'));
  const reply = await running.handle('claude-code', use('Read', { file_path: '/p/a' }));
  leave('killed');
  expect(JSON.stringify(reply)).not.toContain('not permitted');
  const next = await openHooks(openState('killed'));
  const refused = await next.handle('claude-code', use('WebFetch', { url: 'https://a.example' }));
  expect(JSON.stringify(refused)).toContain('not permitted: a file was read');
});

attack('guard-history-not-stored', async () => {
  const state = openState('running');
  const warnings: string[] = [];
  const relay = await openRelay(state, warnings);
  callTool(relay, 'read');
  state.exec("CREATE TRIGGER full BEFORE INSERT ON sessions BEGIN SELECT RAISE(FAIL, 'full'); END");
  const refused = callTool(relay, 'write');
  expect(refused).toEqual([
    expect.stringContaining('not permitted: the history of the session cannot be stored'),
  ]);
  expect(warnings).toContain('a session was not stored: full');
  state.exec('DROP TRIGGER full');
  // The refused call was an event of the session; what it needed to be stored is stored now.
  expect(callTool(relay, 'write').join()).toContain('not permitted: it was written');
});

test('withholds a result whose delivery cannot be stored', async () => {
  const state = openState('running');
  const relay = await openRelay(state);
  const got = callTool(relay, 'read', (to) => {
    if (to !== 'server') return;
    state.exec(
      "CREATE TRIGGER full BEFORE INSERT ON sessions BEGIN SELECT RAISE(FAIL, 'full'); END",
    );
  });
  expect(got.at(-1)).toContain('not permitted: its outcome cannot be recorded');
  expect(got.join()).not.toContain('a text of a stranger');
  state.exec('DROP TRIGGER full');
});
