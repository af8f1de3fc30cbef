// Which literal a search assumes next: the node with the highest activity in recent conflicts (Moskewicz et al., 2001),
// with the value that it had last.

import { Heap } from './heap.ts';
import type { Lit } from './literals.ts';

export class Branching {
  readonly #heap = new Heap();
  #phases = new Int8Array(0);
  #increment = 1;

  /** Makes room for nodes below `count`. */
  grow(count: number): void {
    if (count <= this.#phases.length) return;
    const before = this.#phases;
    this.#phases = new Int8Array(2 * count).fill(-1);
    this.#phases.set(before);
    this.#heap.grow(2 * count);
  }

  /** Makes a node a candidate. */
  insert(node: number): void {
    this.#heap.insert(node);
  }

  /** Removes the best candidate and returns its literal, or `undefined` if there is none. */
  next(): Lit | undefined {
    const node = this.#heap.pop();
    if (node === undefined) return undefined;
    return (this.#phases[node] as number) > 0 ? 2 * node : 2 * node + 1;
  }

  /** Notes the value of a literal that is no longer assigned, and makes its node a candidate. */
  release(lit: Lit): void {
    this.#phases[lit >> 1] = (lit & 1) === 0 ? 1 : -1;
    this.#heap.insert(lit >> 1);
  }

  /** Notes that a node was part of a conflict. */
  bump(node: number): void {
    if (this.#heap.raise(node, this.#increment) > maxActivity) {
      this.#heap.scale(1 / maxActivity);
      this.#increment /= maxActivity;
    }
  }

  /** Reduces the weight of all conflicts so far. */
  decay(): void {
    this.#increment *= activityGrowth;
  }

  /** Chooses order and values of nodes at random. */
  shuffle(nodes: Iterable<number>, random: () => number): void {
    this.#increment = 1;
    for (const node of nodes) {
      this.#heap.setActivity(node, random());
      this.#phases[node] = random() < 0.5 ? 1 : -1;
    }
  }
}

const activityGrowth = 1.05;
const maxActivity = 1e100;
