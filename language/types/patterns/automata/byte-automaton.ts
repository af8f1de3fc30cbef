// Converts an automaton over classes of code points to one over bytes of UTF-8, which a module runs. States
// for continuation bytes are shared if they have the same targets, so a minimal automaton remains minimal.

import { refuse } from '../problem.ts';
import type { Alphabet } from './alphabet.ts';
import type { Dfa } from './dfa.ts';
import type { Effort } from './effort.ts';

export interface ByteAutomaton {
  readonly states: number;
  readonly start: number;
  /** The first accepting state: it and all later ones accept. State 0 is dead. */
  readonly firstAccepting: number;
  /** The column of each byte. */
  readonly columns: Uint8Array;
  readonly columnCount: number;
  /** The transitions: a row for each state, a column for each class of bytes. */
  readonly next: Uint16Array;
}

export const byteStateLimit = 2_000;

/** A class of code points (a number), or the code points with the same leading bytes. */
type Part = number | Block;

interface Block {
  readonly number: number;
  /** The parts by the next continuation byte. */
  readonly children: readonly Part[];
  /** The classes of the code points in the block. */
  readonly letters: readonly number[];
}

/** The part for bytes that encode no code point. */
const invalid = -1;
const dead = 0;

/** Converts `dfa`; `length` is the length of the pattern's text, for errors. */
export function toBytes(dfa: Dfa, length: number, effort: Effort): ByteAutomaton {
  const splitter = new Splitter(dfa, length, effort);
  const rows = splitter.rows();
  return pack(rows, splitter.sameLeads, dfa.start, (state) => dfa.accepting[state] === true);
}

class Splitter {
  readonly #dfa: Dfa;
  readonly #length: number;
  readonly #effort: Effort;
  /** The transitions by byte: first the states of `dfa`, then those within a code point. */
  readonly #rows: Uint16Array[] = [];
  readonly #leads: readonly Part[];
  readonly #byLetters = new Map<string, number>();
  readonly #byTargets = new Map<string, number>();

  constructor(dfa: Dfa, length: number, effort: Effort) {
    this.#dfa = dfa;
    this.#length = length;
    this.#effort = effort;
    this.#leads = new Blocks(dfa.alphabet, effort).byLead();
  }

  /** For each byte, the first byte with the same target from every state of `dfa`. */
  get sameLeads(): readonly number[] {
    const first = new Map<Part, number>();
    return this.#leads.map((part, byte) => {
      const same = first.get(part) ?? byte;
      first.set(part, same);
      return same;
    });
  }

  rows(): readonly Uint16Array[] {
    const { sameLeads } = this;
    const leads = this.#leads;
    for (const _ of this.#dfa.accepting) this.#add(new Uint16Array(256));
    for (const state of this.#dfa.accepting.keys()) {
      const row = this.#rows[state] as Uint16Array;
      for (let byte = 0; byte < 256; byte += 1) {
        const same = sameLeads[byte] as number;
        row[byte] = same < byte ? (row[same] ?? dead) : this.#target(leads[byte] as Part, state);
      }
    }
    return this.#rows;
  }

  #add(row: Uint16Array): number {
    if (this.#rows.length >= byteStateLimit) {
      const why = `the pattern needs more than ${byteStateLimit} states`;
      const help =
        'limit the length with `length(x) <= 64` instead, or match in several conditions';
      refuse('pattern-too-large', 0, this.#length, why, help);
    }
    this.#effort.spend(row.length);
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
    const made = this.#continuationState(part.children.map((child) => this.#target(child, state)));
    this.#byLetters.set(key, made);
    return made;
  }

  /** The state with these targets for the continuation bytes. */
  #continuationState(targets: readonly number[]): number {
    if (targets.every((target) => target === dead)) return dead;
    const key = targets.join(' ');
    const known = this.#byTargets.get(key);
    if (known !== undefined) return known;
    const row = new Uint16Array(256);
    row.set(targets, 0x80);
    const made = this.#add(row);
    this.#byTargets.set(key, made);
    return made;
  }
}

/** Builds the parts for the leading bytes. Blocks of one class are shared; code points are looked up in order. */
class Blocks {
  readonly #segments: Alphabet['segments'];
  /** The index of the first segment that can contain a later code point. */
  #at = 0;
  readonly #uniform = new Map<string, Block>();
  readonly #effort: Effort;
  #blocks = 0;

  constructor({ segments }: Alphabet, effort: Effort) {
    this.#segments = segments;
    this.#effort = effort;
  }

