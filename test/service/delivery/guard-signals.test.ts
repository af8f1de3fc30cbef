// Events about the subjects of a guard: they stop calls that run, refuse later ones, and are acknowledged when that is
// durable, also over a restart and with other facts of the client.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClientFacts,
  Engine,
  formatEventUri,
  Guard,
  Hooks,
  type LogEntry,
  type Relay,
  type SignalSettings,
  Signals,
  type Store,
  sqliteSignals,
  sqliteStore,
} from '@nhipol/service';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { noAbilities } from '../../../service/engine/abilities.ts';
import {
  applyChange,
  type FactChange,
  mergeChange,
  noChange,
} from '../../../service/engine/fact-changes.ts';
import type { SessionHooks, SessionTarget } from '../../../service/pdp/sessions/session-target.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { files } from '../relay/relay-harness.ts';
import { signalSettings } from '../signals/signal-issuer.ts';

const policy = `
policy test.guard_signals version "1.0.0"

use nhi.{ Events, Risk }

record Path { path: String }
subject ai_agent { owner?: String, team?: String }
action "fs:read" { arguments: Path }
action "fs:slow" { arguments: Path }
resource mcp_server {}
context { time: Timestamp, risk?: Risk fresh 1h }
signals Events

for ai_agent {
  revoke ended when once(signal "session-revoked")
    because "the identity provider ended the session"
  revoke leaked when once(signal "credential-compromise")
    because "a credential has leaked"
}
for ai_agent doing "fs:read", "fs:slow" {
  permit inside when action.arguments.path under "/work"
  deny risky when action.arguments.path under "/work/own" and context.risk.level is HIGH
    because "the risk is high"
}
`;

let module: Uint8Array;
const folders: string[] = [];
const opened: { readonly close: () => Promise<void> }[] = [];
beforeAll(async () => {
  module = await compileForGuard(policy);
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  for (const each of folders.splice(0)) rmSync(each, { recursive: true, force: true });
});

const risk = { level: 'LOW', observed_at: new Date().toISOString() };
const agent = (id: string, properties = {}): ClientFacts => ({
  identity: { type: 'ai_agent', id, properties },
  context: { risk },
});

interface Opened {
  readonly guard: Guard;
  readonly signals: Signals;
  readonly store: Store;
  readonly logged: LogEntry[];
  readonly revoked: string[];
  readonly close: () => Promise<void>;
}

let count = 0;

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-guard-signals-'));
  folders.push(folder);
  return folder;
}

async function open(
  folder = temporaryFolder(),
  {
    session,
    identifiers = subjects,
    around = (store) => store,
    aroundTarget = (target) => target,
  }: {
    session?: string;
    identifiers?: SignalSettings['subjects'];
    around?: (store: Store) => Store;
    aroundTarget?: (target: SessionTarget) => SessionTarget;
  } = {},
): Promise<Opened> {
  const path = join(folder, 'state.db');
  const store = around(sqliteStore(path));
  const logged: LogEntry[] = [];
  const revoked: string[] = [];
  const log = { append: (entry: LogEntry) => `entry-${logged.push(entry)}`, close: async () => {} };
  const guard = await Guard.open({
    module,
    abilities: noAbilities,
    store,
    log,
    mode: 'enforce',
    server: 'fs',
    session,
    facts: agent('a-1'),
    pins: undefined,
    ask: 'never',
    askTimeout: 1_000,
    refusal: 'result',
    onRevoked: (reason) => revoked.push(reason),
    onWarning: () => {},
  });
  const received = sqliteSignals(path);
  const signals = await Signals.open({
    settings: signalSettings({ subjects: identifiers }),
    sessions: {
      target: aroundTarget(guard.events.target),
      attach: (hooks: SessionHooks) => guard.events.attach(hooks),
      listen: (listener) => guard.events.listen(listener),
    },
    policy: () => guard.policy,
    store: received,
    url: () => '',
    now: () => Date.now(),
    observer: { arrived: () => {}, transmitted: () => {} },
    onWarning: () => {},
  });
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    await signals.end();
    await guard.close();
    await received.close();
    store.close();
  };
  const all = { guard, signals, store, logged, revoked, close };
  opened.push(all);
  return all;
}

const subjects = {
  any: { format: 'opaque', id: '$session.subject.id' },
  user: { format: 'email', email: '$session.subject.?properties.?owner' },
};

function receive(
  { signals }: Pick<Opened, 'signals'>,
  type: string,
  about: object,
  claims = {},
  time = Date.now(),
) {
  count += 1;
  const issuer = 'https://idp.example';
  const event = {
    issuer,
    jti: `${count}`,
    txn: undefined,
    type: formatEventUri(type),
    time,
    claims,
  };
  const events = [{ ...event, subject: about as Readonly<Record<string, unknown>> }];
  return signals.receive('idp', { issuer, jti: `${count}`, events });
}

