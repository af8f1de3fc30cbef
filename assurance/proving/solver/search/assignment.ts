// The assignment of a search: the values of literals, in the order in which they were assigned, with the level and the
// reason of each. Level 0 holds what follows from the clauses, level 1 what follows from the assumptions.

import { type ClauseRef, noClause } from './clauses.ts';
import type { Lit } from './literals.ts';

export class SearchAssignment {
  /** For each literal: 1 if it is true, -1 if it is false, 0 if it is open. */
  values = new Int8Array(0);
  /** For each node, the level and the reason of its value. */
  levels = new Int32Array(0);
  reasons = new Int32Array(0);
  readonly trail: Lit[] = [];
  /** Where each level above 0 begins in the trail. */
  readonly #limits: number[] = [];

  get level(): number {
    return this.#limits.length;
  }

  /** Makes room for nodes below `count`. */
  grow(count: number): void {
    if (count <= this.levels.length) return;
    const size = 2 * count;
    const [values, levels, reasons] = [this.values, this.levels, this.reasons];
    this.values = new Int8Array(2 * size);
    this.values.set(values);
    this.levels = new Int32Array(size);
    this.levels.set(levels);
    this.reasons = new Int32Array(size);
    this.reasons.set(reasons);
  }

  startLevel(): void {
    this.#limits.push(this.trail.length);
  }

  assign(lit: Lit, reason: ClauseRef): void {
    this.values[lit] = 1;
    this.values[lit ^ 1] = -1;
    this.levels[lit >> 1] = this.#limits.length;
    this.reasons[lit >> 1] = reason;
    this.trail.push(lit);
  }

  /** Where a level begins in the trail. */
  findStart(level: number): number {
    return level === 0 ? 0 : (this.#limits[level - 1] as number);
  }

  /** Removes all levels above one. Returns the literals that have no value now. */
  backtrack(level: number): readonly Lit[] {
    if (this.level <= level) return [];
    const start = this.findStart(level + 1);
    this.#limits.length = level;
    return this.truncate(start);
  }

  /** Removes the end of the trail, which is at one level. */
  truncate(start: number): readonly Lit[] {
    const removed = this.trail.slice(start);
    this.trail.length = start;
    for (const lit of removed) {
      this.values[lit] = 0;
      this.values[lit ^ 1] = 0;
      this.reasons[lit >> 1] = noClause;
    }
    return removed;
  }
}
