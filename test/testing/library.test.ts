// Property-based tests of policies, as users write them: what is generated, how it shrinks, and what is reported.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile } from '@nhipol/compiler';
import type { PolicyModel } from '@nhipol/language/model';
import { type Answer, load, stringify } from '@nhipol/runtime';
import fc from 'fast-check';
import { afterAll, describe, expect, expectTypeOf, test } from 'vitest';
import { readPolicy } from '../../assurance/testing/node/read-policy.ts';
import {
  createModuleSessions,
  decide,
  forAllRequests,
  forAllSessions,
  near,
  PropertyFailed,
  play,
  type RequestOf,
  requests,
  sessions,
  type TypedSourcePolicy,
  type UntypedRequest,
} from '../../assurance/testing/public.ts';
import { checkPolicy } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';

interface Asked {
  readonly subject: {
    readonly type: 'agent';
    readonly id: string;
    readonly properties: {
      readonly used?: number | bigint | null;
      readonly scopes?: readonly string[] | ReadonlySet<string> | null;
    };
  };
  readonly action: { readonly name: 'read' | 'write' };
  readonly resource: { readonly type: string; readonly id: string };
  readonly context: { readonly time: string | Date; readonly level?: 'low' | 'high' | null };
}

interface Bound {
  decide(request: Asked): {
    readonly effect: 'permit' | 'deny' | 'revoke';
    readonly reasons: readonly string[];
  };
}

const policy: TypedSourcePolicy<Bound> = checkPolicy(`policy small version "1.0.0"
enum Level { low, high }
subject agent { used: Int = 0, scopes: Set<String> = {} }
action read {}
action write {}
context { time: Timestamp, level?: Level }
signals { leak: { from?: String } }
for agent doing "read", "write" {
  revoke leaked when once(signal "leak"), if unknown skip
  permit read when action.name == "read" and context.level is low
  permit write when action.name == "write" and subject.used >= 40 and subject.used <= 41 and "w" in subject.scopes
}
`);

type Request = RequestOf<typeof policy>;

const read: Request = {
  subject: { type: 'agent', id: 'a', properties: { used: 7, scopes: ['w'] } },
  action: { name: 'read' },
  resource: { type: 'r', id: 'r' },
  context: { time: '2026-03-03T10:00:00Z', level: 'low' },
};

function catchFailure(run: () => void): PropertyFailed {
  try {
    run();
  } catch (error) {
    if (error instanceof PropertyFailed) return error;
    throw error;
  }
  return expect.fail('the property holds');
}

describe('arbitraries', () => {
  test.each([
    ['requests', requests(policy)],
    ['near', near(policy, read)],
    ['sessions', sessions(policy)],
  ] as const)('%s: the same seed gives the same values', (_, arbitrary) => {
    const sample = () => fc.sample<unknown>(arbitrary, { seed: 5, numRuns: 40 });
    const first = sample();
    expect(sample()).toEqual(first);
    expect(new Set(first.map((each) => stringify(each))).size).toBeGreaterThan(10);
  });

  test('requests have the declared types, and cover each answer', () => {
    const drawn = fc.sample(requests(policy), { seed: 1, numRuns: 300 });
    for (const { subject, action, context } of drawn) {
      expect(subject.type).toBe('agent');
      expect(['read', 'write']).toContain(action.name);
      expect(['low', 'high', undefined, null]).toContain(context.level);
    }
    const reasons = drawn.flatMap((request) => decide(policy, request).reasons);
    expect(new Set(reasons)).toEqual(new Set(['read', 'write', 'default_deny']));
  });

  test('strangers are generated on demand', () => {
    const untyped = checkPolicy('policy p\nsubject agent {}\nfor agent { permit ok otherwise }\n');
    const types = (strangers: boolean) =>
      new Set(
        fc
          .sample(requests(untyped, { strangers }), { seed: 1, numRuns: 200 })
          .map(({ subject }) => subject.type),
      );
    expect(types(false)).toEqual(new Set(['agent']));
    expect(types(true).size).toBeGreaterThan(1);
  });

  test('a generated value shrinks within fast-check to the simplest that fails', () => {
    const details = fc.check(
      fc.property(requests(policy), (request) => decide(policy, request).reasons[0] !== 'write'),
      { seed: 3 },
    );
    expect(details.failed).toBe(true);
    const [request] = details.counterexample ?? [];
    expect(request).toMatchObject({
      subject: { properties: { used: 40, scopes: ['w'] } },
      action: { name: 'write' },
    });
    expect(request?.context).toEqual({ time: expect.any(String) });
  });

  test('an example of the user is shrunk, too, and a failure is reproduced by its path', () => {
    const property = fc.property(
      requests(policy),
      ({ subject }) => Number(subject.properties?.used ?? 0) < 5,
    );
    const { counterexample } = fc.check(property, { examples: [[read]], seed: 1 });
    expect(counterexample?.[0]?.subject.properties).toEqual({ used: 5 });
    const found = fc.check(property, { seed: 1 });
    const { seed, counterexamplePath: path } = found;
    const again = fc.check(property, {
      seed,
      ...(path === null ? {} : { path }),
      endOnFailure: true,
    });
    expect(again.counterexample).toEqual(found.counterexample);
  });

  test('a neighbor of a request shrinks to a difference in one member', () => {
    const { counterexample } = fc.check(
      fc.property(near(policy, read), (request) => decide(policy, request).effect === 'permit'),
      { seed: 2 },
    );
    const [request = expect.fail('none')] = counterexample ?? [];
    const differ = (['subject', 'action', 'resource', 'context'] as const).filter(
      (root) => JSON.stringify(request[root]) !== JSON.stringify(read[root]),
    );
    expect(differ).toHaveLength(1);
    expect(() => near(policy, { ...read, subject: {} as never })).toThrow(/rejects the request: /);
  });

  test('integers that JavaScript cannot represent are exact', () => {
    const beyond = 9_007_199_254_740_993n;
    const large = checkPolicy(`policy p
subject agent { used: Int }
for agent { permit one when subject.used == 9_007_199_254_740_993 }
`);
    const drawn = fc.sample(requests(large), { seed: 1, numRuns: 200 });
    const hit = drawn.find((request) => decide(large, request).effect === 'permit');
    expect(hit?.subject.properties).toEqual({ used: beyond });
  });
});

