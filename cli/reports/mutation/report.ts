// The results of mutation testing as data, and the interface of its output formats.

import type { PolicyModel } from '@nhipol/language/model';
import type { Mutant, MutantOutcome } from '@nhipol/testing/mutation';
import type { Console } from '../../io/console.ts';

export interface TriedMutant {
  readonly mutant: Mutant;
  readonly outcome: MutantOutcome;
  /** The source of the file without and with the mutation. */
  readonly before: string;
  readonly after: string;
}

export interface TriedPolicy {
  /** The path on the command line. */
  readonly path: string;
  readonly policy: PolicyModel;
  readonly mutants: readonly TriedMutant[];
}

/** Receives each policy and each mutant as it is tried. */
export interface MutationReport {
  readonly begin: (path: string) => Promise<void>;
  readonly tried: (policy: PolicyModel, mutant: TriedMutant) => Promise<void>;
  readonly end: (policies: readonly TriedPolicy[]) => Promise<void>;
}

export interface MutationReportOptions {
  readonly console: Console;
  /** Whether undecided and equivalent mutants are shown. */
  readonly all: boolean;
}
