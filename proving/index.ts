// The exports of the proofs: decide claims about the decisions of policies for every request.

export type { Certificate } from './certificate/certificate.ts';
export { checkCertificate } from './certificate/check-certificate.ts';
export { type Construct, constructs, type Precision } from './facts/constructs.ts';
export { Disagreement, Prover, type ProverOptions, type Verdict } from './prover.ts';
