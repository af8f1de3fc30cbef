// The elements of sets, lists and maps without a list of them: a statement that some element has a property has a
// witness, and one about all elements is applied to each element that occurs. Too few elements cost proofs only.

import type { Budget } from '../formula/budget.ts';
import type { Literal } from '../formula/formula.ts';
import type { ListElement, Pool, SymbolicListener, TextSet } from '../symbolic/symbolic.ts';
import type { Term, Terms, TextSetId } from '../terms/terms.ts';

/** Witnesses of statements about witnesses have one more than these. */
const maxDepth = 3;
/** A list needs no more elements that are witnesses. */
const maxElements = 14;

/** The elements of a list of a request that occur so far. */
export class OwnPool<Fact> implements Pool<Fact> {
  readonly #make: () => ListElement<Fact>;
  readonly #elements: (ListElement<Fact> & { readonly depth: number })[] = [];
  readonly #listeners: SymbolicListener<ListElement<Fact>>[] = [];

  constructor(make: () => ListElement<Fact>) {
    this.#make = make;
  }

  get elements(): readonly ListElement<Fact>[] {
    return this.#elements;
  }

  add(depth: number): ListElement<Fact> | undefined {
    return this.#elements.length < maxElements ? this.#with(this.#make(), depth) : undefined;
  }

  /** Adds an element that a condition reads by itself. */
  adopt(element: ListElement<Fact>, depth: number): void {
    if (this.#elements.length < maxElements) this.#with(element, depth);
  }

  #with(element: ListElement<Fact>, depth: number): ListElement<Fact> {
    const made = { ...element, depth };
    this.#elements.push(made);
    for (const listener of [...this.#listeners]) listener(made, depth);
    return made;
  }

  each(listener: SymbolicListener<ListElement<Fact>>): void {
    this.#listeners.push(listener);
    for (const element of [...this.#elements]) listener(element, element.depth);
  }

  map(change: (element: ListElement<Fact>) => ListElement<Fact>): Pool<Fact> {
    return new ChangedPool(this, change);
  }
}

class ChangedPool<Fact> implements Pool<Fact> {
  readonly #base: Pool<Fact>;
  readonly #change: (element: ListElement<Fact>) => ListElement<Fact>;
  readonly #changed = new Map<ListElement<Fact>, ListElement<Fact>>();

  constructor(base: Pool<Fact>, change: (element: ListElement<Fact>) => ListElement<Fact>) {
    this.#base = base;
    this.#change = change;
  }

  get elements(): readonly ListElement<Fact>[] {
    return this.#base.elements.map((element) => this.#of(element));
  }

  add(depth: number): ListElement<Fact> | undefined {
    const made = this.#base.add(depth);
    return made && this.#of(made);
  }

  each(listener: SymbolicListener<ListElement<Fact>>): void {
    this.#base.each((element, depth) => listener(this.#of(element), depth));
  }

  map(change: (element: ListElement<Fact>) => ListElement<Fact>): Pool<Fact> {
    return new ChangedPool(this, change);
  }

  #of(element: ListElement<Fact>): ListElement<Fact> {
    const changedElement = this.#changed.get(element);
    if (changedElement !== undefined) return changedElement;
    const made = this.#change(element);
    this.#changed.set(element, made);
    return made;
  }
}

interface Job {
  readonly depth: number;
  readonly run: () => void;
}

/** The terms whose membership in a set of the request was read. */
interface Asked {
  /** With their depths, in the order in which it was asked. */
  readonly terms: Map<Term, number>;
  readonly listeners: SymbolicListener<Term>[];
}

export class Elements {
  readonly #terms: Terms;
  readonly #jobs: Job[] = [];
  #done = 0;
  readonly #sets: Asked[] = [];
  readonly #depths = new Map<Term, number>();
  #depth = 0;

  readonly #budget: Budget;

  constructor(terms: Terms, budget: Budget) {
    this.#terms = terms;
    this.#budget = budget;
  }

  /** Applies statements to elements until none is left. */
  settle(): void {
    for (let job = this.#next(); job !== undefined; job = this.#next()) {
      this.#depth = job.depth;
      job.run();
    }
    this.#depth = 0;
  }

  /** The first job; those that are done are removed at once, as a queue can have millions. */
  #next(): Job | undefined {
    const job = this.#jobs[this.#done];
    this.#done += 1;
    if (job !== undefined) return job;
    this.#jobs.length = 0;
    this.#done = 0;
    return undefined;
  }

  /** The depth of an element that a statement reads: those that only witnesses read are deeper than these. */
  get depthOfRead(): number {
    return this.#depth === 0 ? 0 : this.#depth + 1;
  }

  /** Whether a statement may have a witness. */
  get mayAdd(): boolean {
    return this.#depth < maxDepth;
  }

  /** Adds an element to each of the lists. Returns `undefined` if one of them has enough. */
  addElement<Fact>(pools: readonly Pool<Fact>[]): readonly ListElement<Fact>[] | undefined {
    if (!this.mayAdd) return undefined;
    const made = pools.flatMap((pool) => pool.add(this.#depth + 1) ?? []);
    return made.length === pools.length ? made : undefined;
  }

  /** A new term, as the element that a statement about a set needs. */
  newElement({ bases, element }: TextSet): Term {
    const names = bases.map((set) => this.#terms.sets[set]?.name);
    const term = this.#terms.open(`an element of ${names.join(' or ')}`, element);
    this.#depths.set(term, this.#depth + 1);
    return term;
  }

  /** States what is true of a witness, after all statements of its depth. */
  stateWitness(run: () => void): void {
    this.#later(this.#depth + 1, run);
  }

  /** Calls the function for each element that occurs. */
  visitPool<Fact>(pool: Pool<Fact>, run: (element: ListElement<Fact>) => void): void {
    pool.each((element, depth) => this.#later(depth, () => run(element)));
  }

  /** Calls the function for each term that may be an element. */
  visitTerms({ fixed, bases }: TextSet, run: (term: Term) => void): void {
    const seen = new Set<Term>();
    const once = (term: Term, depth: number) => {
      if (seen.has(term)) return;
      seen.add(term);
      this.#later(depth, () => run(term));
    };
    for (const term of fixed) once(term, 0);
    for (const set of bases) {
      const { terms, listeners } = this.#findAsked(set);
      listeners.push(once);
      this.#budget.encode(terms.size);
      for (const [term, depth] of [...terms]) once(term, depth);
    }
  }

  /** A set of the request. */
  newSet(name: string): TextSetId {
    const id = this.#terms.newSet(name);
    this.#sets[id] = { terms: new Map(), listeners: [] };
    return id;
  }

  hasElement(set: TextSetId, term: Term): Literal {
    const { terms, listeners } = this.#findAsked(set);
    if (!terms.has(term)) {
      const depth = Math.min(this.#depth, this.#depths.get(term) ?? this.#depth);
      terms.set(term, depth);
      this.#budget.encode(listeners.length);
      for (const listener of [...listeners]) listener(term, depth);
    }
    return this.#terms.member(set, term);
  }

  /** The terms whose membership in a set was read. */
  listAsked(set: TextSetId): readonly Term[] {
    return [...this.#findAsked(set).terms.keys()];
  }

  #findAsked(set: TextSetId): Asked {
    const found = this.#sets[set];
    if (found === undefined) throw new Error(`broken invariant: no set ${set}`);
    return found;
  }

  #later(depth: number, run: () => void): void {
    if (depth > maxDepth) return;
    this.#budget.grow(1);
    this.#jobs.push({ depth, run });
  }
}
