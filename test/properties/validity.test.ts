// An answer is valid strictly before its `valid_until`, for the examples, special policies and generated
// programs, in both engines: evaluated at a later instant, and evaluated again by the module for the
// request that it stores. NHIPOL_SEED changes the requests, NHIPOL_TIMES multiplies their number.

import { isDeepStrictEqual } from 'node:util';
import type { EvaluatedAnswer } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { GeneratedRequest } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectBoundaries } from '../../assurance/testing/generate/boundaries.ts';
import { runs, share } from '../support/budget.ts';
import { evaluator, loadPolicies, toComparable } from '../support/modules/engines.ts';
import {
  all,
  chooseRequest,
  compiled,
  readRequestTime,
  seed,
} from '../support/policies/property-policies.ts';

const second = 1000;
const hour = 3_600_000;
const day = 24 * hour;

/** The clock changes in the zones that generated programs use. */
const clockChanges = [
  '2026-03-29T01:00:00Z',
  '2026-10-25T01:00:00Z',
  '2026-03-08T07:00:00Z',
  '2026-11-01T06:00:00Z',
  '2026-04-04T15:00:00Z',
  '2026-10-03T15:30:00Z',
  '2026-03-28T22:00:00Z',
  '2026-10-24T21:00:00Z',
  '2026-03-08T05:00:00Z',
  '2026-11-01T05:00:00Z',
  '2011-12-30T10:00:00Z',
].map((text) => Date.parse(text));

interface Question extends GeneratedRequest {
  /** The instant of the first evaluation, or `undefined` for the time of the request. */
  readonly start: number | undefined;
  /** The time until the second evaluation, if the answer is valid for so long. */
  readonly later: number;
}

function createQuestionArbitrary(policy: PolicyModel): fc.Arbitrary<Question> {
  const changes = [...clockChanges, ...[...collectBoundaries(policy).all.turns.values()].flat()];
  const nearTurn = fc
    .tuple(
      fc.constantFrom(...changes),
      fc.constantFrom(0, 1, -1, -second, hour / 2, -hour / 2, -hour, -2 * hour, -day),
    )
    .map(([turn, distance]) => turn + distance);
  return fc
    .record({
      request: chooseRequest(policy),
      start: fc.oneof(
        fc.constant(undefined),
        fc.constant(undefined),
        nearTurn,
        fc.integer({ min: Date.UTC(2026, 2, 2), max: Date.UTC(2026, 2, 6) }),
      ),
      later: fc.oneof(
        fc.integer({ min: 0, max: 600_000 }),
        fc.integer({ min: 0, max: day }),
        fc.integer({ min: 0, max: 400 * day }),
      ),
    })
    .map(({ request, ...when }) => ({ ...request, ...when }));
}

test('an answer is valid strictly before `valid_until`', async () => {
  const modules = await loadPolicies(compiled.map(([, policy]) => policy));
  const seen = { bounded: 0, changed: 0, effects: new Set<string>() };
  for (const [index, [name, policy]] of all.entries()) {
    const ask = evaluator(policy);
    const module = modules[index];
    const numRuns = runs(name === 'separate' ? 300 : 80, 20);
    for (const question of fc.sample(createQuestionArbitrary(policy), {
      numRuns,
      seed: seed + index,
    })) {
      const { text, start, later } = question;
      const bytes = new TextEncoder().encode(text);
      const now = start === undefined ? readRequestTime(question) : BigInt(start);
      const answer = ask(bytes, now);
      const { effect, validUntil: until } = answer;
      // It ends the session, which stores it.
      if (effect === 'revoke') {
        expect(until).toBeUndefined();
        continue;
      }
      if (until !== undefined) expect(until).toBeGreaterThan(Number(now));
      const end = until === undefined ? now + BigInt(500 * day) : BigInt(until);
      const between = now + BigInt(later);
      const instants = [between < end ? between : now + (end - now) / 2n, end - 1n];
      const answers = instants.map((instant) => ask(bytes, instant));
      if (module !== undefined) {
        expect(module.decideJson(bytes, { now: now }).validUntil).toBe(until);
        answers.push(...instants.map((instant) => module.again(instant) as EvaluatedAnswer));
        answers.push(module.decideJson(bytes, { now: end - 1n }) as EvaluatedAnswer);
      }
      for (const found of answers.map(toComparable)) {
        if (isDeepStrictEqual(found, toComparable(answer))) continue;
        expect({ name, text, asked: now, instants, found }).toEqual(toComparable(answer));
      }
      if (until === undefined) continue;
      seen.bounded += 1;
      if (!isDeepStrictEqual(toComparable(ask(bytes, BigInt(until))), toComparable(answer))) {
        seen.changed += 1;
        seen.effects.add(effect);
      }
    }
  }
  expect(seen.bounded).toBeGreaterThan(share(100));
  expect(seen.changed).toBeGreaterThan(share(50));
  expect([...seen.effects].sort()).toEqual(['challenge', 'deny', 'narrow', 'permit']);
}, 600_000);
