// The classes of terms that must be equal where all literals of a clause are false, by passes over all terms until
// nothing changes.

import {
  type FunctionTerm,
  listTerms,
  type TermAtom,
  type TermDefinitions,
  type TermNode,
} from '../terms/terms.ts';

/** The statement of a literal of the clause if it is false. */
export interface Claimed {
  readonly atom: TermAtom;
  readonly holds: boolean;
}

export class Classes {
  readonly claimed: readonly Claimed[];
  readonly #nodes: readonly TermNode[];
  /** The root of each term that the clause is about, directly or as an operand. */
  readonly #roots = new Map<number, number>();
  /** The results of functions of constants. */
  readonly #results = new Map<number, string>();
  readonly isContradictory: boolean;

  constructor({ nodes }: TermDefinitions, claimed: readonly Claimed[]) {
    this.#nodes = nodes;
    this.claimed = claimed;
    for (const { atom } of claimed) for (const term of listTerms(atom)) this.#add(term);
    for (const { atom, holds } of claimed)
      if (atom.kind === 'equal' && holds) this.#join(atom.a, atom.b);
    this.#close();
    this.isContradictory = this.#hasTwoConstants() || this.#hasWrongAnswer();
  }

  get roots(): readonly number[] {
    return [...new Set(this.#roots.values())];
  }

  findRoot(term: number): number {
    const root = this.#roots.get(term);
    if (root === undefined) throw new Error(`broken invariant: no class has term ${term}`);
    return root;
  }

  listNodes(root: number): readonly TermNode[] {
    return this.#listTerms(root).map((term) => this.#node(term));
  }

  /** The constant that all terms of a class are equal to. */
  findConstant(root: number): string | undefined {
    return this.#listConstants(root)[0];
  }

  /** The functions with a single operand, which is in the class, each with the class of its result. */
  listFunctions(root: number): readonly { readonly node: FunctionTerm; readonly result: number }[] {
    return this.#functions().flatMap(({ term, node }) => {
      const [operand, ...others] = node.args;
      const isOfClass = operand !== undefined && this.findRoot(operand) === root;
      return isOfClass && others.length === 0 ? [{ node, result: this.findRoot(term) }] : [];
    });
  }

  #node(term: number): TermNode {
    const node = this.#nodes[term];
    if (node === undefined) throw new Error(`broken invariant: no term ${term}`);
    return node;
  }

  #add(term: number): void {
    if (this.#roots.has(term)) return;
    this.#roots.set(term, term);
    const node = this.#node(term);
    if (node.kind === 'function') for (const operand of node.args) this.#add(operand);
  }

  #listTerms(root: number): readonly number[] {
    return [...this.#roots].flatMap(([term, own]) => (own === root ? [term] : []));
  }

  #listConstants(root: number): readonly string[] {
    const found = this.#listTerms(root).flatMap((term) => {
      const node = this.#node(term);
      return node.kind === 'constant' ? [node.value] : (this.#results.get(term) ?? []);
    });
    return [...new Set(found)];
  }

  #functions(): readonly { readonly term: number; readonly node: FunctionTerm }[] {
    return [...this.#roots.keys()].flatMap((term) => {
      const node = this.#node(term);
      return node.kind === 'function' ? [{ term, node }] : [];
    });
  }

  /** Whether the terms were in two classes. */
  #join(a: number, b: number): boolean {
    const [x, y] = [this.findRoot(a), this.findRoot(b)];
    if (x === y) return false;
    for (const [term, root] of this.#roots) if (root === x) this.#roots.set(term, y);
    return true;
  }

  #close(): void {
    for (let isOpen = true; isOpen; ) {
      isOpen = false;
      for (const one of this.#functions()) {
        if (this.#isEvaluated(one.term, one.node)) isOpen = true;
        for (const other of this.#functions())
          if (this.#isSameCall(one.node, other.node) && this.#join(one.term, other.term))
            isOpen = true;
      }
      if (this.#joinEqual()) isOpen = true;
    }
  }

  /** Joins classes with one constant. */
  #joinEqual(): boolean {
    const seen = new Map<string, number>();
    let isJoined = false;
    for (const root of this.roots)
      for (const value of this.#listConstants(root)) {
        const other = seen.get(value);
        if (other === undefined) seen.set(value, root);
        else if (this.#join(root, other)) isJoined = true;
      }
    return isJoined;
  }

  #isSameCall(a: FunctionTerm, b: FunctionTerm): boolean {
    return (
      a.key === b.key &&
      a.type === b.type &&
      a.args.length === b.args.length &&
      a.args.every((arg, index) => this.findRoot(arg) === this.findRoot(b.args[index] ?? arg))
    );
  }

  #isEvaluated(term: number, { args, evaluate }: FunctionTerm): boolean {
    if (this.#results.has(term)) return false;
    const values = args.flatMap((arg) => this.#listConstants(this.findRoot(arg)).slice(0, 1));
    const value = values.length === args.length ? evaluate(values) : undefined;
    if (value === undefined) return false;
    this.#results.set(term, value);
    return true;
  }

  #hasTwoConstants(): boolean {
    return this.roots.some((root) => this.#listConstants(root).length > 1);
  }

  /** Whether an equality, a test or a membership has another answer than the literals state. */
  #hasWrongAnswer(): boolean {
    const answers = new Map<string, boolean>();
    return this.claimed.some(({ atom, holds }) => {
      const roots = listTerms(atom).map((term) => this.findRoot(term));
      const values = roots.flatMap((root) => this.#listConstants(root).slice(0, 1));
      const isKnown = values.length === roots.length;
      if (atom.kind === 'equal') {
        const isSame = roots[0] === roots[1] || (isKnown && values[0] === values[1]);
        return !holds && isSame;
      }
      if (atom.kind === 'test' && isKnown && atom.test.evaluate(values) !== holds) return true;
      const of = atom.kind === 'test' ? `test ${atom.test.key}` : `set ${atom.set}`;
      const key = `${roots.join(' ')} ${of}`;
      const before = answers.get(key);
      answers.set(key, holds);
      return before !== undefined && before !== holds;
    });
  }
}
