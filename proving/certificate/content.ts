// Lemmas by content: what their literals say, and about which terms. Numbers of terms and literals depend on the order in
// which a search met them, and a reader could not see what a lemma says.

import type { Literal } from '../formula/formula.ts';
import type { LemmaKind } from '../terms/lemma.ts';
import type { Atom, SetId, SetNode, Term, Terms, Test, TextKind } from '../terms/terms.ts';
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
  | { readonly member: string; readonly set: SetNode };

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

  #atom(atom: Atom): AtomContent {
    if (atom.kind === 'equal') return { equal: [this.#name(atom.a), this.#name(atom.b)] };
    if (atom.kind === 'test')
      return { test: atom.test.key, of: atom.args.map((arg) => this.#name(arg)) };
    const set = this.#terms.sets[atom.set];
    if (set === undefined) throw new Error(`broken invariant: no set ${atom.set}`);
    return { member: this.#name(atom.of), set };
  }

  #name(term: Term): string {
    const known = this.#names.get(term);
    if (known !== undefined) return known;
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

/** Finds what lemmas of others are about in a formula. */
export class ContentReader {
  readonly #terms: Terms;
  readonly #known = new Map<string, Term>();
  readonly #tests = new Map<string, Test>();
  readonly #sets: ReadonlyMap<string, SetId>;
  readonly #named = new Map<string, Term>();

  constructor(terms: Terms) {
    this.#terms = terms;
    for (const [term, node] of terms.nodes.entries()) {
      if (node.kind === 'open') this.#known.set(openKey(node.type, node.name, node.number), term);
      if (node.kind === 'function')
        this.#known.set(functionKey(node.type, node.key, node.args), term);
    }
    for (const atom of terms.atoms.values())
      if (atom.kind === 'test') this.#tests.set(atom.test.key, atom.test);
    this.#sets = new Map(terms.sets.map(({ name, number }, id) => [`${number} ${name}`, id]));
  }

  /** Undefined: a lemma is about something that is not part of the formula. */
  lemmas(table: TermTable, lemmas: readonly LemmaContent[]): readonly TermLemma[] | undefined {
    this.#named.clear();
    for (const [name, content] of Object.entries(table)) {
      const term = this.#term(content);
      if (term === undefined) return undefined;
      this.#named.set(name, term);
    }
    const found: TermLemma[] = [];
    for (const { kind: reason, not } of lemmas) {
      const literals = not.map((content) => -(this.#literal(content) ?? 0));
      if (literals.some((literal) => literal === 0)) return undefined;
      found.push({ kind: 'lemma', reason, literals });
    }
    return found;
  }

  #term(content: TermContent): Term | undefined {
    if ('constant' in content) return this.#terms.constant(content.constant);
    if ('any' in content)
      return this.#known.get(openKey(content.type, content.any, content.number));
    const args = this.#namedTerms(content.of);
    return args && this.#known.get(functionKey(content.type, content.result, args));
  }

  #namedTerms(names: readonly string[]): readonly Term[] | undefined {
    const terms = names.flatMap((name) => this.#named.get(name) ?? []);
    return terms.length === names.length ? terms : undefined;
  }

  #literal(content: LiteralContent): Literal | undefined {
    if ('not' in content) {
      const literal = this.#atom(content.not);
      return literal && -literal;
    }
    return this.#atom(content);
  }

  #atom(content: AtomContent): Literal | undefined {
    if ('equal' in content) {
      const [a, b, ...others] = this.#namedTerms(content.equal) ?? [];
      if (a === undefined || b === undefined || others.length > 0) return undefined;
      return this.#terms.equal(a, b);
    }
    if ('member' in content) {
      const { name, number } = content.set;
      const [set, of] = [this.#sets.get(`${number} ${name}`), this.#named.get(content.member)];
      return set === undefined || of === undefined ? undefined : this.#terms.member(set, of);
    }
    const [test, args] = [this.#tests.get(content.test), this.#namedTerms(content.of)];
    return test && args && this.#terms.test(test, args);
  }
}

function openKey(type: TextKind, name: string, number: number): string {
  return `any ${type} ${number} ${name}`;
}

function functionKey(type: TextKind, key: string, args: readonly Term[]): string {
  return `result ${type} ${args.join(' ')} ${key}`;
}
