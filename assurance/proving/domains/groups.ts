// Groups of places whose values meet, with what conditions say about the strings of each.

import { addDistinctions, createDistinctions, type Distinctions } from './distinctions.ts';
import { UnionFind } from './union-find.ts';

export class Groups {
  readonly #joined = new UnionFind();
  readonly #distinctions = new Map<string, Distinctions>();
  /** Places of values of which it matters whether they are equal: compared with values other than constants. */
  readonly #related = new Set<string>();

  /** Joins the groups of places whose values meet. */
  join(...places: readonly (string | undefined)[]): void {
    for (const place of places) this.#joined.join(places[0], place);
  }

  /** The place that stands for the group of a place. */
  root(place: string): string {
    return this.#joined.find(place);
  }

  /** The tests at a place; places must not be joined after it is used. */
  findDistinctions(place: string): Distinctions {
    const existing = this.#distinctions.get(place);
    if (existing !== undefined) return existing;
    const made = createDistinctions();
    this.#distinctions.set(place, made);
    return made;
  }

  /** The places with information, by group. */
  mergeGroups(): ReadonlyMap<string, Distinctions> {
    const merged = new Map<string, Distinctions>();
    for (const [place, own] of this.#distinctions) {
      const root = this.root(place);
      const all = merged.get(root) ?? createDistinctions();
      merged.set(root, all);
      addDistinctions(all, own);
    }
    return merged;
  }

  /** The tests at all places of a group. */
  collectTests(root: string): Distinctions {
    const all = createDistinctions();
    for (const [place, own] of this.#distinctions)
      if (this.root(place) === root) addDistinctions(all, own);
    return all;
  }

  /** The constants of the group of a place. */
  listConstants(place: string): readonly string[] {
    return [...(this.mergeGroups().get(this.root(place))?.constants ?? [])];
  }

  /** Adds strings that are compared with those at a place. */
  addConstants(place: string, constants: Iterable<string>): void {
    const { constants: known } = this.findDistinctions(place);
    for (const constant of constants) known.add(constant);
  }

  /** Values at a place are compared with each other, or with values that are not constants. */
  addRelation(place: string): void {
    this.#related.add(place);
  }

  /** Whether values of a group are compared with each other, or with values that are not constants. */
  isRelated(place: string): boolean {
    const root = this.root(place);
    return [...this.#related].some((each) => this.root(each) === root);
  }
}
