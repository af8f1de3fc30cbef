// Congruence closure with reasons: the classes of terms that equalities make equal, closed under functions, and the
// equalities from which each two terms of a class follow.

import type { Literal } from '../formula/formula.ts';
import type { FunctionTerm, Term, Terms } from '../terms/terms.ts';

interface Reason {
  readonly to: Term;
  readonly why: readonly Literal[];
}

export class Closure {
  readonly #terms: Terms;
  /** A forest whose trees are the classes. */
  readonly #reasons = new Map<Term, Reason>();
  readonly #roots = new Map<Term, Term>();
  readonly #members = new Map<Term, readonly Term[]>();
  #conflict: readonly Literal[] | undefined;

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  /** Literals that cannot all be true, as they make two constants equal. */
  get conflict(): readonly Literal[] | undefined {
    return this.#conflict;
  }

  findRoot(term: Term): Term {
    return this.#roots.get(term) ?? term;
  }

  listMembers(term: Term): readonly Term[] {
    const root = this.findRoot(term);
    return this.#members.get(root) ?? [root];
  }

  findConstant(term: Term): Term | undefined {
    return this.listMembers(term).find((member) => this.#terms.findValue(member) !== undefined);
  }

  merge(a: Term, b: Term, why: readonly Literal[]): void {
    const [x, y] = [this.findRoot(a), this.findRoot(b)];
    if (x === y) return;
    const [c, d] = [this.findConstant(x), this.findConstant(y)];
    if (c !== undefined && d !== undefined)
      this.#conflict ??= [...why, ...this.explain(a, c), ...this.explain(b, d)];
    this.#makeTop(a);
    this.#reasons.set(a, { to: b, why });
    const all = [...this.listMembers(y), ...this.listMembers(x)];
    for (const member of this.listMembers(x)) this.#roots.set(member, y);
    this.#members.set(y, all);
  }

  /** Turns the reasons from a term to the top of its tree. */
  #makeTop(term: Term): void {
    let before: Reason | undefined;
    for (let index: Term | undefined = term; index !== undefined; ) {
      const reason = this.#reasons.get(index);
      if (before === undefined) this.#reasons.delete(index);
      else this.#reasons.set(index, before);
      before = reason && { to: index, why: reason.why };
      index = reason?.to;
    }
  }

  /** The literals from which it follows that two terms of a class are equal. */
  explain(a: Term, b: Term): readonly Literal[] {
    if (a === b) return [];
    const [x, y] = [this.#findPath(a), this.#findPath(b)];
    const common = x.find((each) => y.includes(each));
    if (common === undefined) throw new Error('broken invariant: the terms are not equal');
    const explainPath = (path: readonly Term[]) =>
      path.slice(0, path.indexOf(common)).flatMap((each) => this.#reasons.get(each)?.why ?? []);
    return [...explainPath(x), ...explainPath(y)];
  }

  #findPath(term: Term): readonly Term[] {
    const path = [term];
    for (let up = this.#reasons.get(term); up !== undefined; up = this.#reasons.get(up.to))
      path.push(up.to);
    return path;
  }

  /** Makes the results of one function for equal operands equal, and those for constants known. */
  close(terms: readonly Term[]): void {
    const calls = terms.flatMap((term) => {
      const node = this.#terms.node(term);
      return node.kind === 'function' ? [{ term, node }] : [];
    });
    for (let isOpen = true; isOpen; ) {
      isOpen = false;
      const seen = new Map<string, (typeof calls)[number]>();
      for (const call of calls) {
        const key = this.#createKey(call.node);
        const other = seen.get(key);
        if (other === undefined) seen.set(key, call);
        else if (this.#isJoined(call.term, other.term, call.node, other.node.args)) isOpen = true;
        if (this.#isEvaluated(call.term, call.node)) isOpen = true;
      }
    }
  }

  #createKey({ type, key, args }: FunctionTerm): string {
    return `${type} ${args.map((arg) => this.findRoot(arg)).join(' ')} ${key}`;
  }

  #isJoined(a: Term, b: Term, { args }: FunctionTerm, others: readonly Term[]): boolean {
    if (this.findRoot(a) === this.findRoot(b)) return false;
    const why = args.flatMap((arg, index) => this.explain(arg, others[index] ?? arg));
    this.merge(a, b, why);
    return true;
  }

  #isEvaluated(term: Term, { args, evaluate }: FunctionTerm): boolean {
    const constants = args.flatMap((arg) => this.findConstant(arg) ?? []);
    if (constants.length < args.length) return false;
    const value = evaluate(constants.map((constant) => this.#terms.findValue(constant) ?? ''));
    if (value === undefined) return false;
    const result = this.#terms.constant(value);
    if (this.findRoot(result) === this.findRoot(term)) return false;
    const why = args.flatMap((arg, index) => this.explain(arg, constants[index] ?? arg));
    this.merge(term, result, why);
    return true;
  }
}
