// From classes of code points to bytes of UTF-8: the automaton that a module runs. What the bytes
// behind a leading byte lead to is written once for each way in which it differs, so an automaton
// with the fewest states stays one.

import type { Alphabet } from './alphabet.ts';
import type { Dfa } from './dfa.ts';
import { refuse } from './problem.ts';

export interface ByteAutomaton {
  readonly states: number;
  readonly start: number;
  /** State 0 accepts nothing from there on; these and all above accept here. */
  readonly firstAccepting: number;
  /** The column of each byte. */
  readonly columns: Uint8Array;
  readonly columnCount: number;
  /** A row a state. */
  readonly next: Uint16Array;
}

export const byteStateLimit = 2_000;

/** A class of code points (a number), or the code points behind the same leading bytes. */
type Part = number | Block;

interface Block {
  readonly number: number;
  /** By continuation byte. */
  readonly children: readonly Part[];
  /** The classes in it. */
  readonly letters: readonly number[];
}

/** No code point is written so. */
const invalid = -1;
const dead = 0;

/** `length`: of the pattern's text. */
export function toBytes(dfa: Dfa, length: number): ByteAutomaton {
  const rows = new Splitter(dfa, length).rows();
  return pack(rows, dfa.start, (state) => dfa.accepting[state] === true);
}

class Splitter {
  readonly #dfa: Dfa;
  readonly #length: number;
  /** The states by bytes: those of `dfa` first, then those within a code point. */
  readonly #rows: number[][] = [];
  readonly #byLetters = new Map<string, number>();
  readonly #byTargets = new Map<string, number>();

  constructor(dfa: Dfa, length: number) {
    this.#dfa = dfa;
    this.#length = length;
  }

  rows(): readonly (readonly number[])[] {
    const leads = new Blocks(this.#dfa.alphabet).byLead();
    for (const _ of this.#dfa.accepting) this.#add([]);
    for (const state of this.#dfa.accepting.keys()) {
      this.#rows[state] = leads.map((lead) => this.#target(lead, state));
    }
    return this.#rows;
  }

  #add(row: number[]): number {
    if (this.#rows.length >= byteStateLimit) {
      const why = `the pattern needs more than ${byteStateLimit} states`;
      const help =
        'bound the length with `length(x) <= 64` instead, or match in several conditions';
      refuse('pattern-too-large', 0, this.#length, why, help);
    }
    return this.#rows.push(row) - 1;
  }

  #target(part: Part, state: number): number {
    if (part === invalid) return dead;
    const { next, alphabet } = this.#dfa;
    const to = (letter: number) => next[state * alphabet.size + letter] ?? dead;
    if (typeof part === 'number') return to(part);
    const key = `${part.number} ${part.letters.map(to).join(' ')}`;
    const known = this.#byLetters.get(key);
    if (known !== undefined) return known;
    const made = this.#within(part.children.map((child) => this.#target(child, state)));
    this.#byLetters.set(key, made);
    return made;
  }

  /** The state that leads to these by continuation byte. */
  #within(targets: readonly number[]): number {
    if (targets.every((target) => target === dead)) return dead;
    const key = targets.join(' ');
    const known = this.#byTargets.get(key);
    if (known !== undefined) return known;
    const row = new Array<number>(256).fill(dead);
    row.splice(0x80, 0x40, ...targets);
    const made = this.#add(row);
    this.#byTargets.set(key, made);
    return made;
  }
}

/** The alphabet by bytes; blocks of one class are made once. */
class Blocks {
  readonly #segments: Alphabet['segments'];
  readonly #uniform = new Map<string, Block>();
  #made = 0;

  constructor({ segments }: Alphabet) {
    this.#segments = segments;
  }

  byLead(): readonly Part[] {
    return Array.from({ length: 256 }, (_, lead) => {
      if (lead < 0x80) return this.#letterOf(lead, lead) ?? invalid;
      if (lead >= 0xc2 && lead < 0xe0) return this.#block((lead & 0x1f) << 6, 6, 0x80);
      if (lead >= 0xe0 && lead < 0xf0) return this.#block((lead & 0x0f) << 12, 12, 0x800);
      if (lead >= 0xf0 && lead < 0xf5) return this.#block((lead & 0x07) << 18, 18, 0x10000);
      return invalid;
    });
  }

  /** The code points from `first` on that differ in their last `bits`; those below `least` are written shorter. */
  #block(first: number, bits: number, least: number): Part {
    const last = first + (1 << bits) - 1;
    if (last < least) return invalid;
    const letter = first < least ? undefined : this.#letterOf(first, last);
    if (bits === 0 || letter === invalid) return letter ?? invalid;
    const key = `${letter} ${bits}`;
    const known = letter === undefined ? undefined : this.#uniform.get(key);
    if (known !== undefined) return known;
    const size = 1 << (bits - 6);
    const children = Array.from({ length: 64 }, (_, at) =>
      this.#block(first + at * size, bits - 6, least),
    );
    const letters = children.flatMap((child) =>
      typeof child === 'number' ? (child === invalid ? [] : [child]) : child.letters,
    );
    const block = { number: this.#made, children, letters: [...new Set(letters)] };
    this.#made += 1;
    if (letter !== undefined) this.#uniform.set(key, block);
    return block;
  }

  /** The class of all of these; undefined: they have several. */
  #letterOf(first: number, last: number): number | undefined {
    let [low, high] = [0, this.#segments.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#segments[middle]?.last ?? 0) < first) low = middle + 1;
      else high = middle;
    }
    const segment = this.#segments[low];
    if (segment === undefined || segment.first > last) return invalid;
    return segment.first <= first && last <= segment.last ? segment.letter : undefined;
  }
}

/** Accepting states to the end, equal columns into one. */
function pack(
  rows: readonly (readonly number[])[],
  start: number,
  accepts: (state: number) => boolean,
): ByteAutomaton {
  const states = [...rows.keys()];
  const order = [...states.filter((state) => !accepts(state)), ...states.filter(accepts)];
  const numbers = new Map(order.map((state, number) => [state, number]));
  const [columns, columnCount] = columnsOf(rows);
  const next = new Uint16Array(order.length * columnCount);
  for (const [number, state] of order.entries()) {
    for (const [byte, column] of columns.entries()) {
      next[number * columnCount + column] = numbers.get(rows[state]?.[byte] ?? dead) ?? dead;
    }
  }
  return {
    states: order.length,
    start: numbers.get(start) ?? dead,
    firstAccepting: states.filter((state) => !accepts(state)).length,
    columns,
    columnCount,
    next,
  };
}

function columnsOf(rows: readonly (readonly number[])[]): [Uint8Array, number] {
  let columns = new Array<number>(256).fill(0);
  let count = 1;
  for (const row of rows) {
    const split = new Map<number, number>();
    columns = columns.map((column, byte) => {
      const key = column * byteStateLimit + (row[byte] ?? dead);
      const known = split.get(key) ?? split.size;
      split.set(key, known);
      return known;
    });
    count = split.size;
  }
  return [Uint8Array.from(columns), count];
}
