// Terms: the strings, SPIFFE IDs, addresses and networks that a formula speaks about, as opaque values. Nothing lists
// what they can be: what conditions say about a term are free literals, which only valid clauses relate. A clause that
// is forgotten costs a proof, never soundness.

import type { Type } from '@nhipol/language/types';
import type { Monitor } from '../automata/monitors.ts';
import { type Formula, type Literal, no, yes } from '../formula/formula.ts';

/** The number of a term. */
export type Term = number;

/** The number of a set of a request. */
export type TextSetId = number;

export type TermNode = ConstantNode | OpenNode | FunctionTerm;

export interface ConstantNode {
  readonly kind: 'constant';
  readonly value: string;
}

/** Any value of its type. */
export interface OpenNode {
  readonly kind: 'open';
  readonly name: string;
  /** Distinguishes open terms with one name, from 1. */
  readonly number: number;
  readonly type: TextKind;
}

/** The result of a builtin; any value where the builtin has none. */
export interface FunctionTerm {
  readonly kind: 'function';
  /** Functions with one key and one type are the same. */
  readonly key: string;
  readonly args: readonly Term[];
  readonly type: TextKind;
  readonly evaluate: Evaluate<string>;
  /** Turns a test of the result into one of the only operand, or `undefined` if nothing relates them. */
  readonly preimage: ((inner: Monitor) => Monitor) | undefined;
}

export type TextKind = 'String' | 'SpiffeId' | 'Ip' | 'Cidr';

/** A set of a request. */
export interface SetTerm {
  readonly name: string;
  /** Distinguishes sets with one name, from 1. */
  readonly number: number;
}

type Evaluate<Result> = (values: readonly string[]) => Result | undefined;

export function isTextKind(kind: Type['kind']): kind is TextKind {
  return kind === 'String' || kind === 'SpiffeId' || kind === 'Ip' || kind === 'Cidr';
}

/** A question about the values of terms that is always answered. */
export interface Test {
  /** Tests with one key are the same. */
  readonly key: string;
  readonly evaluate: (values: readonly string[]) => boolean;
  /** The facts about the values besides the answers for constants. */
  readonly meaning?: TermMeaning;
}

export type TermMeaning =
  /** The monitor labels exactly the strings for which the test is true; if it is only `atLeast`, others as well. */
  | { readonly kind: 'strings'; readonly monitor: Monitor; readonly atLeast: boolean }
  /** True for the addresses in the network. */
  | { readonly kind: 'network'; readonly network: string }
  /** True for addresses of this version. */
  | { readonly kind: 'version'; readonly version: 4 | 6 };

/** The statement of a literal about terms. */
export type TermAtom =
  | { readonly kind: 'equal'; readonly a: Term; readonly b: Term }
  | { readonly kind: 'test'; readonly test: Test; readonly args: readonly Term[] }
  | { readonly kind: 'member'; readonly set: TextSetId; readonly of: Term };

/** The terms that lemmas are about. */
export interface TermDefinitions {
  readonly nodes: readonly TermNode[];
  /** The literals about terms. */
  readonly atoms: ReadonlyMap<Literal, TermAtom>;
}

export class Terms implements TermDefinitions {
  readonly #formula: Formula;
  readonly #nodes: TermNode[] = [];
  readonly #atoms = new Map<Literal, TermAtom>();
  readonly #known = new Map<string, Term>();
  readonly #literals = new Map<string, Literal>();
  readonly #sets: SetTerm[] = [];
  /** For each name of open terms and of sets, how many have it. */
  readonly #names = new Map<string, number>();

  constructor(formula: Formula) {
    this.#formula = formula;
  }

  get nodes(): readonly TermNode[] {
    return this.#nodes;
  }

  get atoms(): ReadonlyMap<Literal, TermAtom> {
    return this.#atoms;
  }

  node(term: Term): TermNode {
    const node = this.#nodes[term];
    if (node === undefined) throw new Error(`broken invariant: no term ${term}`);
    return node;
  }

  constant(value: string): Term {
    return this.#once(`constant ${value}`, { kind: 'constant', value });
  }

  /** A new term with any value. */
  open(name: string, type: TextKind): Term {
    return this.#nodes.push({ kind: 'open', name, number: this.#count(name), type }) - 1;
  }

  /** The sets of requests. */
  get sets(): readonly SetTerm[] {
    return this.#sets;
  }

  newSet(name: string): TextSetId {
    return this.#sets.push({ name, number: this.#count(`set ${name}`) }) - 1;
  }

  #count(name: string): number {
    const number = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, number);
    return number;
  }

  /** The value of a constant. */
  findValue(term: Term): string | undefined {
    const node = this.node(term);
    return node.kind === 'constant' ? node.value : undefined;
  }

  apply(call: Omit<FunctionTerm, 'kind'>): Term {
    const values = this.#listValues(call.args);
    const value = values && call.evaluate(values);
    if (value !== undefined) return this.constant(value);
    const key = `function ${call.type} ${call.args.join(' ')} ${call.key}`;
    return this.#once(key, { kind: 'function', ...call });
  }

  equal(a: Term, b: Term): Literal {
    if (a === b) return yes;
    if (this.#listValues([a, b]) !== undefined) return no;
    const [first, second] = a < b ? [a, b] : [b, a];
    return this.#literal(`${first} = ${second}`, { kind: 'equal', a: first, b: second });
  }

  test(test: Test, args: readonly Term[]): Literal {
    const values = this.#listValues(args);
    if (values !== undefined) return test.evaluate(values) ? yes : no;
    return this.#literal(`test ${args.join(' ')} ${test.key}`, { kind: 'test', test, args });
  }

  member(set: TextSetId, of: Term): Literal {
    return this.#literal(`${of} in ${set}`, { kind: 'member', set, of });
  }

  #listValues(terms: readonly Term[]): readonly string[] | undefined {
    const values = terms.flatMap((term) => this.findValue(term) ?? []);
    return values.length === terms.length ? values : undefined;
  }

  #once(key: string, node: TermNode): Term {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = this.#nodes.push(node) - 1;
    this.#known.set(key, made);
    return made;
  }

  #literal(key: string, atom: TermAtom): Literal {
    const existingLiteral = this.#literals.get(key);
    if (existingLiteral !== undefined) return existingLiteral;
    const made = this.#formula.variable(key);
    this.#literals.set(key, made);
    this.#atoms.set(made, atom);
    return made;
  }
}

/** The terms that an atom is about. */
export function listTerms(atom: TermAtom): readonly Term[] {
  if (atom.kind === 'equal') return [atom.a, atom.b];
  return atom.kind === 'test' ? atom.args : [atom.of];
}
