// Reports a claim that was proved and that a request or a session violates: a bug of the prover, which ends the process.

import type { PolicyModel } from '@nhipol/language/model';
import { displayText } from '@nhipol/language/support';
import type { ProofContradiction } from '@nhipol/testing/proofs';
import { ContradictedProof } from './contradicted-proof.ts';
import { writeCounterexample, writeRequests } from './counterexample.ts';

/** The folder for the request if the command has no option for it. */
const contradictionFolder = 'counterexamples';

/** Writes what violates a claim that was proved, and throws; does nothing if nothing does. */
export async function refuseContradiction(
  path: string,
  policy: PolicyModel,
  proofContradiction: ProofContradiction | undefined,
  folder = contradictionFolder,
): Promise<void> {
  if (proofContradiction === undefined) return;
  const { claim, counterexample, changed } = proofContradiction;
  const isPair = counterexample.kind === 'request' && changed !== undefined;
  const lines = isPair
    ? await writeRequests(policy, claim, [counterexample.sample.text, changed], folder)
    : await writeCounterexample(path, policy, claim, counterexample, folder);
  const what = isPair ? 'these requests violate' : `this ${counterexample.kind} violates`;
  throw new ContradictedProof(
    [
      `the claim "${displayText(claim)}" is proved, and ${what} it`,
      ...lines.map((line) => `  ${displayText(line)}`),
      'This is a bug in nhipol. Do not rely on its proofs about this policy, and please report it with the policy and these files.',
    ].join('\n'),
  );
}
