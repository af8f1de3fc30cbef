// The lemmas of the proofs of a policy, with the definitions that they are about.

import type { PolicyModel } from '@nhipol/language/model';
import { isProvedEverywhere, proveClaim } from '@nhipol/proving';
import { createRandomNumbers } from '@nhipol/testing';
import { listClaimSets } from '../../../assurance/proving/claims/claims.ts';
import { LemmaProver } from '../../../assurance/proving/lemma-prover.ts';
import type { Lemma } from '../../../assurance/proving/terms/lemma.ts';
import type { TermDefinitions } from '../../../assurance/proving/terms/terms.ts';

export interface Collected {
  readonly lemmas: readonly { readonly lemma: Lemma; readonly definitions: TermDefinitions }[];
  /** The claims that lemmas do not prove in all sessions. */
  readonly open: readonly string[];
  readonly claims: number;
}

/** Decides all claims about a policy by lemmas alone. */
export function collectLemmas(policy: PolicyModel): Collected {
  const open: string[] = [];
  const sets = listClaimSets(policy, { random: createRandomNumbers(1), by: 'lemmas' });
  const lemmas = sets.flatMap((set) => {
    const { prover } = set;
    if (!(prover instanceof LemmaProver)) throw new Error('claims are decided by lemmas');
    for (const claim of set.claims)
      if (!isProvedEverywhere(proveClaim(set, claim).verdict)) open.push(claim.name);
    const definitions = prover.encoding.terms;
    return prover.lemmas.map((lemma) => ({ lemma, definitions }));
  });
  return { lemmas, open, claims: sets.flatMap(({ claims }) => claims).length };
}
