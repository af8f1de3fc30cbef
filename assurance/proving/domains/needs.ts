// How many different values, or elements of each collection, are enough in a group of places to represent all requests.

import type { Variable } from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';
import { isBytes } from '@nhipol/language/types';
import type { Flow } from './flow.ts';
import type { Groups } from './groups.ts';

/** A reason for more values or elements, once for each combination of elements that the variables stand for. */
interface Need {
  readonly amount: number;
  readonly variables: Iterable<Variable>;
  readonly groups: readonly string[];
  readonly span: Span;
}

/** More values would make formulas too large. */
const maxCount = 64;

export class Needs {
  /** Parts of expressions for which the counts are not enough. */
  readonly circular = new Set<Span>();

  readonly #flow: Flow;
  readonly #groups: Groups;
  readonly #copies: number;
  readonly #needs = new Map<string, Need[]>();
  readonly #counts = new Map<string, number>();
  readonly #counting = new Set<string>();

  /** `copies`: the number of requests that the formula describes at once. */
  constructor(flow: Flow, groups: Groups, copies: number) {
    this.#flow = flow;
    this.#groups = groups;
    this.#copies = copies;
  }

  add(place: string, need: Need): void {
    const needs = this.#needs.get(place);
    if (needs === undefined) this.#needs.set(place, [need]);
    else needs.push(need);
  }

  countNeeds(place: string): number {
    const root = this.#groups.root(place);
    const storedCount = this.#counts.get(root);
    if (storedCount !== undefined) return storedCount;
    this.#counting.add(root);
    let count = 0;
    for (const [each, needs] of this.#needs) {
      if (this.#groups.root(each) !== root) continue;
      for (const need of needs) count += this.#countAmount(need);
    }
    this.#counting.delete(root);
    const total = Math.min(maxCount, count * this.#copies);
    this.#counts.set(root, total);
    return total;
  }

  #countAmount({ amount, variables, groups, span }: Need): number {
    const factors = [
      ...[...variables].map((variable) => this.#countInstances(variable, span)),
      ...groups.map((group) => this.#countElements(group, span)),
    ];
    const product = factors.reduce((a, b) => a * b, amount);
    if (product * this.#copies > maxCount) this.circular.add(span);
    return product;
  }

  /** The number of elements that a variable can stand for. */
  #countInstances(variable: Variable, span: Span): number {
    const { type } = variable;
    if (type.kind === 'Enum') return type.members.length;
    if (type.kind === 'Bool') return 2;
    const flow = this.#flow;
    const places = flow
      .listCollections(variable)
      .flatMap((collection) => flow.listPlaces(collection));
    const counts = places.map((place) => this.#countElements(place, span));
    return Math.max(1, ...counts) + (isBytes(type) ? this.#countConstants(places) : 0);
  }

  #countConstants(places: readonly string[]): number {
    const roots = new Set(places.map((place) => this.#groups.root(place)));
    return [...roots].reduce(
      (sum, root) => sum + this.#groups.collectTests(root).constants.size,
      0,
    );
  }

  #countElements(place: string, span: Span): number {
    if (this.#counting.has(this.#groups.root(place))) {
      this.circular.add(span);
      return 1;
    }
    return Math.max(1, this.countNeeds(place));
  }
}
