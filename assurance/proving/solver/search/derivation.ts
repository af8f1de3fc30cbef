// The steps of a search with those from which each was derived, so that the certificate of a proof has only the steps
// that the proof needs.

import type { Certificate, Step } from '../../certificate/certificate.ts';

/** The number of a step, from 1. */
export type StepId = number;

/** The steps and definitions from which a step was derived. */
export interface DerivationSource {
  readonly steps: readonly StepId[];
  /** Whether the definition of a node was used that only some proofs are about. */
  readonly isLocal: boolean;
}

export class Derivation {
  readonly #steps: (Step | undefined)[] = [];
  readonly #antecedents: (readonly StepId[])[] = [];
  /** Whether a step depends on the nodes of one query, or on an exclusion that cannot be checked. */
  readonly #isLocal: boolean[] = [];

  /** Adds a step. Returns `undefined` if assignments were excluded without a reason that can be checked. */
  add(step: Step | undefined, { steps, isLocal }: DerivationSource): StepId {
    this.#steps.push(step);
    this.#antecedents.push(steps);
    const dependsOnLocal = steps.some((id) => this.isLocal(id));
    return this.#isLocal.push(isLocal || step === undefined || dependsOnLocal);
  }

  isLocal(id: StepId): boolean {
    return this.#isLocal[id - 1] as boolean;
  }

  /**
   * The steps in order with all those from which they were derived, first the lemmas, or `undefined` if they cannot be
   * checked.
   */
  certificate(last: readonly StepId[]): Certificate | undefined {
    const found = new Set<StepId>();
    const open = [...last];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (found.has(id)) continue;
      found.add(id);
      open.push(...(this.#antecedents[id - 1] as readonly StepId[]));
    }
    const steps = [...found].sort((a, b) => a - b).map((id) => this.#steps[id - 1]);
    if (!steps.every((step): step is Step => step !== undefined)) return undefined;
    const isLemma = ({ kind }: Step) => kind === 'lemma';
    return [...steps.filter(isLemma), ...steps.filter((step) => !isLemma(step))];
  }
}
