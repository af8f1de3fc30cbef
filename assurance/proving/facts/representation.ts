// The differences between proofs with lists of values and proofs with terms: how texts, collections and builtins on
// texts are represented. Everything else is encoded once, for both.

import type { ApplyExpr } from '@nhipol/language/model';
import type { Type } from '@nhipol/language/types';
import type { Literal } from '../formula/formula.ts';
import type { Texts } from '../symbolic/algebra.ts';
import type { ListElement, Symbolic } from '../symbolic/symbolic.ts';
import type { Key, SymbolicFact } from './fact.ts';

/** The presence of a collection, and whether it has an element of no use. */
export interface Collected {
  readonly held: Literal;
  readonly unusable: Literal;
  readonly isList: boolean;
}

export interface Representation extends Texts {
  /** Any text of a type where `known` is true. */
  readonly anyText: (name: string, place: string, type: Type, known: Literal) => Symbolic<never>;
  /** Any text that can be valid for the types of two policies: strings, and members of enums. */
  readonly commonText: (place: string, types: readonly Type[], known: Literal) => Symbolic<never>;
  /** A set or list of texts or numbers. */
  readonly scalars: (place: string, element: Type, collected: Collected) => Symbolic<never>;
  /** A list of records or lists. */
  readonly list: (
    place: string,
    held: Literal,
    make: (present: Literal) => ListElement<SymbolicFact>,
  ) => Symbolic<SymbolicFact>;
  /** The entries of a map. */
  readonly entries: (
    place: string,
    held: Literal,
    make: (key: Key, value: Symbolic<never>) => ListElement<SymbolicFact>,
  ) => Symbolic<SymbolicFact>;
  /** Two entries of a map are one where the literal is true. */
  readonly unite?: (same: Literal, a: SymbolicFact, b: SymbolicFact) => void;
  /** A builtin on texts, and on values of other types that the formula lists. */
  readonly apply: (
    expr: ApplyExpr,
    args: readonly Symbolic<SymbolicFact>[],
    anyResult: () => Symbolic<SymbolicFact>,
  ) => Symbolic<SymbolicFact>;
}
