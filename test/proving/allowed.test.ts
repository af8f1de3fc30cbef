// The formula of terms allows every request: the values that the evaluator gives to the expressions of a request, with
// its answer, are a model, whatever the lemmas are. `NHIPOL_REQUESTS=10000` takes as many requests, and
// `npm run allowed-requests` very many.

import { check } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { createRandomNumbers } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Dice } from '../../assurance/testing/generate/random.ts';
import { programs } from '../support/arbitraries/program-arbitrary.ts';
import { runs } from '../support/budget.ts';
import { checkPolicy } from '../support/checking.ts';
import { samples } from '../support/policies/samples.ts';
import {
  type Compared,
  compareGiven,
  compareMixed,
  compareRequests,
  compareSessions,
} from './agreement/compare.ts';
import { policyText } from './exhaustive/enumerate.ts';
import { families } from './exhaustive/families.ts';
import { listRequests, twoConditions } from './exhaustive/family.ts';

const requests = Number(process.env.NHIPOL_REQUESTS ?? runs(120, 40));
const seed = Number(process.env.NHIPOL_SEED ?? 20_261_201);

/** Requests of each policy, and requests for each session. */
const [perPolicy, perSession] = [20, 8];
const maxPolicies = 2_000;
/** The time of a request that is checked, where several tests run at once. */
const timeout = 300_000 + requests * 300;

function countCompared(
  policies: readonly PolicyModel[],
  count: number,
  inSessions: boolean,
): number {
  let done = 0;
  for (let round = 0; done < count; round += 1) {
    const before = done;
    for (const policy of policies) {
      if (done >= count) break;
      const many = Math.min(perPolicy, count - done);
      const compared: Compared = inSessions
        ? compareSessions(policy, Math.ceil(many / perSession), seed + round, 'lemmas')
        : compareRequests(policy, many, seed + round, 'lemmas');
      expect(compared.differences, policy.name).toEqual([]);
      done += compared.count;
    }
    if (done === before) break;
  }
  return done;
}

const examples = samples.map(({ path, sources }) => {
  const { policy } = check(path, sources);
  if (policy === undefined) throw new Error(`${path} has errors`);
  return policy;
});

function generatePolicies(count: number): readonly PolicyModel[] {
  const numRuns = Math.min(maxPolicies, Math.ceil(count / 4));
  const made = fc.sample(programs, { numRuns, seed });
  return made.map(({ text, others }) => checkPolicy(text, others));
}

const part = Math.ceil(requests / 4);

test('of the examples, every request', { timeout }, () => {
  expect(countCompared(examples, part, false)).toBeGreaterThanOrEqual(part);
});

test('of the examples, every request in a session', { timeout }, () => {
  expect(countCompared(examples, part, true)).toBeGreaterThanOrEqual(part);
});

test('of examples, every request that is mixed from others', { timeout }, () => {
  const [policy = expect.fail('no example')] = examples;
  const { count, requests: asked, differences } = compareMixed(policy, requests, seed);
  expect(differences).toEqual([]);
  expect(count).toBeGreaterThan(asked / 4);
  expect(asked).toBeGreaterThan(requests / 2);
});

test('of generated policies, every request', { timeout }, () => {
  expect(countCompared(generatePolicies(part), part, false)).toBeGreaterThan(part / 2);
});

// Few of them have sessions that can be explored.
test('of generated policies, every request in a session', { timeout }, () => {
  expect(countCompared(generatePolicies(requests), part, true)).toBeGreaterThan(part / 4);
});

// Each construct, with values that its conditions distinguish: exploring a policy seldom finds all of them.
test('of tiny policies, requests with any of their values', { timeout: timeout * 2 }, () => {
  const { pick } = new Dice(createRandomNumbers(seed));
  for (const family of families) {
    const texts = listRequests(family);
    for (let made = 0; made < Math.max(10, requests / 100); made += 1) {
      const isPair = family.conditions.length > 0 && made % 2 === 0;
      const rules = isPair
        ? twoConditions(pick(family.conditions), pick(family.conditions))
        : pick(family.policies);
      const given = Array.from({ length: 6 }, () => pick(texts));
      const { differences } = compareGiven(checkPolicy(policyText(family, rules)), given, 'lemmas');
      expect(differences, `${family.name}: ${rules}`).toEqual([]);
    }
  }
});
