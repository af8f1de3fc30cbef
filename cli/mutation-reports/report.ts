// What mutation testing found out about a policy, as data: the formats show it.

import type { Policy } from '../../language/index.ts';
import type { Mutant } from '../../testing/mutate/mutants.ts';
import type { Outcome } from '../../testing/mutate/trial.ts';
import type { Console } from '../console.ts';

export interface TriedMutant {
  readonly mutant: Mutant;
  readonly outcome: Outcome;
  /** The text of its file, as it is and as the mutant has it. */
  readonly before: string;
  readonly after: string;
}

export interface TriedPolicy {
  /** As it was named. */
  readonly path: string;
  readonly policy: Policy;
  readonly mutants: readonly TriedMutant[];
}

/** Hears of each policy and each mutant as it is tried. */
export interface MutationReport {
  readonly begin: (path: string) => Promise<void>;
  readonly tried: (policy: Policy, mutant: TriedMutant) => Promise<void>;
  readonly end: (policies: readonly TriedPolicy[]) => Promise<void>;
}

export interface MutationReportOptions {
  readonly console: Console;
  /** Mutants that are undecided or equivalent are shown, too. */
  readonly all: boolean;
}
