// Minimizes a deterministic automaton by Hopcroft's algorithm, which splits sets of states until no letter
// distinguishes two states of a set. State 0 remains the dead state; the others are numbered in the order in
// which they are reached.

import type { Dfa } from './dfa.ts';

export function minimize(dfa: Dfa): Dfa {
  const blocks = new Partition(dfa).refine();
  return renumber(dfa, blocks);
}

class Partition {
  readonly #letters: number;
  /** For each letter and state, the start of its predecessors in `#sources`. */
  readonly #sourceStart: Int32Array;
  readonly #sources: Int32Array;
  /** The states, ordered by block; `#position` is the inverse. */
  readonly #order: Int32Array;
  readonly #position: Int32Array;
  readonly #blocks: Int32Array;
  readonly #first: number[] = [];
  readonly #size: number[] = [];
  readonly #marked: number[] = [];
  readonly #open: number[] = [];
  readonly #isOpen: boolean[] = [];

  constructor({ accepting, next, alphabet }: Dfa) {
    const states = accepting.length;
    this.#letters = alphabet.size;
    [this.#sourceStart, this.#sources] = indexSources(next, states, alphabet.size);
    const all = accepting.map((_, state) => state);
    this.#order = Int32Array.from(
      [false, true].flatMap((accepts) => all.filter((state) => accepting[state] === accepts)),
    );
    this.#position = new Int32Array(states);
    this.#order.forEach((state, index) => {
      this.#position[state] = index;
    });
    this.#blocks = new Int32Array(states);
    const refusing = accepting.filter((accepts) => !accepts).length;
    this.#addBlock(0, refusing);
    if (refusing < states) this.#addBlock(refusing, states - refusing);
  }

  /** Returns the block of each state. */
  refine(): Int32Array {
    for (let block = this.#open.pop(); block !== undefined; block = this.#open.pop()) {
      this.#isOpen[block] = false;
      const first = this.#first[block] ?? 0;
      const members = this.#order.slice(first, first + (this.#size[block] ?? 0));
      for (let letter = 0; letter < this.#letters; letter += 1) {
        for (const touched of this.#mark(members, letter)) this.#split(touched);
      }
    }
    return this.#blocks;
  }

  #addBlock(first: number, size: number): number {
    const block = this.#first.push(first) - 1;
    this.#size.push(size);
    this.#marked.push(0);
    for (let index = first; index < first + size; index += 1)
      this.#blocks[this.#order[index] ?? 0] = block;
    this.#push(block);
    return block;
  }

  #push(block: number): void {
    if (this.#isOpen[block]) return;
    this.#isOpen[block] = true;
    this.#open.push(block);
  }

  /** Moves the predecessors of `members` by a letter to the front of their blocks; returns these blocks. */
  #mark(members: Int32Array, letter: number): readonly number[] {
    const touched: number[] = [];
    const states = this.#order.length;
    for (const member of members) {
      const at = letter * states + member;
      const end = this.#sourceStart[at + 1] ?? 0;
      for (let from = this.#sourceStart[at] ?? 0; from < end; from += 1) {
        const source = this.#sources[from] ?? 0;
        const block = this.#blocks[source] ?? 0;
        const marked = this.#marked[block] ?? 0;
        if (marked === 0) touched.push(block);
        this.#swap(source, (this.#first[block] ?? 0) + marked);
        this.#marked[block] = marked + 1;
      }
    }
    return touched;
  }

  #swap(state: number, to: number): void {
    const from = this.#position[state] ?? 0;
    const other = this.#order[to] ?? 0;
    this.#order[to] = state;
    this.#order[from] = other;
    this.#position[state] = to;
    this.#position[other] = from;
  }

  #split(block: number): void {
    const marked = this.#marked[block] ?? 0;
    const size = this.#size[block] ?? 0;
    this.#marked[block] = 0;
    if (marked === size) return;
    const first = this.#first[block] ?? 0;
    // The smaller part becomes a new block; only its predecessors must be processed again.
    const smallerFirst = marked <= size - marked ? first : first + marked;
    if (smallerFirst === first) this.#first[block] = first + marked;
    const smaller = Math.min(marked, size - marked);
    this.#size[block] = size - smaller;
    this.#addBlock(smallerFirst, smaller);
  }
}

function indexSources(next: Int32Array, states: number, letters: number): [Int32Array, Int32Array] {
  const start = new Int32Array(states * letters + 1);
  const slot = (state: number, letter: number) =>
    letter * states + (next[state * letters + letter] ?? 0);
  const count = (at: number) => {
    start[at] = (start[at] ?? 0) + 1;
  };
  for (let state = 0; state < states; state += 1) {
    for (let letter = 0; letter < letters; letter += 1) count(slot(state, letter) + 1);
  }
  for (let index = 1; index < start.length; index += 1)
    start[index] = (start[index] ?? 0) + (start[index - 1] ?? 0);
  const free = start.slice();
  const found = new Int32Array(states * letters);
  for (let state = 0; state < states; state += 1) {
    for (let letter = 0; letter < letters; letter += 1) {
      const at = slot(state, letter);
      const place = free[at] ?? 0;
      found[place] = state;
      free[at] = place + 1;
    }
  }
  return [start, found];
}

function renumber({ alphabet, start, accepting, next }: Dfa, blocks: Int32Array): Dfa {
  const { size } = alphabet;
  const numbers = new Map<number, number>();
  const members: number[] = [];
  const assignNumber = (state: number): number => {
    const block = blocks[state] ?? 0;
    const existingNumber = numbers.get(block);
    if (existingNumber !== undefined) return existingNumber;
    numbers.set(block, members.length);
    return members.push(state) - 1;
  };
  assignNumber(0);
  const first = assignNumber(start);
  const rows: number[] = [];
  for (const member of members) {
    for (let letter = 0; letter < size; letter += 1) {
      rows.push(assignNumber(next[member * size + letter] ?? 0));
    }
  }
  return {
    alphabet,
    start: first,
    accepting: members.map((member) => accepting[member] === true),
    next: Int32Array.from(rows),
  };
}