const opaque = (id: string) => ({ format: 'opaque', id });

/** A client and a server that remember what they get. */
class Connected {
  readonly relay: Relay;
  readonly toServer: { readonly id?: unknown; readonly method?: string }[] = [];
  readonly #results = new Map<unknown, string>();

  static async to({ guard }: Opened, facts?: ClientFacts): Promise<Connected> {
    await guard.announce(facts);
    const connected = new Connected(guard.connect(facts));
    return connected;
  }

  constructor(relay: Relay) {
    this.relay = relay;
  }

  /** Returns the text of the refusal, or `undefined` if the call runs. */
  call(id: number, name: string, path: string): string | undefined {
    const params = { name, arguments: { path } };
    const message = { jsonrpc: '2.0', id, method: 'tools/call', params };
    this.relay.fromClient(Buffer.from(JSON.stringify(message)), this.#client, this.#server);
    return this.result(id);
  }

  result(id: number): string | undefined {
    return this.#results.get(id);
  }

  readonly #client = {
    send: (message: Uint8Array | string) => {
      const { id, result } = JSON.parse(Buffer.from(message as string).toString());
      this.#results.set(id, result?.content?.[0]?.text);
    },
  };
  readonly #server = {
    send: (message: Uint8Array | string) => {
      const parsed = JSON.parse(Buffer.from(message as string).toString());
      if (parsed.method === 'tools/list') {
        const answer = { jsonrpc: '2.0', id: parsed.id, result: { tools: files } };
        this.relay.fromServer(Buffer.from(JSON.stringify(answer)), this.#client, this.#server);
      } else {
        this.toServer.push(parsed);
      }
    },
  };
}

test('an event about the subject stops its calls, its server and later guards', async () => {
  const folder = temporaryFolder();
  const first = await open(folder);
  const [own, other] = [await Connected.to(first), await Connected.to(first, agent('a-2'))];
  expect([own.call(1, 'slow', '/work/a'), other.call(1, 'slow', '/work/a')]).toEqual([
    undefined,
    undefined,
  ]);
  await receive(first, 'session-revoked', opaque('a-1'));
  const reason = 'the identity provider ended the session';
  expect(own.result(1)).toBe(`not permitted: stopped while it ran: ${reason}`);
  expect(own.toServer.at(-1)).toMatchObject({ method: 'notifications/cancelled' });
  expect(first.revoked).toEqual([reason]);
  expect(other.result(1)).toBeUndefined();
  expect(other.call(2, 'read', '/work/b')).toBeUndefined();
  await first.close();
  const later = await Connected.to(await open(folder));
  expect(later.call(3, 'read', '/work/b')).toBe(`not permitted: ${reason}`);
});

test('a session that an event cannot change is closed, and opened again only with the event', async () => {
  let isFailing = true;
  const first = await open(temporaryFolder(), {
    aroundTarget: (target) => ({
      ...target,
      record: (...given) => {
        if (isFailing) throw new Error('there is no room');
        target.record(...given);
      },
    }),
  });
  const own = await Connected.to(first);
  expect(own.call(1, 'slow', '/work/a')).toBeUndefined();
  await receive(first, 'credential-compromise', opaque('a-1'));
  expect(own.result(1)).toContain('not permitted');
  expect(own.call(2, 'read', '/work/a')).toContain('not permitted');
  await expect(Connected.to(first)).rejects.toThrow('there is no room');
  isFailing = false;
  const again = await Connected.to(first);
  expect(again.call(3, 'read', '/work/a')).toBe('not permitted: a credential has leaked');
  expect(own.call(4, 'read', '/work/a')).toContain('not permitted');
});

test('a fact that an event changed stops only calls that need another one', async () => {
  const guard = await open();
  const client = await Connected.to(guard);
  for (const [id, path] of ['/work/own/a', '/work/b', '/work/c'].entries()) {
    expect(client.call(id, 'slow', path)).toBeUndefined();
  }
  const report = (level: string, at = Date.now()) =>
    receive(guard, 'risk-level-change', opaque('a-1'), { current_level: level }, at);
  await report('HIGH', Date.now() - 1_000);
  expect([0, 1, 2].map((id) => client.result(id))).toEqual([
    'not permitted: stopped while it ran: the risk is high',
    undefined,
    undefined,
  ]);
  expect(client.call(3, 'read', '/work/own/a')).toBe('not permitted: the risk is high');
  await report('LOW', Date.now() - 2_000);
  expect(client.call(4, 'read', '/work/own/a')).toBe('not permitted: the risk is high');
  await report('LOW');
  expect(client.call(5, 'read', '/work/own/a')).toBeUndefined();
});

