// No claim is proved that a request, a pair of requests or a session violates: a small part of `npm run false-proofs`. The
// search for them finds claims that are called proved and are not.

import { createMonotoneSet } from '@nhipol/proving';
import { createRandomNumbers } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { differenceKinds } from '../../../assurance/proving/claims/compare.ts';
import { createCachedAssembler } from '../../support/modules/assembler.ts';
import { evaluator, modules } from '../../support/modules/engines.ts';
import { noCounts } from './counts.ts';
import type { Material } from './material.ts';
import { materials } from './materials/all.ts';
import type { Proofs } from './proofs.ts';
import { addRound, noTotals, type RoundOptions } from './run.ts';
import type { WrittenPolicy } from './written.ts';

test('no proved claim is violated', { timeout: 300_000 }, async () => {
  const totals = noTotals();
  const assembler = createCachedAssembler('none');
  await addRound(totals, {
    seed: 1,
    claims: 3,
    requests: 100,
    engines: async (policies, haveSessions) =>
      haveSessions ? [{}] : (await modules(policies, assembler)).map((ask) => ({ ask })),
  });
  expect(totals.violation).toBeUndefined();
  expect(totals.proved).toBeGreaterThan(30);
  expect(totals.requests).toBeGreaterThan(900);
  expect([...totals.byMaterial.keys()]).toEqual(materials.map(({ name }) => name));
});

const none: Proofs = {
  own: new Set(),
  changes: new Set(),
  differences: new Set(),
  counts: noCounts(),
};
const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/** The violated claims of those that are called proved, in the first policies for which something does. */
async function violations(
  claimed: (written: WrittenPolicy) => Partial<Proofs>,
  chosen: readonly Material[],
): Promise<Readonly<Record<string, string | undefined>>> {
  const found: Record<string, string | undefined> = {};
  const prove: RoundOptions['prove'] = (_, written) => ({ ...none, ...claimed(written) });
  for (const material of chosen)
    for (const seed of seeds) {
      if (found[material.name] !== undefined) break;
      const totals = noTotals();
      await addRound(totals, {
        seed,
        claims: 6,
        requests: 100,
        materials: [material],
        prove,
        engines: async (policies) => policies.map((policy) => ({ ask: evaluator(policy) })),
      });
      found[material.name] = totals.violation?.claim.replace(/\d+$/, '');
    }
  return found;
}

const aboutPairs = materials.filter(({ hasHistory }) => hasHistory !== true);

const ofEach = (claim: unknown, all: readonly Material[]) =>
  Object.fromEntries(all.map(({ name }) => [name, claim]));

test('the search violates claims that are only called proved', { timeout: 300_000 }, async () => {
  const found = await violations(
    ({ claims }) => ({
      own: new Set(claims.map(({ name }) => name)),
    }),
    materials,
  );
  expect(found).toEqual(ofEach('invariant c', materials));
});

test('the search violates claims about changes of members', { timeout: 300_000 }, async () => {
  const found = await violations(({ policy }) => {
    const { claims } = createMonotoneSet(policy, { random: createRandomNumbers(1), by: 'lemmas' });
    return { changes: new Set(claims.map(({ name }) => name)) };
  }, aboutPairs);
  expect(found).toEqual(ofEach(expect.stringMatching(/ never loosens$/), aboutPairs));
});

test('the search violates claims about two versions', { timeout: 300_000 }, async () => {
  const found = await violations(() => ({ differences: new Set(differenceKinds) }), aboutPairs);
  expect(found).toEqual(ofEach(expect.stringMatching(/^difference /), aboutPairs));
});
