// The facts of a second request that differs from the first one in some members: the same variables where nothing
// changes, so that rules that read no change have the same literal for both requests.

import { type Root, spellMemberPath } from '@nhipol/language/model';
import type { Type } from '@nhipol/language/types';
import type { Formula, Literal } from '../formula/formula.ts';
import type { Linear } from '../formula/linear.ts';
import { guardValue } from '../symbolic/algebra.ts';
import type { ListElement, Symbolic } from '../symbolic/symbolic.ts';
import { EncodedFact } from './encoded-fact.ts';
import type { SymbolicEncoding } from './encoding.ts';
import type { Key, NamedFact, SymbolicFact } from './fact.ts';

/** The presence and value of a fact in the second request. */
export interface Changed {
  readonly present: Literal;
  readonly value: Symbolic<SymbolicFact>;
}

export interface Changes {
  /**
   * The change of a member of a record or an entry of a map. `before`: the fact where only what is around it changes.
   * `path`: as the policy writes it, with `[]` for elements and entries.
   */
  of(fact: SymbolicFact, path: string, before: Changed): Changed;
}

/** The things that the facts of a second request share. */
interface Changing {
  readonly encoding: SymbolicEncoding;
  readonly changes: Changes;
  /** The facts by the one that they change: a value of a map is a member of its entry as well. */
  readonly seen: Map<SymbolicFact, ChangedFact>;
}

export class ChangedFact extends EncodedFact {
  readonly path: string;
  readonly #base: SymbolicFact;
  readonly #changing: Changing;

  private constructor(
    changing: Changing,
    base: SymbolicFact,
    path: string,
    { present, value }: Changed,
  ) {
    super(changing.encoding, base.place, base.type, base.declared, present, {
      value: withElements(changing, value, path),
    });
    this.path = path;
    this.#base = base;
    this.#changing = changing;
  }

  /** A fact that does not change itself: a root, or an element of a list. */
  static around(changing: Changing, base: SymbolicFact, path: string): ChangedFact {
    return new ChangedFact(changing, base, path, base);
  }

  static root(
    encoding: SymbolicEncoding,
    changes: Changes,
  ): (fact: SymbolicFact, root: Root) => SymbolicFact {
    const changing = { encoding, changes, seen: new Map() };
    return (fact, root) => ChangedFact.around(changing, fact, root);
  }

  override get members(): readonly NamedFact[] {
    return this.#base.members.map(({ name, fact }) => ({
      name,
      fact: this.#inner(fact, spellMemberPath(this.path, name)),
    }));
  }

  override get entries(): ReadonlyMap<Key, SymbolicFact> {
    return new Map(
      [...this.#base.entries].map(([key, fact]) => [
        key,
        this.#inner(fact, `${this.path}[].value`),
      ]),
    );
  }

  override member(name: string, type: Type, own?: Linear): SymbolicFact {
    return this.#inner(this.#base.member(name, type, own), spellMemberPath(this.path, name));
  }

  override entry(key: Key, type: Type): SymbolicFact {
    return this.#inner(this.#base.entry(key, type), `${this.path}[].value`);
  }

  #inner(fact: SymbolicFact, path: string): ChangedFact {
    const { encoding, changes, seen } = this.#changing;
    const existingFact = seen.get(fact);
    if (existingFact !== undefined) return existingFact;
    const { formula } = encoding;
    const isWithinChange = this.present !== this.#base.present;
    const present = isWithinChange ? formula.and(fact.present, this.present) : fact.present;
    const before = { present, value: restrictToPresent(formula, fact, present) };
    const changed = changes.of(fact, path, before);
    const made = new ChangedFact(this.#changing, fact, path, changed);
    seen.set(fact, made);
    return made;
  }
}

/** The value of a fact that is present where the literal is true. */
export function restrictToPresent(
  formula: Formula,
  fact: SymbolicFact,
  present: Literal,
): Symbolic<SymbolicFact> {
  return present === fact.present ? fact.value : guardValue(formula, present, fact.value);
}

function withElements(
  changing: Changing,
  value: Symbolic<SymbolicFact>,
  path: string,
): Symbolic<SymbolicFact> {
  const change = ({ present, fact }: ListElement<SymbolicFact>): ListElement<SymbolicFact> => ({
    present,
    fact: ChangedFact.around(changing, fact, `${path}[]`),
  });
  if (value.kind === 'list') return { ...value, elements: value.elements.map(change) };
  if (value.kind !== 'open list') return value;
  const pools = value.pools.map(({ guard, pool }) => ({ guard, pool: pool.map(change) }));
  return { ...value, pools };
}