describe('forAllRequests', () => {
  test('a true property passes, and is called the given number of times', () => {
    let asked = 0;
    forAllRequests(
      policy,
      (request, ask) => {
        asked += 1;
        expect(ask(request).effect).not.toBe('revoke');
      },
      { samples: 60 },
    );
    expect(asked).toBe(60);
  });

  test('a failure reports the simplest request, the answer with its reason, and how to reproduce it', () => {
    const failure = catchFailure(() =>
      forAllRequests(policy, (request, ask) => ask(request).reasons[0] !== 'write', { seed: 4 }),
    );
    const { message } = failure;
    expect(message).toContain('"used": 40');
    expect(message).toContain('The property returned false.');
    expect(message).toContain('permit because write');
    expect(message).toMatch(/subject\.used >= 40/);
    expect(message).toContain('--request request.json --explain');
    const [, tried] = /samples: (\d+) }/.exec(message) ?? [];
    const again = catchFailure(() =>
      forAllRequests(policy, (request, ask) => ask(request).reasons[0] !== 'write', {
        seed: 4,
        samples: Number(tried),
      }),
    );
    expect(again.message).toBe(message);
  });

  test('an exception of a property is reported, with its other queries', () => {
    const { message, cause } = catchFailure(() =>
      forAllRequests(policy, (request, ask) => {
        const other = ask({ ...request, context: { ...request.context, level: 'high' } });
        if (other.effect !== ask(request).effect) throw new RangeError('not alike');
      }),
    );
    expect(cause).toBeInstanceOf(RangeError);
    expect(message).toContain('The property threw RangeError: not alike');
    expect(message).toContain(
      'answer to another request that the property decided: deny because default_deny',
    );
    expect(message).toContain('"level": "high"');
  });

  test('tests another engine', async () => {
    const { wasm } = await compile(policy, assemble, { version: '0' });
    const module = load(wasm);
    forAllRequests(
      policy,
      (request, ask) => ask(request).effect === decide(policy, request).effect,
      {
        samples: 100,
        decide: (request, options) =>
          module.decide(request, options) as ReturnType<Bound['decide']>,
      },
    );
    const { message } = catchFailure(() =>
      forAllRequests(policy, (request, ask) => ask(request).effect !== 'revoke', {
        samples: 5,
        decide: () => ({ effect: 'revoke' as const, reasons: ['broken'] }),
      }),
    );
    expect(message).toContain('answer of `decide`: revoke because broken');
    expect(message).toContain('deny because default_deny');
  });

  test('a property that cannot be tested is reported', () => {
    const about = () => forAllRequests(policy, () => fc.pre(false), { samples: 10 });
    expect(about).toThrow('applied to none of 10 samples');
    const late = () =>
      forAllRequests(policy, (async () => {
        throw new Error('late');
      }) as never);
    expect(late).toThrow(/asynchronous.*fc\.asyncProperty/);
  });
});

