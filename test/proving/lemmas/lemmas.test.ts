// Proofs by lemmas: all claims of the examples, no false claim, and no lemma that is changed.

import { check } from '@nhipol/language';
import { createRequestSet, listMemberSets, proveClaim } from '@nhipol/proving';
import { createRandomNumbers } from '@nhipol/testing';
import { describe, expect, test } from 'vitest';
import { checkPolicy } from '../../support/checking.ts';
import { samples } from '../../support/policies/samples.ts';
import { addressClaims } from '../false-claims/addresses.ts';
import { elementClaims } from '../false-claims/elements.ts';
import type { FalseClaim } from '../false-claims/false-claim.ts';
import { historyClaims } from '../false-claims/history.ts';
import { memberClaims } from '../false-claims/members.ts';
import { ifClaims, lowerClaims, partClaims, spellingClaims } from '../false-claims/strings.ts';
import { collectLemmas } from './collect.ts';
import { isValid } from './is-valid.ts';

describe('claims of the examples', () => {
  const found = samples.map(({ path, sources }) => {
    const { policy } = check(path, sources);
    if (policy === undefined) throw new Error(`${path} has errors`);
    return { path, ...collectLemmas(policy) };
  });

  test('lemmas alone prove all of them, in any session', () => {
    expect(found.flatMap(({ path, open }) => open.map((each) => `${path}: ${each}`))).toEqual([]);
    expect(found.reduce((sum, { claims }) => sum + claims, 0)).toBeGreaterThanOrEqual(68);
  });

  test('without one of its literals, or with one negated, no lemma is valid', () => {
    const accepted: string[] = [];
    let count = 0;
    for (const { path, lemmas } of found)
      for (const { lemma, definitions } of lemmas)
        for (const literal of lemma.clause) {
          const others = lemma.clause.filter((each) => each !== literal);
          for (const clause of [others, [...others, -literal]])
            if (isValid(definitions, clause))
              accepted.push(`${path}: ${lemma.kind} ${lemma.clause} as ${clause}`);
          count += 2;
        }
    expect(accepted).toEqual([]);
    expect(count).toBeGreaterThan(2_000);
  });
});

const falseClaims = {
  addressClaims,
  elementClaims,
  historyClaims,
  memberClaims,
  ifClaims,
  lowerClaims,
  partClaims,
  spellingClaims,
};

function proveFalseClaim({ policy: text, change }: FalseClaim) {
  const policy = checkPolicy(text);
  const options = { effort: 20_000, random: createRandomNumbers(1), by: 'lemmas' } as const;
  const sets =
    change === undefined ? [createRequestSet(policy, options)] : listMemberSets(policy, options);
  for (const set of sets) {
    const claim = set.claims.find(({ name, invariant }) =>
      change === undefined ? invariant !== undefined : name === change,
    );
    if (claim !== undefined) return proveClaim(set, claim).verdict.kind;
  }
  return undefined;
}

describe.each(Object.entries(falseClaims))('%s', (_, claims) => {
  test.each(claims)('$name: lemmas do not prove it', (claim) => {
    expect(['refuted', 'undecided']).toContain(proveFalseClaim(claim));
  });
});
