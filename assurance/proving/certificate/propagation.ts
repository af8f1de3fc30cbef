// Unit propagation for the checker, over clauses that are added one by one. Independent of the solver's.

import type { Literal } from '../formula/formula.ts';

/** The first two literals are watched. The search for a third one continues where the last one ended. */
interface Clause {
  readonly literals: Literal[];
  from: number;
  isRemoved: boolean;
}

export class CertificatePropagation {
  /** For each node, 1 if it is true and -1 if it is false. */
  #values = new Int8Array(1 << 10);
  readonly #watched: Clause[][] = [];
  readonly #trail: Literal[] = [];
  #head = 0;
  /** The clauses that were added since the last mark. */
  #added: Clause[] = [];
  /** Whether propagation led to a contradiction. */
  isRefuted = false;

  /** Adds a clause and what follows from it. */
  add(literals: readonly Literal[]): void {
    this.#insert([...new Set(literals)]);
    if (!this.isRefuted && !this.#propagate()) this.isRefuted = true;
  }

  /** Whether a clause follows: its negation leads to a contradiction. */
  follows(clause: readonly Literal[]): boolean {
    if (this.isRefuted) return true;
    this.#grow(clause);
    const before = this.#trail.length;
    const contradicts = !clause.every((literal) => this.#assign(-literal)) || !this.#propagate();
    this.#undo(before);
    return contradicts;
  }

  /** Returns a function that removes all clauses that are added from now on. */
  mark(): () => void {
    const { isRefuted } = this;
    const before = this.#trail.length;
    this.#added = [];
    return () => {
      for (const clause of this.#added) clause.isRemoved = true;
      this.#added = [];
      this.#undo(before);
      this.isRefuted = isRefuted;
    };
  }

  #undo(end: number): void {
    for (const literal of this.#trail.splice(end)) this.#values[Math.abs(literal)] = 0;
    this.#head = end;
  }

  #insert(literals: Literal[]): void {
    this.#grow(literals);
    // Literals that are not false come first, so that they are watched.
    literals.sort((a, b) => Number(this.#isFalse(a)) - Number(this.#isFalse(b)));
    const [first, second] = literals;
    if (first === undefined || this.#isFalse(first)) this.isRefuted = true;
    else if (second === undefined || this.#isFalse(second)) this.#assign(first);
    if (first === undefined || second === undefined) return;
    const clause = { literals, from: 2, isRemoved: false };
    this.#added.push(clause);
    this.#watching(first).push(clause);
    this.#watching(second).push(clause);
  }

  #grow(literals: readonly Literal[]): void {
    for (const literal of literals) {
      const node = Math.abs(literal);
      while (this.#watched.length <= 2 * node + 1) this.#watched.push([]);
      if (node < this.#values.length) continue;
      const before = this.#values;
      this.#values = new Int8Array(2 * node);
      this.#values.set(before);
    }
  }

  #watching(literal: Literal): Clause[] {
    return this.#watched[2 * Math.abs(literal) + Number(literal < 0)] as Clause[];
  }

  #isFalse(literal: Literal): boolean {
    return this.#values[Math.abs(literal)] === -Math.sign(literal);
  }

  /** Whether the literal is, or can become, true. */
  #assign(literal: Literal): boolean {
    const value = this.#values[Math.abs(literal)];
    if (value !== 0) return value === Math.sign(literal);
    this.#values[Math.abs(literal)] = Math.sign(literal);
    this.#trail.push(literal);
    return true;
  }

  /** Assigns what the clauses imply; false if they contradict each other. */
  #propagate(): boolean {
    while (this.#head < this.#trail.length) {
      const falsified = -(this.#trail[this.#head] as Literal);
      this.#head += 1;
      const watching = this.#watching(falsified);
      let isConsistent = true;
      let kept = 0;
      for (const clause of watching) {
        if (clause.isRemoved || (isConsistent && this.#move(clause, falsified))) continue;
        watching[kept] = clause;
        kept += 1;
        isConsistent &&= this.#assign(clause.literals[0] as Literal);
      }
      watching.length = kept;
      if (!isConsistent) return false;
    }
    return true;
  }

  /** Watches another literal of the clause that is not false, if there is one; the other watched one comes first. */
  #move(clause: Clause, falsified: Literal): boolean {
    const { literals, from } = clause;
    if (literals[0] === falsified) {
      literals[0] = literals[1] as Literal;
      literals[1] = falsified;
    }
    for (let turn = 2; turn < literals.length; turn += 1) {
      const at =
        from + turn - 2 < literals.length ? from + turn - 2 : from + turn - literals.length;
      const found = literals[at] as Literal;
      if (this.#isFalse(found)) continue;
      literals[at] = falsified;
      literals[1] = found;
      clause.from = at;
      this.#watching(found).push(clause);
      return true;
    }
    return false;
  }
}
