// The exports of proving: decide claims about the decisions of a policy for every request, check the proofs of others, and
// say what they rest on.

export { type CertifiedClaim, certify } from './claims/certify.ts';
export type { ClaimSet, Shown } from './claims/claim.ts';
export { memberSetsOf, ownSet } from './claims/claims.ts';
export {
  compareDecisions,
  type DecidedDifferences,
  type Difference,
  type DifferenceKind,
  decideDifferences,
  decideLoosening,
  differenceClaims,
  isMilder,
  kindOf,
} from './claims/compare.ts';
export {
  areLoosened,
  missingDataClaim,
  missingDataSet,
  type Omitted,
  omissionsIn,
} from './claims/missing-data.ts';
export { type Monotone, monotoneSet, monotonicityOf, wordsFor } from './claims/monotone.ts';
export { type Proof, proofOf, proofsSection, sectionsOf, sourcesSection } from './claims/proof.ts';
export {
  type ClaimVerdict,
  type DecidedSet,
  proveClaim,
  proveSet,
  proveSets,
} from './claims/prove.ts';
export { type DecidedRules, decideRules, type Unreachable } from './claims/reachability.ts';
export { readProof, readSections } from './claims/read-proof.ts';
export { Decision } from './decision/decision.ts';
export { type ConstructRow, constructs } from './facts/constructs.ts';
export { rangeOf } from './facts/member-types.ts';
export type { Literal } from './formula/formula.ts';
export {
  type Assumptions,
  isProvedEverywhere,
  Prover,
  type Refuted,
  type Verdict,
} from './prover.ts';
export { smtLib } from './smt-lib.ts';
export { type ClaimEvidence, evidenceFor } from './trust/evidence.ts';
export { type Part, type PartOf, partOf, parts } from './trust/parts.ts';