test('new facts of the client do not undo what an event changed', async () => {
  const guard = await open();
  const client = await Connected.to(guard);
  expect(client.call(1, 'slow', '/work/own/a')).toBeUndefined();
  await receive(guard, 'risk-level-change', opaque('a-1'), { current_level: 'HIGH' });
  const renewed = agent('a-1', { team: 'new' });
  await guard.guard.announce(renewed);
  client.relay.identify(renewed);
  expect(client.call(2, 'read', '/work/b')).toBeUndefined();
  expect(client.call(3, 'read', '/work/own/a')).toBe('not permitted: the risk is high');
  const logged = guard.logged.findLast((entry) => entry.kind === 'decision');
  expect(logged).toMatchObject({
    request: { subject: { properties: { team: 'new' } }, context: { risk: { level: 'HIGH' } } },
  });
});

describe('an earlier event about the subject', () => {
  test('changes a session before it is used, and is logged after its opening', async () => {
    const guard = await open();
    await receive(guard, 'credential-compromise', opaque('a-1'));
    const client = await Connected.to(guard);
    expect(client.call(1, 'read', '/work/a')).toBe('not permitted: a credential has leaked');
    expect(guard.logged.map(({ kind }) => kind)).toEqual([
      'opened',
      'event',
      'revocation',
      'decision',
    ]);
  });

  test('changes a session whose client gets this subject later', async () => {
    const guard = await open();
    await receive(guard, 'credential-compromise', { format: 'email', email: 'eve@example.com' });
    const client = await Connected.to(guard);
    expect(client.call(1, 'slow', '/work/a')).toBeUndefined();
    await guard.guard.announce(agent('a-1', { owner: 'eve@example.com' }));
    expect(client.result(1)).toBe('not permitted: stopped while it ran: a credential has leaked');
  });

  test('does not change a session that was opened after what it is about', async () => {
    const guard = await open();
    const about = opaque('a-1');
    await receive(guard, 'session-revoked', about, {}, Date.now() - 60_000);
    const client = await Connected.to(guard);
    expect(client.call(1, 'read', '/work/a')).toBeUndefined();
    await receive(guard, 'session-revoked', about, {}, Date.now() - 60_000);
    expect(client.call(2, 'read', '/work/a')).toBeUndefined();
  });
});

test('a hook is blocked after an event about its subject, also in a session that begins later', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'state.db');
  const [store, received] = [sqliteStore(path), sqliteSignals(path)];
  const onWarning = () => {};
  const engine = new Engine({
    module,
    store,
    log: undefined,
    entryPoint: 'hook',
    mode: 'enforce',
    onWarning,
  });
  const signals = await Signals.open({
    settings: signalSettings({ subjects }),
    sessions: engine.events,
    store: received,
    policy: () => engine.policy,
    url: () => '',
    now: () => Date.now(),
    onWarning,
    observer: { arrived: () => {}, transmitted: () => {} },
  });
  opened.push({
    close: async () => {
      await signals.end();
      await engine.close();
      await received.close();
      store.close();
    },
  });
  const hooks = new Hooks({
    guardedFiles: () => [],
    engine,
    store,
    facts: agent('a-1'),
    ask: 'never',
    askTimeout: 1_000,
    isAllowing: true,
    now: () => Date.now(),
  });
  const use = async (session: string) => {
    const input = {
      session_id: session,
      cwd: '/work',
      hook_event_name: 'PreToolUse',
      tool_name: 'mcp__fs__read',
      tool_input: { path: '/work/a' },
    };
    return JSON.stringify(await hooks.handle('claude-code', Buffer.from(JSON.stringify(input))));
  };
  expect(await use('one')).toContain('allow');
  await receive({ signals }, 'credential-compromise', opaque('a-1'));
  expect(await use('one')).toContain('a credential has leaked');
  expect(await use('two')).toContain('a credential has leaked');
});

test('a session that goes on after a restart has the facts that events changed', async () => {
  const folder = temporaryFolder();
  const first = await open(folder, { session: 'named' });
  const before = await Connected.to(first);
  expect(before.call(1, 'read', '/work/own/a')).toBeUndefined();
  await receive(first, 'risk-level-change', opaque('a-1'), { current_level: 'HIGH' });
  await first.close();
  const second = await open(folder, { session: 'named' });
  const client = await Connected.to(second);
  expect(client.call(1, 'read', '/work/own/a')).toBe('not permitted: the risk is high');
  await receive(second, 'risk-level-change', opaque('a-1'), { current_level: 'LOW' });
  expect(client.call(2, 'read', '/work/own/a')).toBeUndefined();
});

