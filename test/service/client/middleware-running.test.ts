// A request while it runs, without a network: which later answers end it, what its handler learns, and that nothing is
// watched longer than needed. In sessions with any history, the outcome is the decision of the policy.

import { createSessions, load } from '@nhipol/runtime';
import { type DecisionPoint, serviceItself } from '@nhipol/service';
import type { Evaluation, EvaluationContext } from '@nhipol/service/client';
import {
  type Authorization,
  type Backend,
  type BackendEvent,
  getAuthorization,
  getHeader,
  localBackend,
  type ProtectOptions,
  protectExpress,
  protectFetch,
  protectHono,
  routeEvaluation,
  sessionFromHeader,
} from '@nhipol/service/middleware';
import fc from 'fast-check';
import { type Context, Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { account, agent, compileShop, openPoint, shopRequest } from './client-harness.ts';

const request = () => new Request('http://shop.example/x', { headers: { 'nhipol-session': 's' } });

/** A backend whose next answers are given. */
class GivenBackend implements Backend {
  readonly #answers: (Evaluation | Error)[];
  readonly decided: unknown[] = [];
  watching = 0;
  notify: (event: BackendEvent) => void = () => {};

  constructor(...contexts: (EvaluationContext | Error)[]) {
    this.#answers = contexts.map((context) =>
      context instanceof Error ? context : answer(context),
    );
  }

  readonly decide = async (asked: unknown) => {
    this.decided.push(asked);
    const next = this.#answers.shift() ?? expect.fail('decided too often');
    if (next instanceof Error) throw next;
    return next;
  };

  readonly watch = async (_: string, listener: (event: BackendEvent) => void) => {
    this.watching += 1;
    this.notify = listener;
    return () => {
      this.watching -= 1;
    };
  };
}

function answer(context: EvaluationContext): Evaluation {
  return { decision: ['permit', 'narrow'].includes(context.effect ?? ''), context };
}

const permit: EvaluationContext = { effect: 'permit', reasons: ['works'] };
const rows = (max_rows: number): EvaluationContext => ({
  effect: 'narrow',
  constraints: { max_rows },
});
const deny: EvaluationContext = { effect: 'deny', reasons: ['risky'], reason_details: [] };
const createChange = (context: EvaluationContext): BackendEvent => ({
  kind: 'changed',
  evaluation: answer(context),
});

/** Handles a request until the returned function is called; `response`: what the client gets. */
function handleRequest(backend: Backend, options: Partial<ProtectOptions<Request>> = {}) {
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const seen: Authorization[] = [];
  const handler = protectFetch(
    {
      backend,
      constraints: ['max_rows'],
      obligations: ['notify'],
      session: sessionFromHeader(),
      evaluation: () => shopRequest('read'),
      ...options,
    },
    async (_, authorization) => {
      seen.push(authorization);
      await finished;
      return new Response('done', {
        headers: [
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ],
      });
    },
  );
  const response = handler(request());
  return { response, finish, seen };
}

const readStatus = async (response: Promise<Response>) => (await response).status;

