// The exports of proving: decide claims about the decisions of a policy for every request, check the proofs of others, and
// say what they rest on.

export { type CertifiedClaim, certify } from './claims/certify.ts';
export type { ClaimSet, Shown } from './claims/claim.ts';
export { createRequestSet, listMemberSets } from './claims/claims.ts';
export {
  compareAnswers,
  compareDecisions,
  type DecidedDifferences,
  type Difference,
  type DifferenceKind,
  decideDifferences,
  decideLoosening,
  differenceClaims,
  isMilder,
} from './claims/compare.ts';
export {
  areLoosened,
  createMissingDataSet,
  listOmissions,
  missingDataClaim,
  type Omitted,
} from './claims/missing-data.ts';
export {
  createMonotoneSet,
  listMonotonicity,
  type Monotone,
  nameDirections,
} from './claims/monotone.ts';
export {
  createProof,
  createSections,
  type Proof,
  proofsSection,
  sourcesSection,
} from './claims/proof.ts';
export {
  type ClaimVerdict,
  type DecidedSet,
  proveClaim,
  proveSet,
  proveSets,
} from './claims/prove.ts';
export { type DecidedRules, decideRules, type Unreachable } from './claims/reachability.ts';
export { readProof, readSections } from './claims/read-proof.ts';
export { SymbolicDecision } from './decision/decision.ts';
export { type ConstructRow, constructs } from './facts/constructs.ts';
export { findRange } from './facts/member-types.ts';
export type { Literal } from './formula/formula.ts';
export {
  isProvedEverywhere,
  Prover,
  type ProverAssumptions,
  type Refuted,
  type Verdict,
} from './prover.ts';
export { smtLib } from './smt-lib.ts';
export { type ClaimEvidence, selectEvidence } from './trust/evidence.ts';
export { findTrustPart, type PartOf, parts, type TrustPart } from './trust/parts.ts';
