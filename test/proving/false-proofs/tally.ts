// Counts the evaluations for each claim that is called proved, and those that nearly violate it, and notes the first
// violation.

import type { DifferenceKind } from '@nhipol/proving';
import { differenceKinds } from '../../../assurance/proving/claims/compare.ts';
import { distance, type Written } from './claims.ts';
import type { Evaluated } from './observe.ts';
import type { Proofs } from './proofs.ts';
import type { WrittenPolicy } from './written.ts';

export interface Violation {
  /** The claim, or that the engines agree. */
  readonly claim: string;
  readonly policy: string;
  /** A request, two requests, or a session. */
  readonly shown: string;
}

interface Searched {
  evaluations: number;
  near: number;
}

export class Tally {
  readonly #written: WrittenPolicy;
  readonly #proofs: Proofs;
  readonly #own: readonly (readonly [claim: Written, searched: Searched])[];
  readonly #others = new Map<string, Searched>();
  #violation: Violation | undefined;

  constructor(written: WrittenPolicy, proofs: Proofs) {
    this.#written = written;
    this.#proofs = proofs;
    this.#own = written.claims
      .filter(({ name }) => proofs.own.has(name))
      .map((claim) => [claim, { evaluations: 0, near: 0 }] as const);
    for (const name of [...proofs.changes, ...proofs.differences])
      this.#others.set(name, { evaluations: 0, near: 0 });
  }

  get violation(): Violation | undefined {
    return this.#violation;
  }

  note(claim: string, shown: string): void {
    this.#violation ??= { claim, policy: this.#written.text, shown };
  }

  /** Counts a request for all claims about one; the name of a claim that it violates. */
  count({ answer, truth }: Evaluated): string | undefined {
    let violated: string | undefined;
    for (const [claim, searched] of this.#own) {
      searched.evaluations += 1;
      const own = distance(claim, answer.effect, truth);
      if (own === 1) searched.near += 1;
      if (own === 0) violated ??= claim.name;
    }
    return violated;
  }

  /** Counts a session for all claims; the name of a claim that one of its decisions violates. */
  countSession(decisions: readonly Evaluated[]): string | undefined {
    let violated: string | undefined;
    for (const [claim, searched] of this.#own) {
      const own = decisions.map(({ answer, truth }) => distance(claim, answer.effect, truth));
      searched.evaluations += 1;
      if (own.includes(1)) searched.near += 1;
      if (own.includes(0)) violated ??= claim.name;
    }
    return violated;
  }

  /** The number of pairs for the claim about changes that has the fewest. */
  get fewestPairs(): number {
    return Math.min(...[...this.#proofs.changes].map((name) => this.countPairs(name)));
  }

  countPairs(claim: string): number {
    return this.#others.get(claim)?.evaluations ?? 0;
  }

  /** Counts a request for all claims about two versions. */
  countDifference(found: DifferenceKind | undefined): void {
    for (const kind of differenceKinds) this.#countOther(kind, found !== undefined);
  }

  countPair(claim: string, isOther: boolean): void {
    this.#countOther(claim, isOther);
  }

  #countOther(name: string, isNear: boolean): void {
    const searched = this.#others.get(name);
    if (searched === undefined) return;
    searched.evaluations += 1;
    if (isNear) searched.near += 1;
  }

  /** Adds what was counted to the counts of the claims. One with fewer evaluations does not count as proved. */
  finish(wanted: number): void {
    const { counts } = this.#proofs;
    const all = [...this.#own.map(([, each]) => each), ...this.#others.values()];
    for (const { evaluations, near } of all) {
      if (evaluations < wanted) {
        counts.proved -= 1;
        counts.unsearched += 1;
        continue;
      }
      counts.evaluations += evaluations;
      counts.near += near;
      if (near === 0) counts.farAway += 1;
    }
  }
}