describe('a later answer', () => {
  test.each<[string, EvaluationContext, EvaluationContext, number]>([
    ['with the same limits goes on', rows(10), rows(10), 200],
    ['without limits goes on', rows(10), permit, 200],
    ['with other limits ends the request', rows(10), rows(5), 403],
    ['with new limits ends the request', permit, rows(10), 403],
    [
      'with new obligations ends the request',
      permit,
      { ...permit, obligations: [obligation('a')] },
      403,
    ],
    [
      'with the same obligations goes on',
      { ...permit, obligations: [obligation('a')] },
      { ...permit, obligations: [obligation('a')] },
      200,
    ],
    ['that is a denial ends the request', permit, deny, 403],
    [
      'that says nothing was decided ends the request',
      permit,
      { effect: 'deny', reasons: ['log_unavailable'] },
      503,
    ],
  ])('%s', async (_, first, later, status) => {
    const backend = new GivenBackend(first, later);
    const { response, finish, seen } = handleRequest(backend);
    await expect.poll(() => seen).toHaveLength(1);
    backend.notify(createChange({ effect: 'narrow' }));
    await expect.poll(() => backend.decided).toHaveLength(2);
    await new Promise(setImmediate);
    finish();
    expect(await readStatus(response)).toBe(status);
    expect(seen[0]?.signal.aborted).toBe(status !== 200);
    expect(seen[0]?.evaluation.decision).toBe(true);
  });

  test('with other limits is passed to a handler that listens', async () => {
    const backend = new GivenBackend(rows(10), rows(5));
    const { response, finish, seen } = handleRequest(backend);
    await expect.poll(() => seen).toHaveLength(1);
    const limits: unknown[] = [];
    seen[0]?.onChanged(({ constraints }) => limits.push(constraints.max_rows));
    backend.notify(createChange(deny));
    await expect.poll(() => limits).toEqual([5]);
    finish();
    expect(await readStatus(response)).toBe(200);
  });

  test('that cannot be had ends the request', async () => {
    const backend = new GivenBackend(permit, new Error('away'));
    const errors: unknown[] = [];
    const { response, seen } = handleRequest(backend, { onError: (error) => errors.push(error) });
    await expect.poll(() => seen).toHaveLength(1);
    backend.notify(createChange(deny));
    expect(await readStatus(response)).toBe(503);
    expect(errors).toEqual([new Error('away')]);
  });

  test('is decided again if something changed meanwhile', async () => {
    const backend = new GivenBackend(permit, permit, permit);
    const decide = async (asked: unknown) => {
      const decided = await backend.decide(asked);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return decided;
    };
    const { response, finish, seen } = handleRequest({ decide, watch: backend.watch });
    await expect.poll(() => seen).toHaveLength(1);
    backend.notify(createChange(deny));
    await vi.waitFor(() => expect(backend.decided).toHaveLength(2), { interval: 5 });
    for (let count = 0; count < 5; count += 1) backend.notify(createChange(deny));
    await expect.poll(() => backend.decided).toHaveLength(3);
    finish();
    expect(await readStatus(response)).toBe(200);
  });

  test('is about the facts of now', async () => {
    const backend = new GivenBackend(permit, permit);
    const refresh = async (old: object) => ({ ...old, context: { risk_high: false } }) as never;
    const { response, finish, seen } = handleRequest(backend, { refresh });
    await expect.poll(() => seen).toHaveLength(1);
    backend.notify(createChange(deny));
    await expect.poll(() => backend.decided).toHaveLength(2);
    expect(backend.decided[1]).toMatchObject({ context: { risk_high: false } });
    finish();
    await response;
  });

  test('is not needed while the session permits', async () => {
    const backend = new GivenBackend(permit);
    const { response, finish, seen } = handleRequest(backend);
    await expect.poll(() => seen).toHaveLength(1);
    backend.notify(createChange(permit));
    finish();
    expect(await readStatus(response)).toBe(200);
    expect(backend.decided).toHaveLength(1);
  });

  test('is waited for until the previous one ends, and a second if that is in the past', async () => {
    const valid_until = new Date(Date.now() - 60_000).toISOString();
    const backend = new GivenBackend({ ...permit, valid_until }, deny);
    const { response, seen } = handleRequest(backend);
    const before = performance.now();
    await expect.poll(() => seen).toHaveLength(1);
    expect(await readStatus(response)).toBe(403);
    expect(performance.now() - before).toBeGreaterThan(900);
  });
});

function obligation(to: string) {
  return { id: 'obl-1', type: 'custom', name: 'notify', properties: { to }, reasons: ['r'] };
}

describe('a session is watched', () => {
  test('until the body of the response was read, with its headers as they were', async () => {
    const backend = new GivenBackend(permit);
    const { response, finish } = handleRequest(backend);
    finish();
    const { headers, body } = await response;
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(backend.watching).toBe(1);
    expect(await new Response(body).text()).toBe('done');
    expect(backend.watching).toBe(0);
  });

  test('until the client cancels the body', async () => {
    const backend = new GivenBackend(permit);
    const { response, finish } = handleRequest(backend);
    finish();
    await (await response).body?.cancel();
    expect(backend.watching).toBe(0);
  });

  test.each([
    ['the request is refused', [deny]],
    ['the request cannot be decided', [new Error('away')]],
  ] as const)('no longer after %s', async (_, answers) => {
    const backend = new GivenBackend(...answers);
    await handleRequest(backend).response;
    expect(backend.watching).toBe(0);
  });

  test('no longer after the handler failed, whose error is passed on', async () => {
    const backend = new GivenBackend(permit);
    const handler = protectFetch(
      { backend, session: sessionFromHeader(), evaluation: () => shopRequest('read') },
      () => {
        throw new Error('a bug');
      },
    );
    await expect(handler(request())).rejects.toThrow('a bug');
    expect(backend.watching).toBe(0);
  });

  test('no longer if it was revoked before the decision', async () => {
    const backend = new GivenBackend(permit);
    const watch = async (session: string, listener: (event: BackendEvent) => void) => {
      const end = await backend.watch(session, listener);
      listener(createChange({ effect: 'revoke', reasons: ['ended'] }));
      return end;
    };
    const { response, seen } = handleRequest({ decide: backend.decide, watch });
    expect(await readStatus(response)).toBe(403);
    expect([backend.watching, seen]).toEqual([0, []]);
  });

  test('no longer if the client left before the decision', async () => {
    let decide: (evaluation: Evaluation) => void = () => {};
    const backend = new GivenBackend();
    const slow = () =>
      new Promise<Evaluation>((resolve) => {
        decide = resolve;
      });
    const middleware = protectExpress({
      backend: { watch: backend.watch, decide: slow },
      session: () => 's',
      evaluation: () => shopRequest('read'),
    });
    let close: () => void = () => {};
    const response = {
      headersSent: false,
      statusCode: 0,
      destroy: () => {},
      setHeader: () => {},
      end: () => {},
      once: (_: 'close', listener: () => void) => {
        close = listener;
      },
    };
    const next = vi.fn();
    middleware({ headers: {} }, response, next);
    await expect.poll(() => backend.watching).toBe(1);
    close();
    decide(answer(permit));
    await expect.poll(() => backend.watching).toBe(0);
    expect(next).not.toHaveBeenCalled();
  });
});

