// Every text of a server that reaches a client is recorded as an outcome of what it belongs to before it is sent, and nothing arrives
// of what was stopped, cancelled or left; regardless of the method, the revision and the order.

import type { LogEntry } from '@nhipol/service';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { requestMethods, serverNotifications } from '../../../service/mcp/protocol/methods.ts';
import { attack } from '../../attacks/attack.ts';
import { runs } from '../../support/budget.ts';
import { Harness, temporaryStore } from '../relay/relay-harness.ts';
import {
  answerBodies,
  compileTextsPolicy,
  createOwnerRequest,
  listMessages,
  listTaskMessages,
  mark,
  messagesAboutAnything,
  type Owner,
  type OwnerState,
  ownerId,
  ownerStates,
  owners,
  taskBodies,
} from './server-texts.ts';

type Json = Readonly<Record<string, unknown>>;

let module: Uint8Array;
beforeAll(async () => {
  module = await compileTextsPolicy();
});
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const { store } = temporaryStore();
let subjects = 0;

/** A relay whose log knows what the client had got when an outcome was recorded. */
class TextsWorld {
  readonly real: Harness;
  readonly delivered: { readonly action: string; readonly clientHad: number }[] = [];

  constructor() {
    subjects += 1;
    const append = (entry: LogEntry): string => {
      if (entry.kind === 'event' && entry.signal === 'delivered') {
        const { action } = entry.payload as { readonly action: { readonly name: string } };
        this.delivered.push({ action: action.name, clientHad: this.real.toClient.length });
      }
      return '1';
    };
    const log = { append, close: async () => {} };
    this.real = new Harness({ module, store, subject: `texts-${subjects}`, log });
    this.real.connect();
    // Before the first use of anything, nothing is recorded.
    this.real.call(3, 'find', { path: '/a' });
    this.real.complete(3);
  }

  start(owner: Owner, isStateless: boolean): void {
    if (owner.isOfTask || owner.method === 'tasks/list') {
      this.real.call(1, 'slow', { path: '/a' });
      this.answer(1, { result: { task: { taskId: 't', status: 'working' } } });
    }
    expect(this.real.client(createOwnerRequest(owner, isStateless)).server).toHaveLength(1);
  }

  answer(id: number, body: Json) {
    return this.real.server({ jsonrpc: '2.0', id, ...body });
  }

  /** Brings what the messages belong to into a state. */
  bring(state: OwnerState): void {
    if (state === 'stopped') {
      this.real.call(2, 'read', { path: '/page' });
      this.real.complete(2, 'a page');
    } else if (state === 'cancelled') {
      const params = { requestId: ownerId };
      this.real.client({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
    } else if (state === 'left') {
      this.real.relay.close();
    } else if (state === 'revoked') {
      this.real.store.revoke({
        subjectType: 'ai_agent',
        subjectId: `texts-${subjects}`,
        server: undefined,
        at: Date.now(),
        reasons: ['revoked_by_operator'],
        message: 'the key leaked',
      });
      this.real.engine.get('s', 'fs')?.checkRevocation();
    }
  }

  /** Sends a message of the server. Returns the marked messages that the client got, and what was recorded before each. */
  send(message: Json): { readonly marked: readonly string[]; readonly actions: readonly string[] } {
    // Messages within a second are one delivery.
    vi.advanceTimersByTime(2_000);
    const before = this.delivered.length;
    const had = this.real.toClient.length;
    const { client } = this.real.server({ jsonrpc: '2.0', ...message });
    const recorded = this.delivered.slice(before).filter(({ clientHad }) => clientHad === had);
    const marked = client.filter((text) => text.includes(mark));
    return { marked, actions: recorded.map(({ action }) => action) };
  }
}

const cases = fc.record({
  owner: fc.constantFrom(...owners),
  state: fc.constantFrom(...ownerStates),
  isStateless: fc.boolean(),
  picks: fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 8, size: 'max' }),
  body: fc.constantFrom(...answerBodies),
});

/** Whether a message may pass that belongs to an owner in a state: a cancelled request about a task leaves the task as it is. */
function isContinued({ isOfTask, method }: Owner, state: OwnerState, message: Json): boolean {
  if (state === 'running') return true;
  const isOfRequest = message.method === 'notifications/progress' || !isOfTask;
  return state === 'cancelled' && !isOfRequest && method !== 'tasks/list';
}

/** The actions of which one must be recorded before a text of an owner arrives. */
function listActions({ isOfTask, method }: Owner): readonly string[] {
  if (isOfTask || method === 'tools/call') return ['fs:slow'];
  return [`mcp:${method}`];
}

