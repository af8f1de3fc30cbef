// Two requests about a session, of which the first waits for remembered events while the second runs: both have the results that
// they have one after the other, in one order or the other. So what a request depends on is checked when it takes effect.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runs } from '../../../support/budget.ts';
import { compileForGuard } from '../../guard/guard-policy.ts';
import { tenant, user, WaitingService, waitingPolicy } from '../remembered/waiting-service.ts';

let service: WaitingService;
beforeAll(async () => {
  service = await WaitingService.start(await compileForGuard(waitingPolicy));
  await service.receive({ zone: 'x' }, tenant('t'));
  await service.receive({ zone: 'y' }, tenant('u'));
});
afterAll(async () => {
  await service.end();
});

const caller = fc.constantFrom('ann', 'bob');
const risk = fc.constantFrom({}, { risk: 'LOW' }, { risk: 'HIGH' });
const context = fc
  .tuple(risk, fc.constantFrom({}, { tenant: 't' }, { tenant: 'u' }))
  .map(([one, other]) => ({ ...one, ...other }));
const subject = fc.constantFrom('a', 'b');
const operation = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('evaluate' as const), caller, context, subject }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('decide' as const), caller, context }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('patch' as const), caller, context }) },
  fc.record({ kind: fc.constant('rename' as const), caller, context, subject }),
  fc.record({ kind: fc.constant('approve' as const), caller }),
  fc.record({ kind: fc.constant('event' as const), risk, subject }),
  fc.record({ kind: fc.constant('close' as const), caller }),
  fc.record({ kind: fc.constant('reopen' as const), caller, context, subject }),
  fc.record({ kind: fc.constant('remove' as const), caller: fc.constant('bob') }),
);
type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

let count = 0;

/** A session with an identity of its own, in which operations run. */
class Scene {
  readonly #number = ++count;
  readonly #id = `s${this.#number}`;
  #digest = '';

  async open(context: object): Promise<void> {
    service.allow(['ann', 'bob']);
    await service.open(`a${this.#number}`, { risk: 'LOW' }, this.#id);
    const challenged = await service.decide('pay', {}, 'ann', this.#id);
    this.#digest = challenged.body.context.call_digest;
    await service.patch({ context }, 'ann', this.#id);
  }

  /** `between`: what happens after a session is closed and before it is opened again. */
  async run(operation: Operation, between = async () => {}): Promise<unknown> {
    const numberName = (name: string) => `${name}${this.#number}`;
    const { kind } = operation;
    if (kind === 'event')
      return service.receive(operation.risk, user(numberName(operation.subject)));
    if (kind === 'remove') return service.allow(['ann']);
    return describeReply(await this.#request(operation, numberName, between));
  }

  async #request(
    operation: Exclude<Operation, { kind: 'event' | 'remove' }>,
    named: (name: string) => string,
    between: () => Promise<void>,
  ) {
    const { kind, caller } = operation;
    if (kind === 'approve') return service.approve(this.#digest, caller, this.#id);
    if (kind === 'close') return service.close(this.#id, caller);
    const { context } = operation;
    if (kind === 'decide') return service.decide('pay', context, caller, this.#id);
    if (kind === 'patch') return service.patch({ context }, caller, this.#id);
    const id = named(operation.subject);
    if (kind === 'evaluate') return service.evaluate(id, context, caller, this.#id);
    if (kind === 'rename') return service.patch({ subject: { id }, context }, caller, this.#id);
    await service.close(this.#id, caller);
    await between();
    return service.open(id, context, this.#id, caller);
  }

  /** The facts and answers afterwards. */
  async end(): Promise<unknown> {
    service.allow(['ann', 'bob']);
    const { subject, context = {} } = (await service.readFacts(this.#id)) ?? {};
    const { risk, tenant, zone } = context;
    const pay = describeReply(await service.decide('pay', {}, 'ann', this.#id));
    const change = describeReply(
      await service.patch({ context: { risk: 'LOW' } }, 'bob', this.#id),
    );
    const approval = describeReply(await service.approve(this.#digest, 'bob', this.#id));
    await service.close(this.#id);
    return [subject?.id?.charAt(0), risk, tenant, zone, pay, change, approval];
  }
}

function describeReply({ status, body }: Awaited<ReturnType<WaitingService['patch']>>): unknown {
  return [status, body?.code, body?.decision, body?.context?.reasons];
}

/** The results of operations one after the other. */
async function runInOrder(before: object, first: Operation, second: Operation) {
  const scene = new Scene();
  await scene.open(before);
  const one = await scene.run(first);
  const other = await scene.run(second);
  return { one, other, end: await scene.end() };
}

/** Those of a request after a session is closed, and before it is opened again. */
async function interleaveOperations(before: object, first: Operation, second: Operation) {
  const scene = new Scene();
  await scene.open(before);
  let one: unknown;
  const other = await scene.run(second, async () => {
    one = await scene.run(first);
  });
  return { one, other, end: await scene.end() };
}

/**
 * Those of operations of which the first waits, from its call of the store with this number. Later calls are made after events
 * about its subject have changed the session, which they do also if the request is then refused.
 */
async function runInterleaved(before: object, first: Operation, second: Operation, calls: number) {
  const scene = new Scene();
  await scene.open(before);
  const { gate } = service;
  gate.closeLater(calls);
  const one = scene.run(first);
  await Promise.race([one, gate.reached]);
  const other = scene.run(second);
  // The second one may wait for its turn, too.
  await Promise.race([other, new Promise((resolve) => setTimeout(resolve, 20))]);
  gate.open();
  return { one: await one, other: await other, end: await scene.end() };
}

test('requests that wait have the results of requests one after the other', async () => {
  let waited = 0;
  await fc.assert(
    fc.asyncProperty(
      risk,
      operation,
      operation,
      fc.integer({ min: 0, max: 1 }),
      async (before, first, second, calls) => {
        const [ahead, { one: other, other: one, end }] = [
          await runInOrder(before, first, second),
          await runInOrder(before, second, first),
        ];
        const interleaved = await runInterleaved(before, first, second, calls);
        if (JSON.stringify(interleaved) !== JSON.stringify(ahead)) waited += 1;
        const inside = [];
        if (second.kind === 'reopen')
          inside.push(await interleaveOperations(before, first, second));
        if (first.kind === 'reopen') {
          const {
            one: later,
            other: sooner,
            end,
          } = await interleaveOperations(before, second, first);
          inside.push({ one: sooner, other: later, end });
        }
        expect([ahead, { one, other, end }, ...inside]).toContainEqual(interleaved);
      },
    ),
    { numRuns: runs(240, 40) },
  );
  // Otherwise nothing was interleaved.
  expect(waited).toBeGreaterThan(0);
}, 120_000);