test('a refusal leaves its reasons out if they are not wanted', async () => {
  const context = {
    ...deny,
    reason_details: [{ id: 'risky', effect: 'deny', fired_on: 'true' } as const],
  };
  const plain = await handleRequest(new GivenBackend(context), { isExplained: false }).response;
  expect(await plain.json()).toEqual({
    title: 'Forbidden',
    status: 403,
    code: 'deny',
    detail: 'the request is not permitted',
  });
});

test('helpers read every kind of request', () => {
  const headers = { 'nhipol-session': 's', 'X-Other': 'o' };
  const web = new Request('http://x.example', { headers });
  const node = { headers: { 'nhipol-session': 's', 'x-other': 'o', many: ['a', 'b'] } };
  for (const each of [web, node, { req: { raw: web } }]) {
    expect([
      sessionFromHeader()(each),
      getHeader(each, 'X-Other'),
      getHeader(each, 'none'),
    ]).toEqual(['s', 'o', undefined]);
  }
  expect(getHeader(node, 'many')).toBeUndefined();
  expect(routeEvaluation(agent, { method: 'GET', route: '/a/:id', params: { id: '1' } })).toEqual({
    subject: agent,
    action: { name: 'GET' },
    resource: { type: 'route', id: '/a/:id', properties: { id: '1' } },
  });
});

describe('in a session with any history', () => {
  let module: Uint8Array;
  let point: DecisionPoint;
  beforeAll(async () => {
    module = await compileShop();
    point = await openPoint(module);
  });
  afterAll(() => point.close());

  type Step =
    | { readonly kind: 'patch'; readonly context: object }
    | { readonly kind: 'signal' }
    | { readonly kind: 'request'; readonly action: string; readonly amount: number };
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('request' as const),
        action: fc.constantFrom('read', 'list', 'pay', 'order', 'leave'),
        amount: fc.integer({ min: 0, max: 1_000 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('patch' as const),
        context: fc.record({ risk_high: fc.boolean(), risk_medium: fc.boolean() }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'signal' as const }) },
  );

  test('the outcome is the decision of the policy', async () => {
    const effects = new Set<string>();
    const abilities = { constraints: ['max_rows'], obligations: ['notify'] };
    let current: Parameters<typeof JSON.stringify>[0];
    let id = '';
    const handler = protectFetch(
      {
        backend: localBackend(point),
        ...abilities,
        session: () => id,
        evaluation: () => current,
      },
      () => new Response('ran'),
    );
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        count += 1;
        id = `s${count}`;
        const oracle = createSessions(load(module));
        const session = oracle.open(id, { subject: agent });
        await point.sessions.open(serviceItself, id, { subject: agent });
        for (const each of steps) {
          if (each.kind === 'patch') {
            session.patch({ context: each.context });
            await point.sessions.patch(serviceItself, id, { context: each.context });
          } else if (each.kind === 'signal') {
            session.record('session-revoked', {});
            await point.sessions.signal(serviceItself, id, 'session-revoked', {}, undefined);
          } else {
            const properties = each.action === 'pay' ? { amount: each.amount } : undefined;
            current = shopRequest(each.action, properties);
            const expected = session.decide({ action: current.action, resource: account });
            const response = await handler(request());
            const isStepUp = expected.obligations.some(({ name }) => name === 'step_up');
            const refused = isStepUp ? 401 : 403;
            expect({ each, reasons: expected.reasons, status: response.status }).toEqual({
              each,
              reasons: expected.reasons,
              status: expected.decision ? 200 : refused,
            });
            await response.arrayBuffer();
            effects.add(expected.effect);
          }
        }
        oracle.end();
      }),
      { numRuns: 60 },
    );
    expect([...effects].sort()).toEqual(['challenge', 'deny', 'narrow', 'permit', 'revoke']);
  });
});

test.each([...Array(16).keys()])(
  'Hono answers 403 if its handler fails %i steps after its authorization ended',
  async (steps) => {
    const backend = new GivenBackend(permit, deny);
    const app = new Hono();
    const options = {
      backend,
      session: sessionFromHeader(),
      evaluation: () => shopRequest('read'),
    };
    app.use(protectHono<Context>(options));
    let isRunning = false;
    app.get('/x', async (context) => {
      isRunning = true;
      const { signal } = getAuthorization(context);
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      for (let step = 0; step < steps; step += 1) await Promise.resolve();
      throw signal.reason;
    });
    const response = app.request('/x', { headers: { 'nhipol-session': 's' } });
    await expect.poll(() => isRunning).toBe(true);
    backend.notify(createChange(deny));
    expect((await response).status).toBe(403);
  },
);