attack(
  'guard-server-texts',
  () => {
    const passed = new Set<unknown>();
    fc.assert(
      fc.property(cases, ({ owner, state, isStateless, picks, body }) => {
        const isStoppable = state !== 'stopped' || owner.canBeStopped;
        fc.pre(isStoppable);
        const world = new TextsWorld();
        world.start(owner, isStateless);
        world.bring(state);
        const messages = listMessages(owner);
        for (const pick of picks) {
          const message = messages[pick % messages.length] ?? {};
          const { marked, actions } = world.send(message);
          const what = JSON.stringify([owner.method, state, message, marked]);
          if (marked.length === 0) continue;
          passed.add(message.method);
          expect(isContinued(owner, state, message), what).toBe(true);
          if (owner.isOfTask || requestMethods.client[owner.method]?.handling === 'decide')
            expect(actions, what).toEqual(expect.arrayContaining([...listActions(owner)]));
          expect(actions, what).toContain(`mcp:${String(message.method)}`);
        }
        const { marked, actions } = world.send({ id: ownerId, ...body });
        const what = JSON.stringify([owner.method, state, body, marked]);
        if (state !== 'running') expect(marked, what).toEqual([]);
        const isReviewed = requestMethods.client[owner.method]?.answer === 'description';
        if (marked.length > 0 && !(isReviewed && 'result' in body)) {
          passed.add(owner.method);
          expect(actions, what).toContain(listActions(owner)[0]);
        }
        world.real.close();
      }),
      { numRuns: runs(500, 60) },
    );
    // Something of most kinds passes.
    expect(passed.size).toBeGreaterThan(8);
  },
  300_000,
);

test('each answer to what runs is recorded, and each error reaches the client', () => {
  for (const owner of owners) {
    for (const body of answerBodies) {
      const world = new TextsWorld();
      world.start(owner, false);
      const { marked, actions } = world.send({ id: ownerId, ...body });
      const isReviewed = requestMethods.client[owner.method]?.answer === 'description';
      if ('error' in body) expect([owner.method, marked.length]).toEqual([owner.method, 1]);
      if (marked.length > 0 && !(isReviewed && 'result' in body))
        expect([owner.method, actions]).toEqual([
          owner.method,
          expect.arrayContaining([...listActions(owner)]),
        ]);
      world.real.close();
    }
  }
});

test('a text that names nothing is recorded as an outcome of everything that runs, in every method', () => {
  for (const message of messagesAboutAnything) {
    const world = new TextsWorld();
    world.real.call(1, 'slow', { path: '/a' });
    const { marked, actions } = world.send(message);
    if (marked.length > 0) {
      expect(actions).toEqual(['fs:slow', `mcp:${String(message.method)}`]);
    }
    const known = serverNotifications[String(message.method)];
    const isText = known?.hasText ?? requestMethods.server[String(message.method)]?.hasText;
    if (isText === false && !('id' in message)) expect(marked).toEqual([]);
    world.real.close();
  }
});

/** The ids of the tasks that the guard has cancelled at the server. */
function listCancelled({ real }: TextsWorld): readonly unknown[] {
  const sent = real.toServer.map((text) => JSON.parse(text));
  const cancelled = sent.filter(({ id, method }) => method === 'tasks/cancel' && id !== ownerId);
  return cancelled.map(({ params }) => params.taskId);
}

attack('guard-task-of-other-request', () => {
  for (const owner of owners.filter(({ method }) => method !== 'tools/call')) {
    for (const state of ownerStates) {
      if (state === 'stopped' && !owner.canBeStopped) continue;
      for (const body of taskBodies) {
        const world = new TextsWorld();
        world.start(owner, false);
        world.bring(state);
        const what = JSON.stringify([owner.method, state, body]);
        expect(world.send({ id: ownerId, ...body }).marked, what).toEqual([]);
        expect(listCancelled(world), what).toContain('u');
        for (const message of listTaskMessages('u'))
          expect(world.send(message).marked, what).toEqual([]);
        for (const method of ['tasks/get', 'tasks/result', 'tasks/update', 'tasks/cancel']) {
          const request = { jsonrpc: '2.0', id: method, method, params: { taskId: 'u' } };
          const isSent = world.real.client(request).server.includes(JSON.stringify(request));
          expect([what, method, isSent]).toEqual([what, method, false]);
        }
        world.real.close();
      }
    }
  }
});

test('an answer is withheld if the token expires while its outcome is recorded', () => {
  const validUntil = Date.now() + 10_000;
  const append = (entry: LogEntry): string => {
    if (entry.kind === 'event' && entry.signal === 'delivered') vi.setSystemTime(validUntil);
    return '1';
  };
  const log = { append, close: async () => {} };
  const real = new Harness({ module, store, subject: 'expiring', validUntil, log });
  real.connect();
  real.call(3, 'find', { path: '/a' });
  const received = real.complete(3, mark).client.join();
  expect(received).toContain('the token has expired');
  expect(received).not.toContain(mark);
  real.close();
});
