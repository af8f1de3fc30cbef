// What holds for every policy and every request, of the examples and of generated programs: order
// does not matter, a rule more never loosens, what is missing restricts, an answer holds as long as
// it says, and no bytes make a module trap.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Answer, effects, type Policy } from '../../language/index.ts';
import { type GeneratedRequest, requestsFor } from '../../testing/requests.ts';
import { loadPolicy } from '../scenarios/load-policy.ts';
import { policyOf } from '../support/checking.ts';
import { evaluator, modules } from '../support/engines.ts';
import { programs } from '../support/program-arbitrary.ts';
import { strictPolicy } from '../support/strict-policy.ts';

const seed = Number(process.env.NHIPOL_SEED ?? 20_261_125);
const names = ['support-agent', 'ci-deploy', 'api-key', 'federated-workload', 'admin-bot'];
const examples = names.map((name): [string, Policy] => [name, example(name)]);
const strict: [string, Policy] = ['strict', policyOf(strictPolicy)];
const generated = fc
  .sample(programs, { numRuns: 8, seed })
  .map(({ text, others }, index): [string, Policy] => [
    `generated ${index}`,
    policyOf(text, others),
  ]);
const all = [...examples, strict, ...generated];
const runs = { numRuns: 60, seed };

/** Made once for each policy, since making them takes longest. */
const made = new Map(
  all.map(([, policy]) => {
    const numRuns = policy === strict[1] ? 400 : 60;
    return [policy, fc.sample(requestsFor(policy), { numRuns, seed })];
  }),
);

function requestFor(policy: Policy): fc.Arbitrary<GeneratedRequest> {
  return fc.constantFrom(...(made.get(policy) ?? []));
}

function example(name: string): Policy {
  const { policy } = loadPolicy(`examples/${name}/policy.nhipol`);
  return policy ?? expect.fail(`${name} has errors`);
}

function strictness({ effect }: Answer): number {
  return effects.indexOf(effect);
}

/** The answer without what tells the rules apart that it came from. */
function said({ effect, reasons, constraints, obligations }: Answer) {
  return { effect, reasons, constraints, obligations };
}

test.each(all)('the order of rules does not matter: %s', (_, policy) => {
  const shuffled = fc
    .record({
      rules: fc.shuffledSubarray([...policy.rules], { minLength: policy.rules.length }),
      scores: fc.shuffledSubarray([...policy.scores], { minLength: policy.scores.length }),
    })
    .map((order): Policy => ({ ...policy, ...order }));
  const property = fc.property(shuffled, requestFor(policy), (other, { text, now }) => {
    expect(evaluator(other)(text, now)).toEqual(evaluator(policy)(text, now));
  });
  fc.assert(property, runs);
});

test.each(all)('adding a restricting rule never loosens: %s', (_, policy) => {
  const restricting = policy.rules.filter(({ effect }) => effect !== 'permit');
  const without = fc.subarray([...restricting, ...policy.scores], { minLength: 1 }).map(
    (removed): Policy => ({
      ...policy,
      rules: policy.rules.filter((rule) => !removed.includes(rule)),
      scores: policy.scores.filter((score) => !removed.includes(score)),
    }),
  );
  const property = fc.property(without, requestFor(policy), (fewer, { text, now }) => {
    const [before, after] = [evaluator(fewer)(text, now), evaluator(policy)(text, now)];
    expect(strictness(after)).toBeGreaterThanOrEqual(strictness(before));
    if (after.effect === 'narrow' && before.effect === 'narrow') {
      expect(Object.keys(after.constraints)).toEqual(
        expect.arrayContaining(Object.keys(before.constraints)),
      );
    }
  });
  fc.assert(property, runs);
});

test('what is missing restricts, where nothing opts out', () => {
  const [, policy] = strict;
  const ask = evaluator(policy);
  const deny = effects.indexOf('deny');
  let compared = 0;
  const property = fc.property(requestFor(policy), fc.nat(), ({ text, now }, choice) => {
    const before = ask(text, now);
    if (before.error !== undefined) return;
    const request: unknown = JSON.parse(text);
    const places = [...membersIn(request)];
    const [object, name] = places[choice % places.length] ?? expect.fail('a request of no members');
    delete object[name];
    compared += 1;
    const after = ask(JSON.stringify(request), now);
    expect(strictness(after)).toBeGreaterThanOrEqual(Math.min(deny, strictness(before)));
    // A restricting rule fires more often then, and asks for the same.
    if (after.effect === before.effect && ['narrow', 'challenge'].includes(after.effect)) {
      expect(asked(after)).toEqual(expect.arrayContaining(asked(before)));
    }
  });
  fc.assert(property, { numRuns: 1500, seed });
  expect(compared).toBeGreaterThan(500);
});

function asked({ obligations }: Answer): string[] {
  return obligations.map(({ name, properties }) => JSON.stringify([name, properties]));
}

/** Every member of every object, outermost first. */
function* membersIn(json: unknown): Generator<readonly [Record<string, unknown>, string]> {
  if (typeof json !== 'object' || json === null) return;
  for (const [name, value] of Object.entries(json)) {
    if (!Array.isArray(json)) yield [json as Record<string, unknown>, name];
    yield* membersIn(value);
  }
}

test.each(all)('an answer holds strictly before `valid_until`: %s', (_, policy) => {
  const ask = evaluator(policy);
  const day = 86_400_000;
  const instants = fc.record({
    start: fc.integer({ min: Date.UTC(2026, 2, 2), max: Date.UTC(2026, 2, 6) }),
    later: fc.oneof(
      fc.integer({ min: 0, max: 600_000 }),
      fc.integer({ min: 0, max: day }),
      fc.integer({ min: 0, max: 400 * day }),
    ),
    last: fc.boolean(),
  });
  const property = fc.property(
    requestFor(policy),
    instants,
    ({ text, now }, { start, later, last }) => {
      const asked = now ?? BigInt(start);
      const answer = ask(text, asked);
      const { validUntil } = answer;
      if (answer.effect === 'revoke') {
        expect(validUntil).toBeUndefined();
        return;
      }
      if (validUntil !== undefined) expect(validUntil).toBeGreaterThan(asked);
      const until = validUntil ?? asked + BigInt(500 * day);
      const between = asked + BigInt(later);
      const instant = last || between >= until ? until - 1n : between;
      expect(said(ask(text, instant))).toEqual(said(answer));
    },
  );
  fc.assert(property, runs);
});

const byModules = await modules(examples.map(([, policy]) => policy));

test.each(examples)('arbitrary bytes never trap and never permit: %s', (name, policy) => {
  const ask = byModules[names.indexOf(name)] ?? expect.fail('no module');
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

test.each(examples)('bytes changed at random never trap: %s', (name, policy) => {
  const ask = byModules[names.indexOf(name)] ?? expect.fail('no module');
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), {
    minLength: 1,
    maxLength: 3,
  });
  const property = fc.property(requestFor(policy), changes, ({ text, now }, places) => {
    const bytes = new TextEncoder().encode(text);
    for (const [at, byte] of places) bytes[at % Math.max(1, bytes.length)] = byte;
    expect(ask(bytes, now)).toEqual(evaluator(policy)(bytes, now));
  });
  fc.assert(property, { numRuns: 80, seed });
});
