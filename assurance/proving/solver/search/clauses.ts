// The clauses of a search in one array, and for each literal the clauses that watch it. The first two literals of a
// clause are watched, so that a clause is visited only when one of them becomes false (Moskewicz et al., 2001).

import type { Lit } from './literals.ts';

/** The place of a clause in the array. */
export type ClauseRef = number;

/** The clause of assignments without a reason. */
export const noClause: ClauseRef = 0;

/** Before the literals of a clause: their number, the origin, and where the last search for a watch ended. */
const header = 3;

export class Clauses {
  #data = new Int32Array(1 << 16);
  #end = header;
  /** For each literal, pairs: another literal of the clause, and its place; negative if it has only these two. */
  readonly #watches: number[][] = [];

  get data(): Int32Array {
    return this.#data;
  }

  /** Where the literals of a clause begin. */
  start(ref: ClauseRef): number {
    return ref + header;
  }

  /** Where the literals of a clause end. */
  end(ref: ClauseRef): number {
    return ref + header + (this.#data[ref] as number);
  }

  /** The step that derived the clause, or the negative number of the node that it defines; 0 for `noClause`. */
  origin(ref: ClauseRef): number {
    return this.#data[ref + 1] as number;
  }

  watching(lit: Lit): number[] {
    return this.#watches[lit] as number[];
  }

  /** Makes room for literals below `count`. */
  grow(count: number): void {
    while (this.#watches.length < count) this.#watches.push([]);
  }

  /** Adds a clause to the search, if it has two literals. */
  add(lits: readonly Lit[], origin: number): ClauseRef {
    const ref = this.store(lits, origin);
    if (lits.length > 1) this.#watch(ref, lits[0] as Lit, lits[1] as Lit, lits.length);
    return ref;
  }

  /** Stores a clause that is not part of the search. */
  store(lits: readonly Lit[], origin: number): ClauseRef {
    const ref = this.#end;
    const size = lits.length;
    if (ref + header + size > this.#data.length) {
      const larger = new Int32Array(2 * (ref + header + size));
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data[ref] = size;
    this.#data[ref + 1] = origin;
    this.#data[ref + 2] = 2;
    for (let i = 0; i < size; i += 1) this.#data[ref + header + i] = lits[i] as Lit;
    this.#end = ref + header + size;
    return ref;
  }

  #watch(ref: ClauseRef, first: Lit, second: Lit, size: number): void {
    const tagged = size === 2 ? -ref : ref;
    this.watching(first).push(second, tagged);
    this.watching(second).push(first, tagged);
  }

  /**
   * Watches another literal instead of the second one, if one is not false. The search continues where the last one
   * ended, so that all searches in a large clause take linear time.
   */
  moveWatch(ref: ClauseRef, values: Int8Array): boolean {
    const data = this.#data;
    const size = data[ref] as number;
    const start = ref + header;
    const from = data[ref + 2] as number;
    for (let turn = 2; turn < size; turn += 1) {
      const k = from + turn - 2 < size ? from + turn - 2 : from + turn - size;
      const lit = data[start + k] as Lit;
      if ((values[lit] as number) < 0) continue;
      data[start + k] = data[start + 1] as Lit;
      data[start + 1] = lit;
      data[ref + 2] = k;
      (this.#watches[lit] as number[]).push(data[start] as Lit, ref);
      return true;
    }
    return false;
  }

  /** Removes clauses from the search. */
  remove(refs: ReadonlySet<ClauseRef>): void {
    if (refs.size === 0) return;
    for (const watching of this.#watches) {
      let kept = 0;
      for (let i = 0; i < watching.length; i += 2) {
        if (refs.has(Math.abs(watching[i + 1] as number))) continue;
        watching[kept] = watching[i] as number;
        watching[kept + 1] = watching[i + 1] as number;
        kept += 2;
      }
      watching.length = kept;
    }
  }
}
