// Lemmas by content: what their literals say, and about which terms. Numbers of terms and literals depend on the order in
// which a search met them, and a reader could not see what a lemma says.

import type { Literal } from '../formula/formula.ts';
import type { LemmaKind } from '../terms/lemma.ts';
import type {
  ConstantNode,
  FunctionTerm,
  OpenNode,
  SetTerm,
  Term,
  TermAtom,
  Terms,
  Test,
  TextKind,
  TextSetId,
} from '../terms/terms.ts';
import type { TermLemma } from './certificate.ts';

/** The lemma that these are not all true. */
export interface LemmaContent {
  readonly kind: LemmaKind;
  readonly not: readonly LiteralContent[];
}

export type LiteralContent = AtomContent | { readonly not: AtomContent };

/** Terms by their names in the table of the proof, tests by their keys. */
export type AtomContent =
  | { readonly equal: readonly string[] }
  | { readonly test: string; readonly of: readonly string[] }
  | { readonly member: string; readonly set: SetTerm };

/** A term; the operands of a function are before it in the table. */
export type TermContent =
  | { readonly constant: string }
  | { readonly any: string; readonly number: number; readonly type: TextKind }
  | { readonly result: string; readonly of: readonly string[]; readonly type: TextKind };

/** The terms of a proof by their names, such as `t1`. */
export type TermTable = Readonly<Record<string, TermContent>>;

/** Describes lemmas, and collects the terms that they are about. */
export class ContentWriter {
  readonly #terms: Terms;
  readonly #names = new Map<Term, string>();
  readonly #table: Record<string, TermContent> = {};

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  get table(): TermTable {
    return this.#table;
  }

  lemma({ reason, literals }: TermLemma): LemmaContent {
    return { kind: reason, not: literals.map((literal) => this.#literal(-literal)) };
  }

  #literal(literal: Literal): LiteralContent {
    const atom = this.#terms.atoms.get(Math.abs(literal));
    if (atom === undefined) throw new Error('broken invariant: a lemma is about terms');
    const content = this.#atom(atom);
    return literal > 0 ? content : { not: content };
  }

  #atom(atom: TermAtom): AtomContent {
    if (atom.kind === 'equal') return { equal: [this.#name(atom.a), this.#name(atom.b)] };
    if (atom.kind === 'test')
      return { test: atom.test.key, of: atom.args.map((arg) => this.#name(arg)) };
    const set = this.#terms.sets[atom.set];
    if (set === undefined) throw new Error(`broken invariant: no set ${atom.set}`);
    return { member: this.#name(atom.of), set };
  }

  #name(term: Term): string {
    const storedName = this.#names.get(term);
    if (storedName !== undefined) return storedName;
    const content = this.#content(term);
    const name = `t${this.#names.size + 1}`;
    this.#names.set(term, name);
    this.#table[name] = content;
    return name;
  }

  #content(term: Term): TermContent {
    const node = this.#terms.node(term);
    if (node.kind === 'constant') return { constant: node.value };
    const { type } = node;
    if (node.kind === 'open') return { any: node.name, number: node.number, type };
    return { result: node.key, of: node.args.map((arg) => this.#name(arg)), type };
  }
}

/** Finds the literals of a formula that lemmas of others are about, and adds none. */
export class ContentReader {
  readonly #terms: ReadonlyMap<string, Term>;
  readonly #literals: ReadonlyMap<string, Literal>;
  readonly #sets: ReadonlyMap<string, TextSetId>;

  constructor({ nodes, atoms, sets }: Pick<Terms, 'nodes' | 'atoms' | 'sets'>) {
    this.#terms = new Map(nodes.map((node, term) => [buildNodeKey(node), term]));
    this.#literals = new Map([...atoms].map(([literal, atom]) => [buildAtomKey(atom), literal]));
    this.#sets = new Map(sets.map(({ name, number }, id) => [`${number} ${name}`, id]));
  }

  /** Returns `undefined` if a lemma is about something that is not part of the formula. */
  lemmas(table: TermTable, lemmas: readonly LemmaContent[]): readonly TermLemma[] | undefined {
    const named = new Map<string, Term>();
    for (const [name, content] of Object.entries(table)) {
      const term = this.#term(content, named);
      if (term === undefined) return undefined;
      named.set(name, term);
    }
    const termLemmas: TermLemma[] = [];
    for (const { kind: reason, not } of lemmas) {
      const literals = not.flatMap((content) => this.#literal(content, named) ?? []);
      if (literals.length < not.length) return undefined;
      termLemmas.push({ kind: 'lemma', reason, literals: literals.map((literal) => -literal) });
    }
    return termLemmas;
  }

  #term(content: TermContent, named: Named): Term | undefined {
    if ('constant' in content)
      return this.#terms.get(buildNodeKey({ kind: 'constant', value: content.constant }));
    const { type } = content;
    if ('any' in content) {
      const { any: name, number } = content;
      return this.#terms.get(buildNodeKey({ kind: 'open', name, number, type }));
    }
    const args = findTerms(content.of, named);
    const { result: key } = content;
    return args && this.#terms.get(buildNodeKey({ kind: 'function', key, type, args }));
  }

  #literal(content: LiteralContent, named: Named): Literal | undefined {
    const isNegated = 'not' in content;
    const atom = this.#atom(isNegated ? content.not : content, named);
    const literal = atom && this.#literals.get(buildAtomKey(atom));
    return literal === undefined || !isNegated ? literal : -literal;
  }

  #atom(content: AtomContent, named: Named): AtomParts | undefined {
    if ('equal' in content) {
      const [a, b, ...others] = findTerms(content.equal, named) ?? [];
      return a === undefined || b === undefined || others.length > 0
        ? undefined
        : { kind: 'equal', a, b };
    }
    if ('member' in content) {
      const { name, number } = content.set;
      const [set, of] = [this.#sets.get(`${number} ${name}`), named.get(content.member)];
      return set === undefined || of === undefined ? undefined : { kind: 'member', set, of };
    }
    const args = findTerms(content.of, named);
    return args && { kind: 'test', test: { key: content.test }, args };
  }
}

type Named = ReadonlyMap<string, Term>;

function findTerms(names: readonly string[], named: Named): readonly Term[] | undefined {
  const terms = names.flatMap((name) => named.get(name) ?? []);
  return terms.length === names.length ? terms : undefined;
}

/** The parts of a term, and of an atom, that distinguish it from others. */
type NodeParts = ConstantNode | OpenNode | Pick<FunctionTerm, 'kind' | 'key' | 'type' | 'args'>;
type AtomParts =
  | Exclude<TermAtom, { readonly kind: 'test' }>
  | { readonly kind: 'test'; readonly test: Pick<Test, 'key'>; readonly args: readonly Term[] };

function buildNodeKey(node: NodeParts): string {
  if (node.kind === 'constant') return `constant ${node.value}`;
  if (node.kind === 'open') return `open ${node.type} ${node.number} ${node.name}`;
  return `function ${node.type} ${node.args.join(' ')} ${node.key}`;
}

function buildAtomKey(atom: AtomParts): string {
  if (atom.kind === 'equal') return `${Math.min(atom.a, atom.b)} = ${Math.max(atom.a, atom.b)}`;
  if (atom.kind === 'member') return `${atom.of} in ${atom.set}`;
  return `test ${atom.args.join(' ')} ${atom.test.key}`;
}
