// The proofs of `nhipol compile --prove`: proves the claims about a policy, and reports those that are refuted.

import type { CheckedFiles } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { Measure } from '@nhipol/language/support';
import {
  type ClaimVerdict,
  createProof,
  createSections,
  isProvedEverywhere,
  proveSets,
} from '@nhipol/proving';
import { createRandomNumbers } from '@nhipol/testing';
import { findContradiction } from '@nhipol/testing/proofs';
import type { Console } from '../../io/console.ts';
import { refuseContradiction } from '../../output/contradiction.ts';
import { formatProof, nameVerdict, summarizeProofs } from '../../output/proofs.ts';

interface Proven {
  readonly verdicts: readonly ClaimVerdict[];
  readonly sections: ReadonlyMap<string, Uint8Array>;
}

/** Proves the claims about the policy, and writes them as sections. Throws if the evaluator contradicts a proof. */
export async function provePolicy(
  path: string,
  policy: PolicyModel,
  checked: CheckedFiles,
  measure: Measure,
): Promise<Proven> {
  const proven = measure('prove', () => {
    const decidedSets = proveSets(policy, { random: createRandomNumbers(1) });
    const sections = createSections(createProof(policy, checked, decidedSets));
    return { verdicts: decidedSets.flatMap(({ verdicts }) => verdicts), sections };
  });
  const proofContradiction = measure('contradict', () =>
    findContradiction(policy, proven.verdicts),
  );
  await refuseContradiction(path, policy, proofContradiction);
  return proven;
}

/** Reports a refuted claim of the policy; built-in claims can have intended exceptions. */
export function reportRefuted(
  policy: PolicyModel,
  output: string | undefined,
  { verdicts, sections }: Proven,
  { err, errColors }: Console,
): boolean {
  const bytes = [...sections.values()].reduce((sum, { length }) => sum + length, 0);
  const names = verdicts.map(({ verdict }) => nameVerdict(verdict));
  err(`${summarizeProofs(names)}; ${(bytes / 1024).toFixed(1)} KB of sources and proofs\n`);
  for (const verdict of verdicts)
    if (!isProvedEverywhere(verdict.verdict)) err(formatProof(policy, verdict, errColors));
  const isRefuted = verdicts.some(
    ({ claim, verdict }) => claim.invariant !== undefined && verdict.kind === 'refuted',
  );
  if (isRefuted) err(`${output} was not written: nhipol prove shows a request\n`);
  return isRefuted;
}
