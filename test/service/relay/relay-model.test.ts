// The ids of the relay as a state machine: random schedules of requests, cancellations, progress, answers and their repetitions, on
// both sides, compared with a model of each id. The model knows only the rules: an answer reaches who waits for it, each result
// of a call becomes an outcome, and an id stays reserved until its answer came.

import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { runs } from '../../support/budget.ts';
import { compileForGuard, guardPolicy } from '../guard/guard-policy.ts';
import { Harness, temporaryStore } from './relay-harness.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(guardPolicy);
});

type Id = number | string;
type Kind = 'call' | 'ping';

interface Open {
  readonly id: Id;
  readonly kind: Kind;
  readonly token: Id;
  isAwaited: boolean;
}

interface Model {
  /** The requests of the client that the server has not answered, by the text of their ids. */
  readonly client: Map<string, Open>;
  readonly server: Map<string, { readonly id: Id; isAwaited: boolean }>;
  outcomes: number;
}

type Real = Harness;
type Step = fc.Command<Model, Real>;

const ids = fc.constantFrom<Id>(0, 1, 2, '1', '2', 'a');
const spellId = (id: Id) => String(id);

/** Declares a step; `run` compares the relay with the model, and changes the model. */
function step(name: string, run: (model: Model, real: Real) => void): Step {
  return { check: () => true, run, toString: () => name };
}

const outcomes = (real: Real) => real.logged.filter(({ kind }) => kind === 'event').length;

const request = (id: Id, kind: Kind, token: Id) =>
  step(`${kind} ${JSON.stringify(id)} with the token ${JSON.stringify(token)}`, (model, real) => {
    const _meta = { progressToken: token };
    const { client, server } =
      kind === 'call'
        ? real.call(id, 'read', { path: '/work/a' }, { _meta })
        : real.client({ jsonrpc: '2.0', id, method: 'ping', params: { _meta } });
    const open = [...model.client.values()];
    const isRefused = model.client.has(spellId(id)) || open.some((each) => each.token === token);
    expect([server.length, client.length]).toEqual(isRefused ? [0, 1] : [1, 0]);
    if (!isRefused) model.client.set(spellId(id), { id, kind, token, isAwaited: true });
  });

const cancel = (id: Id) =>
  step(`cancel ${JSON.stringify(id)}`, (model, real) => {
    const params = { requestId: id };
    const { client, server } = real.client({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params,
    });
    const open = model.client.get(spellId(id));
    const isOpen = open !== undefined && open.id === id && open.isAwaited;
    expect([client.length, server.length]).toEqual([0, isOpen ? 1 : 0]);
    if (isOpen) open.isAwaited = false;
  });

const answer = (id: Id) =>
  step(`answer ${JSON.stringify(id)}`, (model, real) => {
    const received = real.complete(id);
    const open = model.client.get(spellId(id));
    const isOpen = open !== undefined && open.id === id;
    expect(received.client.length).toBe(isOpen && open.isAwaited ? 1 : 0);
    expect(received.server).toEqual([]);
    if (!isOpen) return;
    model.client.delete(spellId(id));
    if (open.kind === 'call') model.outcomes += 1;
    expect(outcomes(real)).toBe(model.outcomes);
  });

const progress = (token: Id) =>
  step(`progress ${JSON.stringify(token)}`, (model, real) => {
    const params = { progressToken: token, progress: 1, message: 'x' };
    const { client } = real.server({ jsonrpc: '2.0', method: 'notifications/progress', params });
    const isAwaited = [...model.client.values()].some(
      (each) => each.token === token && each.isAwaited,
    );
    expect(client.length).toBe(isAwaited ? 1 : 0);
  });

const serverRequest = (id: Id) =>
  step(`the server requests ${JSON.stringify(id)}`, (model, real) => {
    const { client } = real.server({ jsonrpc: '2.0', id, method: 'ping' });
    const isFree = !model.server.has(spellId(id));
    expect(client.length).toBe(isFree ? 1 : 0);
    if (isFree) model.server.set(spellId(id), { id, isAwaited: true });
  });

const serverCancel = (id: Id) =>
  step(`the server cancels ${JSON.stringify(id)}`, (model, real) => {
    const params = { requestId: id };
    const { client } = real.server({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
    const open = model.server.get(spellId(id));
    const isOpen = open !== undefined && open.id === id && open.isAwaited;
    expect(client.length).toBe(isOpen ? 1 : 0);
    if (isOpen) open.isAwaited = false;
  });

const clientAnswer = (id: Id) =>
  step(`the client answers ${JSON.stringify(id)}`, (model, real) => {
    const { server } = real.client({ jsonrpc: '2.0', id, result: {} });
    const open = model.server.get(spellId(id));
    const isOpen = open !== undefined && open.id === id;
    expect(server.length).toBe(isOpen && open.isAwaited ? 1 : 0);
    if (isOpen) model.server.delete(spellId(id));
  });

const steps = [
  fc.tuple(ids, fc.constantFrom<Kind>('call', 'ping'), ids).map((each) => request(...each)),
  ids.map(cancel),
  ids.map(answer),
  ids.map(answer),
  ids.map(progress),
  ids.map(serverRequest),
  ids.map(serverCancel),
  ids.map(clientAnswer),
];

test('an answer reaches only who waits for it, in any schedule', { timeout: 300_000 }, () => {
  const { store } = temporaryStore();
  fc.assert(
    fc.property(fc.commands(steps, { maxCommands: 60, size: 'max' }), (commands) => {
      const real = new Harness({ module, store });
      const model: Model = { client: new Map(), server: new Map(), outcomes: 0 };
      fc.modelRun(() => ({ model, real }), commands);
      real.close();
    }),
    { numRuns: runs(300, 30) },
  );
});
