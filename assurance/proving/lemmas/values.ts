// Values for terms for which a model is true, or lemmas that it violates: for each class of equal terms, operands of
// functions first, a string that all monitors want, or an address by ranges. Where the search is not complete, there is
// neither a value nor a lemma.

import { type Monitor, spiffeMonitor } from '../automata/monitors.ts';
import { createConstantsMonitor } from '../automata/preimages.ts';
import type { Budget } from '../formula/budget.ts';
import type { Literal } from '../formula/formula.ts';
import { createExclusion, type Lemma } from '../terms/lemma.ts';
import type { Term, Terms } from '../terms/terms.ts';
import { type AddressTest, findAddress } from './addresses.ts';
import type { Closure } from './closure.ts';
import type { Said } from './said.ts';
import { findString } from './words.ts';

export interface Assigned {
  readonly lemmas: readonly Lemma[];
  /** The values of all terms that have one. */
  readonly values: ReadonlyMap<Term, string>;
}

/** A test of a string, with the literals from which it follows; a guess follows from a value that was chosen. */
interface Constraint {
  readonly monitor: Monitor;
  readonly isTrue: boolean;
  readonly why: readonly Literal[];
  readonly isGuess: boolean;
}

type Wrap = (monitor: Monitor) => Monitor;

/** Functions of functions that are followed. */
const maxDepth = 4;
/** Networks that are tried. */
const maxNetworks = 250;

export function assignValues(terms: Terms, said: Said, closure: Closure, budget: Budget): Assigned {
  const search = new ValueSearch(terms, said, closure, budget);
  search.run();
  return search;
}

class ValueSearch implements Assigned {
  readonly lemmas: Lemma[] = [];
  readonly #terms: Terms;
  readonly #said: Said;
  readonly #closure: Closure;
  readonly #budget: Budget;
  /** The value of each class, with its root as the key. */
  readonly #values = new Map<Term, string>();

  constructor(terms: Terms, said: Said, closure: Closure, budget: Budget) {
    this.#budget = budget;
    this.#terms = terms;
    this.#said = said;
    this.#closure = closure;
  }

  get values(): ReadonlyMap<Term, string> {
    const found = new Map<Term, string>();
    for (const term of this.#said.terms) {
      const value = this.#findValue(term);
      if (value !== undefined) found.set(term, value);
    }
    return found;
  }

  run(): void {
    for (const term of this.#said.terms) {
      const constant = this.#closure.findConstant(term);
      const value = constant === undefined ? undefined : this.#terms.findValue(constant);
      if (value !== undefined) this.#values.set(this.#closure.findRoot(term), value);
    }
    for (const root of this.#order()) this.#choose(root);
  }

  #findValue(term: Term): string | undefined {
    return this.#values.get(this.#closure.findRoot(term));
  }

  /** The classes, operands of functions before their results. */
  #order(): readonly Term[] {
    const order = new Set<Term>();
    const visited = new Set<Term>();
    const visit = (root: Term): void => {
      if (visited.has(root)) return;
      visited.add(root);
      for (const term of this.#closure.listMembers(root)) {
        const node = this.#terms.node(term);
        if (node.kind === 'function')
          for (const operand of node.args) visit(this.#closure.findRoot(operand));
      }
      order.add(root);
    };
    for (const term of this.#said.terms) visit(this.#closure.findRoot(term));
    return [...order];
  }

  #choose(root: Term): void {
    if (this.#values.has(root)) return;
    const result = this.#closure.listMembers(root).flatMap((term) => this.#findResult(term) ?? []);
    const [known] = result;
    if (known !== undefined) {
      this.#values.set(root, known);
      return;
    }
    const kinds = this.#listKinds(root);
    if (kinds.has('Ip')) this.#chooseAddress(root);
    else if (kinds.has('Cidr')) this.#chooseNetwork(root);
    else this.#chooseString(root, kinds.has('SpiffeId'));
  }

  /** The result of a function whose operands have values. */
  #findResult(term: Term): string | undefined {
    const node = this.#terms.node(term);
    if (node.kind !== 'function') return undefined;
    const values = node.args.flatMap((arg) => this.#findValue(arg) ?? []);
    return values.length === node.args.length ? node.evaluate(values) : undefined;
  }

  #listKinds(root: Term): ReadonlySet<string> {
    const members = this.#closure.listMembers(root);
    return new Set(
      members.flatMap((term) => {
        const node = this.#terms.node(term);
        return node.kind === 'constant' ? [] : [node.type];
      }),
    );
  }

