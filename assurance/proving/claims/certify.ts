// Checks proofs: checks the policy from its sources, derives both formulas of each claim again, and checks each
// certificate against them. Neither the author of the proofs nor the search for values, lemmas and steps is trusted.

import { check, type Diagnostic, hasErrors } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { checkCertificate } from '../certificate/check-certificate.ts';
import { Excess } from '../formula/budget.ts';
import type { Literal } from '../formula/formula.ts';
import type { Prover } from '../prover.ts';
import { findCounterpart } from './both.ts';
import { type Claim, type ClaimSet, isAboutHistory } from './claim.ts';
import { listClaimSets, listMemberSets } from './claims.ts';
import {
  createCertificate,
  type LemmaProof,
  type ListProof,
  type Proof,
  type ProofClaim,
} from './proof.ts';

export type Certified =
  | {
      readonly kind: 'errors';
      readonly diagnostics: readonly Diagnostic[];
      readonly sources: ReadonlyMap<string, string>;
    }
  | {
      readonly kind: 'checked';
      readonly policy: PolicyModel;
      readonly claims: readonly CertifiedClaim[];
    };

export interface CertifiedClaim {
  readonly name: string;
  readonly isBuiltIn: boolean;
  readonly result: 'accepted' | 'refused' | 'not proved';
  /** Whether an accepted proof holds in sessions as well. */
  readonly inSessions: boolean;
  /** Why it is refused, or not proved. */
  readonly why: string | undefined;
}

export function certify(proof: Proof): Certified {
  const sources = new Map(Object.entries(proof.sources));
  const { policy, diagnostics } = check(proof.entry, sources);
  if (policy === undefined || hasErrors(diagnostics))
    return { kind: 'errors', diagnostics, sources };
  const open = [...proof.claims];
  const take = (claim: Claim) => {
    const isBuiltIn = claim.invariant === undefined;
    const index = open.findIndex(
      (proofClaim) => proofClaim.name === claim.name && proofClaim.isBuiltIn === isBuiltIn,
    );
    return index === -1 ? undefined : open.splice(index, 1)[0];
  };
  const options = { random: () => 0 };
  const claims = listClaimSets(policy, options).flatMap((set) =>
    set.claims.map((claim) => certifyClaim(set, claim, take(claim))),
  );
  // A policy makes many claims about its members: those that have a proof are checked.
  const ofMembers = open.some(({ isBuiltIn }) => isBuiltIn) ? listMemberSets(policy, options) : [];
  for (const set of ofMembers)
    for (const claim of set.claims) {
      const given = take(claim);
      if (given !== undefined) claims.push(certifyClaim(set, claim, given));
    }
  const unknown = open.map(
    (proofClaim): CertifiedClaim => ({
      name: proofClaim.name,
      isBuiltIn: proofClaim.isBuiltIn,
      inSessions: false,
      result: 'refused',
      why: 'the policy does not make this claim',
    }),
  );
  return { kind: 'checked', policy, claims: [...claims, ...unknown] };
}

/** `given`: what the proof says about the claim, if anything. */
function certifyClaim(
  { prover, second }: ClaimSet,
  claim: Claim,
  given: ProofClaim | undefined,
): CertifiedClaim {
  const { name, invariant, goal } = claim;
  const { lists, lemmas } = given ?? {};
  const inSessions = lists?.inSessions === true && lemmas?.inSessions === true;
  const result = (kind: CertifiedClaim['result'], why?: string): CertifiedClaim => ({
    name,
    isBuiltIn: invariant === undefined,
    result: kind,
    inSessions,
    why,
  });
  if (given === undefined) return result('not proved', 'the file has no proof of it');
  if (given.verdict !== 'proved') return result('not proved');
  if (lists === undefined) return result('refused', 'it has no proof by lists of values');
  if (lemmas === undefined) return result('refused', 'it has no proof by lemmas');
  if (isAboutHistory(claim) && !inSessions)
    return result('refused', 'a claim about the history must hold in sessions');
  const byLists = findProblem(prover, goal, lists);
  if (byLists !== undefined) return result('refused', byLists);
  const counterpart = findCounterpart(second, claim);
  if (counterpart === undefined) return result('refused', 'lemmas cannot be about this claim');
  const byLemmas = findProblem(counterpart.prover, counterpart.goal, lemmas, lemmas);
  return byLemmas === undefined
    ? result('accepted')
    : result('refused', `its proof by lemmas: ${byLemmas}`);
}

/** Why a proof is not one of the goal, or `undefined` if it is. `about`: its lemmas. */
function findProblem(
  prover: Prover,
  goal: Literal,
  proof: ListProof,
  about?: LemmaProof,
): string | undefined {
  if (prover.excess !== undefined) return tooLarge;
  if (prover.encoding.unrepresented.length > 0)
    return 'the policy has members that proofs do not represent';
  if (prover.encoding.domains.incomplete.size > 0)
    return 'the policy has more values than proofs represent';
  const roots = findRoots(prover, goal, proof);
  if (roots === undefined) return tooLarge;
  const certificate = createCertificate(prover, roots, proof.steps, about);
  if (certificate === undefined) return 'its certificate is about another formula';
  const { formula, shared, encoding } = prover;
  const checked = checkCertificate(formula, roots, certificate, shared, encoding.terms);
  return checked.kind === 'refused' ? `step ${checked.step + 1}: ${checked.why}` : undefined;
}

const tooLarge = 'the formula of the claim is too large';

/** Returns `undefined` if the years that a file names make the formula too large. */
function findRoots(
  prover: Prover,
  goal: Literal,
  proof: ListProof,
): readonly Literal[] | undefined {
  try {
    return prover.listRoots(goal, proof);
  } catch (error) {
    if (error instanceof Excess) return undefined;
    throw error;
  }
}