describe('sessions', () => {
  test('each step is answered, and its history counts', () => {
    const answers = play(policy, {
      opens: '2026-03-03T10:00:00Z',
      request: read,
      steps: [
        { after: 0, signals: [], asks: 1 },
        { after: 1000, signals: [{ name: 'leak', payload: { from: 'x' } }], asks: 1 },
      ],
    });
    expect(answers.map(({ effect }) => effect)).toEqual(['permit', 'revoke']);
  });

  test('a module answers the sessions that are generated as the evaluator does', async () => {
    const { wasm } = await compile(policy, assemble, { sessions: true });
    const open = createModuleSessions(load(wasm));
    const outcomes = (answers: readonly ReturnType<Bound['decide']>[]) =>
      answers.map(({ effect, reasons }) => ({ effect, reasons }));
    fc.assert(
      fc.property(sessions(policy), (scenario) => {
        expect(outcomes(play(policy, scenario, open))).toEqual(outcomes(play(policy, scenario)));
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  test('a signal that the policy does not record, and an invalid instant, are reported', () => {
    const steps = [{ after: 0, signals: [{ name: 'leek' }], asks: 1 }];
    const opens = '2026-03-03T10:00:00Z';
    expect(() => play(policy, { opens, request: read, steps })).toThrow(
      /the signal leek: expected/,
    );
    expect(() => play(policy, { opens: 'now', request: read, steps: [] })).toThrow(/`opens`/);
  });

  test('sessions shrink to the relevant steps', () => {
    const details = fc.check(
      fc.property(sessions(policy), (scenario) =>
        play(policy, scenario).every(({ effect }) => effect !== 'revoke'),
      ),
      { seed: 1 },
    );
    expect(details.counterexample?.[0]?.steps).toEqual([
      { after: 0, signals: [{ name: 'leak', payload: expect.anything() }], asks: 1 },
    ]);
  });

  test('forAllSessions reports the simplest session as a log', () => {
    forAllSessions(policy, (scenario, answers) => answers.length === scenario.steps.length, {
      samples: 40,
    });
    const { message } = catchFailure(() =>
      forAllSessions(policy, (_, answers) => answers.every(({ effect }) => effect !== 'revoke')),
    );
    expect(message).toContain('step 1: revoke because leaked');
    expect(message).toContain('"signal":"leak"');
    expect(message).toContain('--events events.jsonl');
  });
});

test('a request has the types of its policy', () => {
  expectTypeOf<Request['subject']['type']>().toEqualTypeOf<'agent'>();
  // Generated values are JSON, and so contain neither sets nor dates.
  expectTypeOf<Request['context']['time']>().toEqualTypeOf<string>();
  forAllRequests(
    policy,
    (request, ask) => {
      expectTypeOf(ask(request).effect).toEqualTypeOf<'permit' | 'deny' | 'revoke'>();
      // @ts-expect-error: the policy declares no such member.
      expect(request.subject.properties?.nope).toBeUndefined();
      // @ts-expect-error: the policy has no request with another action.
      expect(() => ask({ ...request, action: { name: 'delete' } })).not.toThrow();
    },
    { samples: 1 },
  );
  // @ts-expect-error: a policy with types has no strangers.
  expect(() => requests(policy, { strangers: true })).not.toThrow();
  forAllRequests(
    policy as PolicyModel,
    (request, ask) => {
      expectTypeOf(request).toEqualTypeOf<UntypedRequest>();
      expectTypeOf(ask(request)).toEqualTypeOf<Answer>();
    },
    { samples: 1, strangers: true },
  );
});

describe('readPolicy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-library-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('reads the files that a policy uses', async () => {
    const found = await readPolicy(
      new URL('../../examples/support-agent/policy.nhipol', import.meta.url),
    );
    expect(found.name).toBe('acme.support_agent');
  });

  test('throws the diagnostics, as `nhipol check` prints them', async () => {
    const path = join(folder, 'wrong.nhipol');
    writeFileSync(
      path,
      'policy p\nsubject agent { a: Int = 0 }\nfor agent { permit ok when subject.b == 1 }\n',
    );
    await expect(readPolicy(path)).rejects.toThrow(
      /wrong\.nhipol has errors[\s\S]*subject\.b[\s\S]*1 error/,
    );
    await expect(readPolicy(join(folder, 'none.nhipol'))).rejects.toThrow(
      /cannot read .*none\.nhipol/,
    );
  });
});
