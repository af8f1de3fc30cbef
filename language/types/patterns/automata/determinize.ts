// Builds the minimal deterministic automaton over classes of code points from the nondeterministic one, by
// the subset construction. Work is counted, so that too expensive patterns are rejected, deterministically
// on every machine.

import { refuse } from '../problem.ts';
import type { CodePoints } from '../unicode/code-points.ts';
import { type Alphabet, makeAlphabet } from './alphabet.ts';
import type { Dfa } from './dfa.ts';
import type { Effort } from './effort.ts';
import { minimize } from './minimize.ts';
import { hasAssertion, type Nfa, pass, reach } from './nfa.ts';

/** The maximum number of states before minimization. */
const stateLimit = 4_000;

const workLimit = 2_000_000;

/** A step here takes longer than one in the conversion to bytes. */
const effortPerWork = 3;

/** Builds the automaton; `length` is the length of the pattern's text, for errors. */
export function determinize(nfa: Nfa, length: number, effort: Effort): Dfa {
  return minimize(new Determinizer(nfa, length, effort).run());
}

interface State {
  readonly reached: readonly number[];
  readonly before: number;
}

class Determinizer {
  readonly #nfa: Nfa;
  readonly #length: number;
  readonly #effort: Effort;
  readonly #alphabet: Alphabet;
  readonly #lettersBySet: ReadonlyMap<CodePoints, readonly number[]>;
  /** The lookahead value of each class. */
  readonly #ahead: readonly number[];
  readonly #numbers = new Map<string, number>();
  readonly #states: State[] = [];
  #work = 0;

  constructor(nfa: Nfa, length: number, effort: Effort) {
    this.#effort = effort;
    this.#nfa = nfa;
    this.#length = length;
    const sets = nfa.nodes.flatMap((node) => (node.kind === 'set' ? [node.codePoints] : []));
    const { alphabet, lettersBySet } = makeAlphabet([...nfa.places.splits, ...sets]);
    this.#alphabet = alphabet;
    this.#lettersBySet = lettersBySet;
    this.#ahead = alphabet.samples.map(nfa.places.ahead);
  }

  run(): Dfa {
    const { nodes, places, start } = this.#nfa;
    this.#number([], places.start);
    const first = this.#number([start], places.start);
    const accepting: boolean[] = [];
    const rows: (readonly number[])[] = [];
    for (const state of this.#states) {
      const atEnd = this.#pass(state, places.ahead(undefined));
      accepting.push(atEnd.some((at) => nodes[at]?.kind === 'end'));
      rows.push(this.#row(state));
    }
    return {
      alphabet: this.#alphabet,
      start: first,
      accepting,
      next: Int32Array.from(rows.flat()),
    };
  }

  #row(state: State): readonly number[] {
    const { size, samples } = this.#alphabet;
    const targets: number[][] = Array.from({ length: size }, () => []);
    this.#spend(size);
    const hasAssertions = hasAssertion(this.#nfa, state.reached);
    for (const ahead of hasAssertions ? new Set(this.#ahead) : [undefined]) {
      const reading = ahead === undefined ? state.reached : this.#pass(state, ahead);
      for (const at of reading) {
        const node = this.#nfa.nodes[at];
        if (node?.kind !== 'set') continue;
        const letters = this.#lettersBySet.get(node.codePoints) ?? [];
        this.#spend(letters.length);
        for (const letter of letters) {
          if (!hasAssertions || this.#ahead[letter] === ahead) targets[letter]?.push(node.to);
        }
      }
    }
    const known = new Map<string, number>();
    return targets.map((to, letter) => {
      const before = this.#nfa.places.after(state.before, samples[letter] ?? 0);
      const key = `${before} ${to.join(' ')}`;
      const number = known.get(key) ?? this.#number(to, before);
      known.set(key, number);
      return number;
    });
  }

  #pass({ reached, before }: State, ahead: number): readonly number[] {
    this.#spend(reached.length);
    return pass(this.#nfa, reached, before, ahead);
  }

  /** Returns the state for these nodes; `before` is part of the state only if it matters later. */
  #number(nodes: readonly number[], before: number): number {
    const reached = reach(this.#nfa, nodes);
    this.#spend(nodes.length + reached.length);
    const { remembers, start } = this.#nfa.places;
    const matters = reached.length > 0 && (remembers || hasAssertion(this.#nfa, reached));
    const state = { reached, before: matters ? before : start };
    const key = `${state.before} ${reached.join(' ')}`;
    const existingNumber = this.#numbers.get(key);
    if (existingNumber !== undefined) return existingNumber;
    const number = this.#states.push(state) - 1;
    if (number >= stateLimit) this.#refuse();
    this.#numbers.set(key, number);
    return number;
  }

  #spend(work: number): void {
    this.#work += work;
    this.#effort.spend(work * effortPerWork);
    if (this.#work > workLimit) this.#refuse();
  }

  #refuse(): never {
    const why = 'the pattern needs too many states';
    const help = 'limit the length with `length(x) <= 64` instead, or match in several conditions';
    return refuse('pattern-too-large', 0, this.#length, why, help);
  }
}
