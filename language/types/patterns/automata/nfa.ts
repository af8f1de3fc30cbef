// Builds a nondeterministic automaton over code points from the tree of a pattern (Thompson's construction),
// and defines which nodes are reachable at a position. accepts.ts (for one text) and dfa.ts (for all texts)
// use the same functions.

import { refuse } from '../problem.ts';
import type { Assertion, PatternTree } from '../tree.ts';
import type { CodePoints } from '../unicode/code-points.ts';
import type { PositionContext } from './places.ts';

type NfaNode =
  | { readonly kind: 'set'; readonly codePoints: CodePoints; readonly to: number }
  | { readonly kind: 'assert'; readonly assertion: Assertion; readonly to: number }
  | { readonly kind: 'split'; readonly to: readonly number[] }
  | { readonly kind: 'end' };

export interface Nfa {
  readonly nodes: readonly NfaNode[];
  readonly start: number;
  readonly places: PositionContext;
}

const nodeLimit = 10_000;

/** Builds the automaton; `length` is the length of the pattern's text, for errors. */
export function buildNfa(tree: PatternTree, places: PositionContext, length: number): Nfa {
  const builder = new Builder(length);
  const start = builder.build(tree, builder.add({ kind: 'end' }));
  return { nodes: builder.nodes, start, places };
}

class Builder {
  readonly nodes: NfaNode[] = [];
  readonly #length: number;

  constructor(length: number) {
    this.#length = length;
  }

  add(node: NfaNode): number {
    if (this.nodes.length >= nodeLimit) {
      const why = `the pattern has more than ${nodeLimit} parts with its repetitions expanded`;
      refuse('pattern-too-large', 0, this.#length, why);
    }
    return this.nodes.push(node) - 1;
  }

  /** Adds the nodes of `tree` before the node `to`; returns the first one. */
  build(tree: PatternTree, to: number): number {
    switch (tree.kind) {
      case 'set':
        return this.add({ kind: 'set', codePoints: tree.codePoints, to });
      case 'assert':
        return this.add({ kind: 'assert', assertion: tree.assertion, to });
      case 'sequence':
        return tree.parts.reduceRight((next, part) => this.build(part, next), to);
      case 'choice':
        return this.add({
          kind: 'split',
          to: tree.choices.map((choice) => this.build(choice, to)),
        });
      case 'repeat':
        return this.#repeat(tree.part, tree.min, tree.max, to);
    }
  }

  #repeat(part: PatternTree, min: number, max: number | undefined, to: number): number {
    let next = max === undefined ? this.#loop(part, to) : to;
    for (let left = (max ?? min) - min; left > 0; left -= 1) {
      next = this.add({ kind: 'split', to: [this.build(part, next), to] });
    }
    for (let left = min; left > 0; left -= 1) next = this.build(part, next);
    return next;
  }

  #loop(part: PatternTree, to: number): number {
    const ways = [to];
    const loop = this.add({ kind: 'split', to: ways });
    ways.push(this.build(part, loop));
    return loop;
  }
}

/** The nodes that read, end or assert and are reachable without reading; each once, in order. */
export function reach(nfa: Nfa, from: readonly number[]): readonly number[] {
  return walk(nfa, from, undefined);
}

/** The nodes that read or end and are reachable at a position with these values before and ahead of it. */
export function pass(
  nfa: Nfa,
  from: readonly number[],
  before: number,
  ahead: number,
): readonly number[] {
  return walk(nfa, from, (assertion) => nfa.places.holds(assertion, before, ahead));
}

function walk(
  { nodes }: Nfa,
  from: readonly number[],
  holds: ((assertion: Assertion) => boolean) | undefined,
): readonly number[] {
  const seen = new Set<number>();
  const open = [...from];
  const reached: number[] = [];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (seen.has(index)) continue;
    seen.add(index);
    const node = nodes[index];
    if (node?.kind === 'split') open.push(...node.to);
    else if (node?.kind !== 'assert' || holds === undefined) reached.push(index);
    else if (holds(node.assertion)) open.push(node.to);
  }
  return reached.sort((a, b) => a - b);
}

export function hasAssertion({ nodes }: Nfa, reached: readonly number[]): boolean {
  return reached.some((at) => nodes[at]?.kind === 'assert');
}
