// Decides conjunctions of inequalities `x - y <= k` incrementally: a graph with an edge for each of them, and a
// potential for each variable that satisfies all (Cotton and Maler, 2006). A cycle of negative weight is a conflict.

import type { Inequality } from '../../formula/linear.ts';

/** `x - y <= bound`, as indices of variables; `zero` stands for the number 0. */
export interface NumberDifference {
  readonly x: number;
  readonly y: number;
  readonly bound: bigint;
}

const zero = -1;

/** Returns the inequality as a difference, or `undefined` if it is not one. */
export function toDifference({ terms, bound }: Inequality): NumberDifference | undefined {
  const [first, second, ...others] = terms;
  if (first === undefined || others.length > 0) return undefined;
  if (second === undefined) {
    if (first[1] === 1n) return { x: first[0], y: zero, bound };
    return first[1] === -1n ? { x: zero, y: first[0], bound } : undefined;
  }
  if (first[1] === 1n && second[1] === -1n) return { x: first[0], y: second[0], bound };
  if (first[1] === -1n && second[1] === 1n) return { x: second[0], y: first[0], bound };
  return undefined;
}

/** An edge for an asserted literal: the potential of `to` is at most that of `from` plus the weight. */
interface Edge {
  readonly from: number;
  readonly to: number;
  readonly weight: bigint;
  readonly literal: number;
}

export class Differences {
  readonly #nodes = new Map<number, number>([[zero, 0]]);
  readonly #potentials: bigint[] = [0n];
  readonly #outgoing: Edge[][] = [[]];
  readonly #asserted: Edge[] = [];
  /** The number of edges and potentials that were compared so far. */
  steps = 0;

  /** Returns the values of the variables in the present solution; undefined for one that does not occur. */
  values(): (variable: number) => bigint | undefined {
    const potentials = [...this.#potentials];
    return (variable) => {
      const potential = potentials[this.#nodes.get(variable) ?? potentials.length];
      return potential === undefined ? undefined : potential - (potentials[0] as bigint);
    };
  }

  /**
   * Asserts the difference for a literal. Returns the literals of a contradiction, with which the difference is not
   * asserted, or `undefined` if there is none.
   */
  assert({ x, y, bound }: NumberDifference, literal: number): readonly number[] | undefined {
    const edge: Edge = { from: this.#node(y), to: this.#node(x), weight: bound, literal };
    const cycle = this.#repair(edge);
    if (cycle !== undefined) return cycle;
    (this.#outgoing[edge.from] as Edge[]).push(edge);
    this.#asserted.push(edge);
    return undefined;
  }

  /** Removes the last asserted differences, so that `count` of them remain. */
  retract(count: number): void {
    while (this.#asserted.length > count) {
      const edge = this.#asserted.pop() as Edge;
      (this.#outgoing[edge.from] as Edge[]).pop();
    }
  }

  #node(variable: number): number {
    const existingNode = this.#nodes.get(variable);
    if (existingNode !== undefined) return existingNode;
    const node = this.#potentials.push(0n) - 1;
    this.#outgoing.push([]);
    this.#nodes.set(variable, node);
    return node;
  }

  /** Lowers potentials until the new edge holds as well; they remain unchanged if there is a cycle. */
  #repair(added: Edge): readonly number[] | undefined {
    const slack = this.#slack(added, this.#potential(added.from));
    if (slack >= 0n) return undefined;
    const lowered = new Map<number, bigint>();
    const open = new Map<number, { readonly by: bigint; readonly edge: Edge }>();
    const reached = new Map<number, Edge>();
    open.set(added.to, { by: slack, edge: added });
    while (open.size > 0) {
      this.steps += open.size;
      const [node, { by, edge }] = findLowest(open);
      open.delete(node);
      reached.set(node, edge);
      if (node === added.from) return traceCycle(added, reached);
      const potential = this.#potential(node) + by;
      lowered.set(node, potential);
      this.steps += (this.#outgoing[node] as readonly Edge[]).length;
      for (const next of this.#outgoing[node] as readonly Edge[]) {
        if (lowered.has(next.to)) continue;
        const change = this.#slack(next, potential);
        const known = open.get(next.to)?.by ?? 0n;
        if (change < known) open.set(next.to, { by: change, edge: next });
      }
    }
    for (const [node, potential] of lowered) this.#potentials[node] = potential;
    return undefined;
  }

  #potential(node: number): bigint {
    return this.#potentials[node] as bigint;
  }

  #slack({ to, weight }: Edge, potential: bigint): bigint {
    return potential + weight - this.#potential(to);
  }
}

function findLowest<Change extends { readonly by: bigint }>(
  open: ReadonlyMap<number, Change>,
): readonly [number, Change] {
  let best: readonly [number, Change] | undefined;
  for (const entry of open) if (best === undefined || entry[1].by < best[1].by) best = entry;
  return best as readonly [number, Change];
}

function traceCycle(added: Edge, reached: ReadonlyMap<number, Edge>): readonly number[] {
  const literals = [added.literal];
  for (let index = added.from; ; ) {
    const edge = reached.get(index) as Edge;
    if (edge === added) return literals;
    literals.push(edge.literal);
    index = edge.from;
  }
}
