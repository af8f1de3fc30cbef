// Whether strings, addresses and sets falsify a lemma of a certificate: an oracle that evaluates the literals for values
// of the open terms, and knows no automata, classes or ranges.

import { isSpiffeId, readIp } from '@nhipol/language/types';
import type { Literal } from '@nhipol/proving';
import {
  listTerms,
  type Term,
  type TermAtom,
  type TermDefinitions,
  type TextKind,
} from '../../../assurance/proving/terms/terms.ts';

/** Values that distinguish the tests of a policy, and values that none of them mentions. */
export type Candidates = Readonly<Record<TextKind, readonly string[]>>;

export function createCandidates(
  texts: readonly string[],
  addresses: readonly string[],
): Candidates {
  return {
    String: texts,
    SpiffeId: texts.filter(isSpiffeId),
    Ip: addresses.filter((each) => readIp(each) !== undefined),
    Cidr: addresses.filter((each) => each.includes('/')),
  };
}

type Values = ReadonlyMap<Term, string>;

/** Whether some choice of candidates for the open terms makes all literals false. */
export function isFalsified(
  definitions: TermDefinitions,
  clause: readonly Literal[],
  candidates: Candidates,
): boolean {
  return new Oracle(definitions, clause, candidates).isFalsified();
}

class Oracle {
  readonly #definitions: TermDefinitions;
  readonly #candidates: Candidates;
  readonly #claimed: readonly { readonly atom: TermAtom; readonly holds: boolean }[];

  constructor(definitions: TermDefinitions, clause: readonly Literal[], candidates: Candidates) {
    this.#definitions = definitions;
    this.#candidates = candidates;
    this.#claimed = clause.map((literal) => {
      const atom = definitions.atoms.get(Math.abs(literal));
      if (atom === undefined) throw new Error('a literal of a lemma is about terms');
      return { atom, holds: literal < 0 };
    });
  }

  isFalsified(): boolean {
    const open = new Set<Term>();
    for (const { atom } of this.#claimed)
      for (const term of listTerms(atom))
        for (const each of this.#listOpenTerms(term)) open.add(each);
    return this.#search([...open], new Map());
  }

  #listOpenTerms(term: Term): readonly Term[] {
    const node = this.#definitions.nodes[term];
    if (node?.kind === 'open') return [term];
    return node?.kind === 'function' ? node.args.flatMap((arg) => this.#listOpenTerms(arg)) : [];
  }

  #search([term, ...others]: readonly Term[], values: Values): boolean {
    if (term === undefined) return this.#areAllFalse(values);
    const node = this.#definitions.nodes[term];
    const type = node?.kind === 'open' ? node.type : 'String';
    return this.#candidates[type].some((each) =>
      this.#search(others, new Map([...values, [term, each]])),
    );
  }

  #areAllFalse(values: Values): boolean {
    const members = new Map<string, boolean>();
    return this.#claimed.every(({ atom, holds }) => {
      const terms = listTerms(atom);
      const own = terms.flatMap((term) => this.#evaluateTerm(term, values) ?? []);
      // A function without a value has any: nothing is shown.
      if (own.length < terms.length) return false;
      if (atom.kind === 'equal') return (own[0] === own[1]) === holds;
      if (atom.kind === 'test') return atom.test.evaluate(own) === holds;
      const key = `${atom.set} ${own[0]}`;
      const known = members.get(key) ?? holds;
      members.set(key, holds);
      return known === holds;
    });
  }

  #evaluateTerm(term: Term, values: Values): string | undefined {
    const node = this.#definitions.nodes[term];
    if (node?.kind === 'constant') return node.value;
    if (node?.kind !== 'function') return values.get(term);
    const args = node.args.flatMap((arg) => this.#evaluateTerm(arg, values) ?? []);
    return args.length === node.args.length ? node.evaluate(args) : undefined;
  }
}
