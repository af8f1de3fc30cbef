// The order of inequalities of the same sum: `x <= 1` implies `x <= 2`. With its clauses, the value of one inequality gives
// those of the others by propagation, and not by a conflict for each pair.

import type { Inequality } from '../../formula/linear.ts';
import type { Lit } from './literals.ts';

/** The first literal implies the second one. */
export interface Implication {
  readonly lits: readonly [Lit, Lit];
  /** Whether it is about a node that not all proofs are about. */
  readonly isLocal: boolean;
}

/** The literal is true if the sum is at most the bound. */
interface Bounded {
  readonly sum: string;
  readonly bound: bigint;
  readonly lit: Lit;
}

export class Orders {
  readonly #isShared: (node: number) => boolean;
  /** The bounds of each node. */
  readonly #bounded: (Bounded | undefined)[] = [];
  /** The shared nodes in order, for each sum. */
  readonly #shared = new Map<string, readonly Bounded[]>();
  /** The shared nodes that are in it. */
  readonly #ordered = new Set<number>();

  constructor(isShared: (node: number) => boolean) {
    this.#isShared = isShared;
  }

  /** `node`: of a formula, which has one node for an inequality and for that of the opposite sum. */
  add(node: number, { terms, bound }: Inequality): void {
    const sum = terms.map(([variable, factor]) => `${factor} ${variable}`).join();
    this.#bounded[node] = { sum, bound, lit: 2 * node };
  }

  /** Orders nodes. Those of shared nodes are returned once, those of others each time. */
  order(nodes: readonly number[]): readonly Implication[] {
    const [shared, local] = [new Map<string, Bounded[]>(), new Map<string, Bounded[]>()];
    for (const node of nodes) {
      const bounded = this.#bounded[node];
      if (bounded === undefined || this.#ordered.has(node)) continue;
      const isShared = this.#isShared(node);
      if (isShared) this.#ordered.add(node);
      const bySum = isShared ? shared : local;
      const same = bySum.get(bounded.sum);
      if (same === undefined) bySum.set(bounded.sum, [bounded]);
      else same.push(bounded);
    }
    const implications: Implication[] = [];
    for (const [sum, added] of shared)
      this.#shared.set(sum, mergeOrders(this.#shared.get(sum) ?? [], added, implications, false));
    for (const [sum, added] of local)
      mergeOrders(this.#shared.get(sum) ?? [], added, implications, true);
    return implications;
  }
}

/** Inserts `added` into what is in order, and adds the implications between neighbors of which one is new. */
function mergeOrders(
  ordered: readonly Bounded[],
  added: Bounded[],
  implications: Implication[],
  isLocal: boolean,
): readonly Bounded[] {
  added.sort((a, b) => (a.bound < b.bound ? -1 : 1));
  const all: Bounded[] = [];
  let [i, previous, wasNew] = [0, undefined as Bounded | undefined, false];
  const append = (next: Bounded, isNew: boolean) => {
    if (previous !== undefined && (isNew || wasNew))
      implications.push({ lits: [previous.lit, next.lit], isLocal });
    all.push(next);
    [previous, wasNew] = [next, isNew];
  };
  for (const each of added) {
    for (; i < ordered.length && (ordered[i] as Bounded).bound < each.bound; i += 1)
      append(ordered[i] as Bounded, false);
    append(each, true);
  }
  for (; i < ordered.length; i += 1) append(ordered[i] as Bounded, false);
  return all;
}