  byLead(): readonly Part[] {
    return Array.from({ length: 256 }, (_, lead) => {
      if (lead < 0x80) return this.#findLetter(lead, lead) ?? invalid;
      if (lead >= 0xc2 && lead < 0xe0) return this.#block((lead & 0x1f) << 6, 6, 0x80);
      if (lead >= 0xe0 && lead < 0xf0) return this.#block((lead & 0x0f) << 12, 12, 0x800);
      if (lead >= 0xf0 && lead < 0xf5) return this.#block((lead & 0x07) << 18, 18, 0x10000);
      return invalid;
    });
  }

  /** The block of code points that differ from `first` in the last `bits`; those below `min` have shorter encodings. */
  #block(first: number, bits: number, min: number): Part {
    const last = first + (1 << bits) - 1;
    if (last < min) return invalid;
    const letter = first < min ? undefined : this.#findLetter(first, last);
    if (bits === 0 || letter === invalid) return letter ?? invalid;
    if (letter !== undefined) return this.#uniformBlock(letter, bits);
    this.#effort.spend(64);
    const size = 1 << (bits - 6);
    const children: Part[] = [];
    const letters = new Set<number>();
    for (let index = 0; index < 64; index += 1) {
      const child = this.#block(first + index * size, bits - 6, min);
      children.push(child);
      if (typeof child !== 'number') for (const each of child.letters) letters.add(each);
      else if (child !== invalid) letters.add(child);
    }
    return this.#create({ children, letters: [...letters] });
  }

  /** A block of code points of one class. */
  #uniformBlock(letter: number, bits: number): Part {
    if (bits === 0) return letter;
    const key = `${letter} ${bits}`;
    const existingBlock = this.#uniform.get(key);
    if (existingBlock !== undefined) return existingBlock;
    const children = new Array<Part>(64).fill(this.#uniformBlock(letter, bits - 6));
    const block = this.#create({ children, letters: [letter] });
    this.#uniform.set(key, block);
    return block;
  }

  #create(block: Omit<Block, 'number'>): Block {
    this.#blocks += 1;
    return { number: this.#blocks, ...block };
  }

  /** The class of a range of code points, or `undefined` if it has several. */
  #findLetter(first: number, last: number): number | undefined {
    while ((this.#segments[this.#at]?.last ?? Infinity) < first) this.#at += 1;
    const segment = this.#segments[this.#at];
    if (segment === undefined || segment.first > last) return invalid;
    return segment.first <= first && last <= segment.last ? segment.letter : undefined;
  }
}

/** Moves accepting states to the end and merges equal columns. */
function pack(
  rows: readonly Uint16Array[],
  sameLeads: readonly number[],
  start: number,
  accepts: (state: number) => boolean,
): ByteAutomaton {
  const states = [...rows.keys()];
  const order = [...states.filter((state) => !accepts(state)), ...states.filter(accepts)];
  const numbers = new Uint16Array(order.length);
  for (const [number, state] of order.entries()) numbers[state] = number;
  const [columns, columnCount] = assignColumns(rows, sameLeads);
  const bytes = Array.from({ length: columnCount }, (_, column) => columns.indexOf(column));
  const next = new Uint16Array(order.length * columnCount);
  for (const [number, state] of order.entries()) {
    const row = rows[state] as Uint16Array;
    for (let column = 0; column < columnCount; column += 1) {
      next[number * columnCount + column] = numbers[row[bytes[column] as number] as number] ?? dead;
    }
  }
  return {
    states: order.length,
    start: numbers[start] ?? dead,
    firstAccepting: states.filter((state) => !accepts(state)).length,
    columns,
    columnCount,
    next,
  };
}

const firstContinuation = 0x80;
const lastContinuation = 0xbf;

/** Assigns one column to bytes with the same target from every state, numbered in order of their first byte. */
function assignColumns(
  rows: readonly Uint16Array[],
  sameLeads: readonly number[],
): [Uint8Array, number] {
  const columns = new Uint8Array(256);
  const byHash = new Map<number, number[]>();
  let count = 0;
  for (let byte = 0; byte < 256; byte += 1) {
    const same = sameLeads[byte] as number;
    const continues = byte >= firstContinuation && byte <= lastContinuation;
    // Within a code point, all bytes except continuation bytes lead to the dead state.
    if (same < byte && !continues && !(same >= firstContinuation && same <= lastContinuation)) {
      columns[byte] = columns[same] as number;
      continue;
    }
    const hash = hashColumn(rows, byte);
    const alike = byHash.get(hash) ?? [];
    const known = alike.find((other) => rows.every((row) => row[other] === row[byte]));
    if (known === undefined) byHash.set(hash, [...alike, byte]);
    columns[byte] = known === undefined ? count : (columns[known] as number);
    if (known === undefined) count += 1;
  }
  return [columns, count];
}

function hashColumn(rows: readonly Uint16Array[], byte: number): number {
  let hash = 0;
  for (const row of rows) hash = Math.imul(hash, 31) + (row[byte] as number);
  return hash | 0;
}
