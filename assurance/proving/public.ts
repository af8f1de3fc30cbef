// The exports of the proofs: decide claims about the decisions of a policy for every request, and check the proofs of
// others.

export type { Certificate } from './certificate/certificate.ts';
export { type CertificateResult, checkCertificate } from './certificate/check-certificate.ts';
export { type Certified, type CertifiedClaim, certify } from './claims/certify.ts';
export type { Claim, ClaimSet, Shown } from './claims/claim.ts';
export { createRequestSet, listClaimSets } from './claims/claims.ts';
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
  prove,
  proveClaim,
  proveSet,
  proveSets,
} from './claims/prove.ts';
export { readProof, readSections } from './claims/read-proof.ts';
export { type Construct, constructs, type Precision } from './facts/constructs.ts';
export { Disagreement, Prover, type ProverOptions, type Verdict } from './prover.ts';
export { smtLib } from './smt-lib.ts';