  /** The values that a class must not have, with the literals that say so. */
  #others(root: Term): readonly {
    readonly value: string;
    readonly why: readonly Literal[];
    readonly isGuess: boolean;
  }[] {
    this.#budget.search(this.#said.statements.length);
    return this.#said.statements.flatMap(({ literal, atom, isTrue }) => {
      if (atom.kind !== 'equal' || isTrue) return [];
      const isFirst = this.#closure.findRoot(atom.a) === root;
      const isSecond = this.#closure.findRoot(atom.b) === root;
      if (isFirst === isSecond) return [];
      const [own, other] = isFirst ? [atom.a, atom.b] : [atom.b, atom.a];
      const value = this.#findValue(other);
      if (value === undefined) return [];
      const constant = this.#closure.findConstant(other);
      const why = [literal, ...this.#closure.explain(own, root)];
      if (constant !== undefined) why.push(...this.#closure.explain(other, constant));
      return [{ value, why, isGuess: constant === undefined }];
    });
  }

  // --- addresses ---------------------------------------------------------------------------------

  #chooseAddress(root: Term): void {
    const tests = this.#addressTests(root);
    const excluded = new Set(this.#others(root).map(({ value }) => value));
    const address = findAddress(tests, excluded);
    if (address.kind === 'address') this.#values.set(root, address.text);
    if (address.kind !== 'none') return;
    const isNone = (kept: readonly AddressTest[]) => {
      this.#budget.search(kept.length ** 2);
      return findAddress(kept, new Set()).kind === 'none';
    };
    const needed = reduceParts(tests, isNone);
    this.lemmas.push(
      createExclusion(
        'addresses',
        needed.flatMap(({ why }) => why),
      ),
    );
  }

  #addressTests(root: Term): readonly (AddressTest & { readonly why: readonly Literal[] })[] {
    return this.#said.statements.flatMap(({ literal, atom, isTrue }) => {
      if (atom.kind !== 'test') return [];
      const [only, ...others] = atom.args;
      const { meaning } = atom.test;
      if (only === undefined || others.length > 0 || this.#closure.findRoot(only) !== root)
        return [];
      if (meaning === undefined || meaning.kind === 'strings') return [];
      return [{ meaning, isTrue, why: [literal, ...this.#closure.explain(only, root)] }];
    });
  }

  #chooseNetwork(root: Term): void {
    const excluded = new Set(this.#others(root).map(({ value }) => value));
    for (let index = 0; index < maxNetworks; index += 1) {
      const network = `198.51.${index}.0/24`;
      if (excluded.has(network)) continue;
      this.#values.set(root, network);
      return;
    }
  }

  // --- strings -----------------------------------------------------------------------------------

  #chooseString(root: Term, isSpiffe: boolean): void {
    const rootConstraints = this.#constraints(root, (monitor) => monitor, [], maxDepth);
    const form = { monitor: spiffeMonitor, isTrue: true, why: [], isGuess: false };
    const all = isSpiffe ? [form, ...rootConstraints] : rootConstraints;
    const found = findString(all, this.#budget);
    if (found.kind === 'string') this.#values.set(root, found.text);
    if (found.kind !== 'none') return;
    const certain = all.filter(({ isGuess }) => !isGuess);
    const loose = findString(certain, this.#budget);
    if (loose.kind === 'string') this.#values.set(root, loose.text);
    if (loose.kind !== 'none') return;
    const needed = reduceParts(certain, (kept) => findString(kept, this.#budget).kind === 'none');
    this.lemmas.push(
      createExclusion(
        'language',
        needed.flatMap(({ why }) => why),
      ),
    );
  }

  /** The tests of a class as those of the operand from which `wrap` leads to it. */
  #constraints(
    root: Term,
    wrap: Wrap,
    why: readonly Literal[],
    depth: number,
  ): readonly Constraint[] {
    this.#budget.search(this.#said.statements.length + this.#said.terms.size);
    const constraints: Constraint[] = [];
    for (const { literal, atom, isTrue } of this.#said.statements) {
      if (atom.kind !== 'test') continue;
      const [only, ...others] = atom.args;
      const { meaning } = atom.test;
      if (only === undefined || others.length > 0 || this.#closure.findRoot(only) !== root)
        continue;
      if (meaning?.kind !== 'strings') continue;
      constraints.push({
        monitor: wrap(meaning.monitor),
        isTrue,
        why: [...why, literal, ...this.#closure.explain(only, root)],
        isGuess: meaning.atLeast && !isTrue,
      });
    }
    for (const other of this.#others(root))
      constraints.push({
        monitor: wrap(createConstantsMonitor([other.value])),
        isTrue: false,
        why: [...why, ...other.why],
        isGuess: other.isGuess,
      });
    if (depth < maxDepth) constraints.push(...this.#ownValue(root, wrap, why));
    return depth === 0 ? constraints : [...constraints, ...this.#ofResults(root, wrap, why, depth)];
  }

  #ownValue(root: Term, wrap: Wrap, why: readonly Literal[]): readonly Constraint[] {
    const value = this.#values.get(root);
    if (value === undefined) return [];
    const constant = this.#closure.findConstant(root);
    const own = constant === undefined ? [] : this.#closure.explain(root, constant);
    return [
      {
        monitor: wrap(createConstantsMonitor([value])),
        isTrue: true,
        why: [...why, ...own],
        isGuess: constant === undefined,
      },
    ];
  }

  /** The tests of results of functions of a class. */
  #ofResults(
    root: Term,
    wrap: Wrap,
    why: readonly Literal[],
    depth: number,
  ): readonly Constraint[] {
    return [...this.#said.terms].flatMap((term) => {
      const node = this.#terms.node(term);
      if (node.kind !== 'function' || node.preimage === undefined) return [];
      const [operand, ...others] = node.args;
      if (operand === undefined || others.length > 0) return [];
      const result = this.#closure.findRoot(term);
      if (this.#closure.findRoot(operand) !== root || result === root) return [];
      const { preimage } = node;
      const reasons = [
        ...this.#closure.explain(operand, root),
        ...this.#closure.explain(term, result),
      ];
      const inner: Wrap = (monitor) => wrap(preimage(monitor));
      return this.#constraints(result, inner, [...why, ...reasons], depth - 1);
    });
  }
}

/** Fewer parts for which something is still true: each is left out if it is not needed. */
function reduceParts<Part>(
  parts: readonly Part[],
  isEnough: (kept: readonly Part[]) => boolean,
): readonly Part[] {
  let kept = parts;
  for (const part of parts) {
    const fewer = kept.filter((each) => each !== part);
    if (isEnough(fewer)) kept = fewer;
  }
  return kept;
}
