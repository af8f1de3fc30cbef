// The evidence for a verdict about a claim: the constructs that it reads, and the steps and lemmas of both proofs.

import type { PolicyModel } from '@nhipol/language/model';
import { findCounterpart } from '../claims/both.ts';
import type { ClaimVerdict, DecidedSet } from '../claims/prove.ts';
import type { Construct } from '../facts/constructs.ts';
import type { LemmaKind } from '../terms/lemma.ts';
import { constructsRead } from './constructs-read.ts';

export interface ClaimEvidence {
  /** Whether the evaluator confirmed what refutes it, so that nothing else is trusted. */
  readonly isRefuted: boolean;
  readonly constructs: readonly Construct[];
  /** The proof of the claim, or `undefined` if it is not proved. */
  readonly proof: ProofEvidence | undefined;
}

interface ProofEvidence {
  /** The number of steps of the proof by lists of values, and of that by lemmas without the lemmas. */
  readonly listSteps: number;
  readonly lemmaSteps: number;
  /** The number of lemmas of each kind. */
  readonly lemmas: ReadonlyMap<LemmaKind, number>;
}

export function selectEvidence(
  policy: PolicyModel,
  { prover, second }: DecidedSet,
  { claim, verdict }: ClaimVerdict,
): ClaimEvidence {
  const others = findCounterpart(second, claim)?.prover.encoding.approximations ?? [];
  const approximations = [...prover.encoding.approximations, ...others];
  const constructs = constructsRead(policy, claim, approximations);
  const isRefuted = verdict.kind === 'refuted';
  if (verdict.kind !== 'proved') return { isRefuted, constructs, proof: undefined };
  const { lists = verdict, lemmas } = verdict.parts ?? {};
  const counts = new Map<LemmaKind, number>();
  let lemmaSteps = 0;
  for (const step of lemmas?.certificate ?? [])
    if (step.kind === 'lemma') counts.set(step.reason, (counts.get(step.reason) ?? 0) + 1);
    else lemmaSteps += 1;
  return {
    isRefuted,
    constructs,
    proof: { listSteps: lists.certificate.length, lemmaSteps, lemmas: counts },
  };
}
