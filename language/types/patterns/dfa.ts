// The deterministic automaton over classes of code points, with as few states as there can be: all
// ways through the nondeterministic one followed at once, for all texts. Work is counted, so that a
// pattern that would take too much of it ends in a problem, in the same place on every machine.

import { type Alphabet, makeAlphabet } from './alphabet.ts';
import type { CodePoints } from './code-points.ts';
import type { Effort } from './effort.ts';
import { minimize } from './minimize.ts';
import { hasAssertion, type Nfa, pass, reach } from './nfa.ts';
import { refuse } from './problem.ts';

export interface Dfa {
  readonly alphabet: Alphabet;
  readonly start: number;
  /** State 0 accepts nothing from there on. */
  readonly accepting: readonly boolean[];
  /** A row a state, a column a class. */
  readonly next: Int32Array;
}

/** Before states are found to be the same. */
const stateLimit = 4_000;
const workLimit = 2_000_000;
/** A step here takes longer than one of those that make bytes of it. */
const effortPerWork = 3;

/** `length`: of the pattern's text. */
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
  readonly #lettersOf: ReadonlyMap<CodePoints, readonly number[]>;
  /** What lies ahead of a place, by class. */
  readonly #ahead: readonly number[];
  readonly #numbers = new Map<string, number>();
  readonly #states: State[] = [];
  #work = 0;

  constructor(nfa: Nfa, length: number, effort: Effort) {
    this.#effort = effort;
    this.#nfa = nfa;
    this.#length = length;
    const sets = nfa.nodes.flatMap((node) => (node.kind === 'set' ? [node.codePoints] : []));
    const { alphabet, lettersOf } = makeAlphabet([...nfa.places.splits, ...sets]);
    this.#alphabet = alphabet;
    this.#lettersOf = lettersOf;
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
    const asks = hasAssertion(this.#nfa, state.reached);
    for (const ahead of asks ? new Set(this.#ahead) : [undefined]) {
      const reading = ahead === undefined ? state.reached : this.#pass(state, ahead);
      for (const at of reading) {
        const node = this.#nfa.nodes[at];
        if (node?.kind !== 'set') continue;
        const letters = this.#lettersOf.get(node.codePoints) ?? [];
        this.#spend(letters.length);
        for (const letter of letters) {
          if (!asks || this.#ahead[letter] === ahead) targets[letter]?.push(node.to);
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

  /** What came before counts only where something asks for it. */
  #number(nodes: readonly number[], before: number): number {
    const reached = reach(this.#nfa, nodes);
    this.#spend(nodes.length + reached.length);
    const { remembers, start } = this.#nfa.places;
    const counts = reached.length > 0 && (remembers || hasAssertion(this.#nfa, reached));
    const state = { reached, before: counts ? before : start };
    const key = `${state.before} ${reached.join(' ')}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
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