test('an event finds a session that was restored and not used yet', async () => {
  const folder = temporaryFolder();
  const first = await open(folder, { session: 'named' });
  const before = await Connected.to(first);
  expect(before.call(1, 'read', '/work/a')).toBeUndefined();
  await first.close();
  const second = await open(folder, { session: 'named' });
  await receive(second, 'session-revoked', opaque('a-1'));
  const client = await Connected.to(second);
  expect(client.call(1, 'read', '/work/a')).toBe(
    'not permitted: the identity provider ended the session',
  );
});

test('a restart with other subjects applies the events that are remembered about open sessions', async () => {
  const folder = temporaryFolder();
  const earlier = { any: { format: 'opaque', id: '$session.subject.id' } };
  const first = await open(folder, { session: 'named', identifiers: earlier });
  const facts = agent('a-1', { owner: 'a@x.example' });
  const before = await Connected.to(first, facts);
  expect(before.call(1, 'read', '/work/a')).toBeUndefined();
  await receive(first, 'credential-compromise', { format: 'email', email: 'a@x.example' });
  expect(before.call(2, 'read', '/work/a')).toBeUndefined();
  await first.close();
  const second = await open(folder, { session: 'named' });
  const client = await Connected.to(second, facts);
  expect(client.call(1, 'read', '/work/a')).toBe('not permitted: a credential has leaked');
});

test('a token that is delivered again is applied once', async () => {
  const guard = await open();
  const client = await Connected.to(guard);
  expect(client.call(1, 'read', '/work/a')).toBeUndefined();
  const [issuer, jti] = ['https://idp.example', 'again'];
  const type = formatEventUri('risk-level-change');
  const event = { issuer, jti, type, txn: undefined, time: Date.now(), subject: opaque('a-1') };
  const set = { issuer, jti, events: [{ ...event, claims: { current_level: 'HIGH' } }] };
  for (let delivery = 0; delivery < 3; delivery += 1) await guard.signals.receive('idp', set);
  expect(guard.logged.filter(({ kind }) => kind === 'event')).toHaveLength(1);
});

test('an event that was stored before a crash, and not applied, is applied after it', async () => {
  const folder = temporaryFolder();
  const first = await open(folder, { session: 'named' });
  const before = await Connected.to(first);
  expect(before.call(1, 'read', '/work/a')).toBeUndefined();
  await first.close();
  const store = sqliteSignals(join(folder, 'state.db'));
  const [issuer, jti, time] = ['https://idp.example', 'unapplied', Date.now()];
  const type = formatEventUri('session-revoked');
  const event = { issuer, jti, type, time, subject: opaque('a-1'), claims: {} };
  const index = [{ key: 'opaque a-1', type, time }];
  await store.add([{ issuer, jti, receivedAt: time, events: JSON.stringify([event]), index }]);
  await store.close();
  const client = await Connected.to(await open(folder, { session: 'named' }));
  expect(client.call(1, 'read', '/work/a')).toBe(
    'not permitted: the identity provider ended the session',
  );
});

test('an event whose revocation cannot be stored is not acknowledged, and is later', async () => {
  let isBroken = true;
  const guard = await open(undefined, {
    around: (store) => ({
      ...store,
      revoke: (revocation) => {
        if (isBroken) throw new Error('the disk is full');
        store.revoke(revocation);
      },
    }),
  });
  const client = await Connected.to(guard);
  expect(client.call(1, 'slow', '/work/a')).toBeUndefined();
  const about = opaque('a-1');
  await expect(receive(guard, 'session-revoked', about)).rejects.toThrow('the disk is full');
  expect(client.result(1)).toContain('stopped while it ran');
  expect(guard.store.revocations()).toEqual([]);
  isBroken = false;
  await receive(guard, 'session-revoked', about);
  expect(guard.store.revocations()).toHaveLength(1);
});

const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, 1, 'text', true),
    fc.constantFrom([], [1, null]),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('value'), { maxKeys: 3 }),
  ),
})).value;
const part = fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), json, { maxKeys: 3 });

/** RFC 7396, section 2. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target);
  const members = new Map(Object.entries(isObject ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name);
    else members.set(name, mergePatch(members.get(name), value));
  }
  return Object.fromEntries(members);
}

test('changes of facts are merge patches, one after the other', () => {
  fc.assert(
    fc.property(part, fc.array(part, { maxLength: 4 }), (facts, parts) => {
      const change = parts.reduce<FactChange>(mergeChange, noChange);
      const stored = JSON.parse(JSON.stringify(change));
      expect(applyChange(stored, withoutNulls(facts))).toEqual(
        parts.reduce(mergePatch, withoutNulls(facts)),
      );
    }),
    { numRuns: Number(process.env.NHIPOL_FACT_CHANGES ?? 500) },
  );
});

/** Facts have no null members. */
function withoutNulls(value: unknown): unknown {
  return mergePatch({}, value);
}
