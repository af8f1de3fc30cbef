// Whether a version of a policy may replace another one without a person: only if it is proved that it permits nothing
// more, for every request and every history.

import type { PolicyModel } from '@nhipol/language/model';
import { decideLoosening, isProvedEverywhere } from '@nhipol/proving';
import { createRandomNumbers } from '@nhipol/testing';
import { hasSameDeclarations, isSamePolicy } from '@nhipol/testing/diff';
import { isLooseningFound } from '@nhipol/testing/proofs';

/** The maximum number of conflicts of the search: calls wait while it runs. */
const effort = 20_000;

/** Other declarations mean other requests, which a proof is not about. */
export function mayBeLooser(before: PolicyModel, after: PolicyModel): boolean {
  if (!hasSameDeclarations(before, after)) return true;
  if (isSamePolicy(before, after)) return false;
  try {
    const verdict = decideLoosening(before, after, { effort, random: createRandomNumbers(1) });
    return !isProvedEverywhere(verdict) || isLooseningFound(before, after);
  } catch {
    return true;
  }
}
