// Properties of every policy and every request, for the examples and generated programs: the order of
// rules does not matter, an additional restricting rule never makes an answer less strict, missing data
// restricts, and no bytes make a module trap.

import type { EvaluatedAnswer } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { effects } from '@nhipol/runtime/abi';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assemble } from '../support/modules/assembler.ts';
import { type Ask, evaluator, modules } from '../support/modules/engines.ts';
import {
  all,
  chooseRequest,
  examples,
  seed,
  strict,
} from '../support/policies/property-policies.ts';

const budget = { numRuns: 60, seed };

function strictness({ effect }: EvaluatedAnswer): number {
  return effects.indexOf(effect);
}

test.each(all)('the order of rules does not matter: %s', (_, policy) => {
  const shuffled = fc
    .record({
      rules: fc.shuffledSubarray([...policy.rules], { minLength: policy.rules.length }),
      scores: fc.shuffledSubarray([...policy.scores], { minLength: policy.scores.length }),
    })
    .map((order): PolicyModel => ({ ...policy, ...order }));
  const property = fc.property(shuffled, chooseRequest(policy), (other, { text, now }) => {
    expect(evaluator(other)(text, now)).toEqual(evaluator(policy)(text, now));
  });
  fc.assert(property, budget);
});

test.each(all)(
  'an additional restricting rule never makes an answer less strict: %s',
  (_, policy) => {
    const restricting = policy.rules.filter(({ effect }) => effect !== 'permit');
    const without = fc.subarray([...restricting, ...policy.scores], { minLength: 1 }).map(
      (removed): PolicyModel => ({
        ...policy,
        rules: policy.rules.filter((rule) => !removed.includes(rule)),
        scores: policy.scores.filter((score) => !removed.includes(score)),
      }),
    );
    const property = fc.property(without, chooseRequest(policy), (fewer, { text, now }) => {
      const [before, after] = [evaluator(fewer)(text, now), evaluator(policy)(text, now)];
      expect(strictness(after)).toBeGreaterThanOrEqual(strictness(before));
      if (after.effect === 'narrow' && before.effect === 'narrow') {
        expect(Object.keys(after.constraints)).toEqual(
          expect.arrayContaining(Object.keys(before.constraints)),
        );
      }
    });
    fc.assert(property, budget);
  },
);

test('missing data restricts if a policy has no exceptions', () => {
  const [, policy] = strict;
  const ask = evaluator(policy);
  const deny = effects.indexOf('deny');
  let compared = 0;
  const property = fc.property(chooseRequest(policy), fc.nat(), ({ text, now }, choice) => {
    const before = ask(text, now);
    if (before.error !== undefined) return;
    const request: unknown = JSON.parse(text);
    const places = [...walkMembers(request)];
    const [object, name] = places[choice % places.length] ?? expect.fail('a request of no members');
    delete object[name];
    compared += 1;
    const after = ask(JSON.stringify(request), now);
    expect(strictness(after)).toBeGreaterThanOrEqual(Math.min(deny, strictness(before)));
    // A restricting rule fires more often then, and demands the same.
    if (after.effect === before.effect && ['narrow', 'challenge'].includes(after.effect)) {
      expect(listDemands(after)).toEqual(expect.arrayContaining(listDemands(before)));
    }
  });
  fc.assert(property, { numRuns: 1500, seed });
  expect(compared).toBeGreaterThan(500);
});

function listDemands({ obligations }: EvaluatedAnswer): string[] {
  return obligations.map(({ name, properties }) => JSON.stringify([name, properties]));
}

/** Every member of every object, outermost first. */
function* walkMembers(json: unknown): Generator<readonly [Record<string, unknown>, string]> {
  if (typeof json !== 'object' || json === null) return;
  for (const [name, value] of Object.entries(json)) {
    if (!Array.isArray(json)) yield [json as Record<string, unknown>, name];
    yield* walkMembers(value);
  }
}

const exampleModules = await modules(
  examples.map(([, policy]) => policy),
  assemble,
);

function byModule(policy: PolicyModel): Ask {
  const index = examples.findIndex(([, example]) => example === policy);
  return exampleModules[index] ?? expect.fail('no module');
}

test.each(examples)('arbitrary bytes never trap and never permit: %s', (_, policy) => {
  const ask = byModule(policy);
  const byMeaning = evaluator(policy);
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 2000 }),
    fc.json().map((text) => new TextEncoder().encode(text)),
    fc
      .string({ unit: fc.constantFrom(...'{}[]":,\\u0019eE+-. tfn') })
      .map((text) => new TextEncoder().encode(text)),
  );
  const property = fc.property(bytes, (request) => {
    const answer = ask(request);
    expect(answer).toMatchObject({ decision: false, effect: 'deny', reasons: ['invalid_request'] });
    expect(answer.error).toEqual(byMeaning(request).error);
  });
  fc.assert(property, { numRuns: 400, seed });
});

test.each(examples)('randomly changed bytes never trap: %s', (_, policy) => {
  const ask = byModule(policy);
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), {
    minLength: 1,
    maxLength: 3,
  });
  const property = fc.property(chooseRequest(policy), changes, ({ text, now }, places) => {
    const bytes = new TextEncoder().encode(text);
    for (const [at, byte] of places) bytes[at % Math.max(1, bytes.length)] = byte;
    expect(ask(bytes, now)).toEqual(evaluator(policy)(bytes, now));
  });
  fc.assert(property, { numRuns: 80, seed });
});
