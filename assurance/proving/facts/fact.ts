// A part of a request as the formula has it: whether it is present, and its value.

import type { PolicyModel } from '@nhipol/language/model';
import type { Type } from '@nhipol/language/types';
import type { Literal } from '../formula/formula.ts';
import type { Linear } from '../formula/linear.ts';
import type { Symbolic } from '../symbolic/symbolic.ts';
import type { Term } from '../terms/terms.ts';

/** A declaration of the fact in a policy, and the requests that it is for. */
export interface Declared {
  /** Undefined for a value that is not part of the request. */
  readonly policy: PolicyModel | undefined;
  readonly guard: Literal;
  readonly type: Type;
  readonly isRequired: boolean;
}

export interface NamedFact {
  readonly name: string;
  readonly fact: SymbolicFact;
}

/** A member, an entry of a map that is only read by keys, or one of those that conditions read as a whole. */
export type FactRole = 'member' | 'entry' | 'element';

/** A key of a map: one of several strings, or a term. */
export type Key = string | Term;

export interface SymbolicFact {
  readonly place: string;
  readonly type: Type;
  readonly declared: readonly Declared[];
  /** Whether the JSON of the request has it. */
  readonly present: Literal;
  readonly value: Symbolic<SymbolicFact>;
  readonly role: FactRole;
  /** The members that were read. */
  readonly members: readonly NamedFact[];
  /** The entries of a map that were read, by their keys. */
  readonly entries: ReadonlyMap<Key, SymbolicFact>;
  /** Whether the policy declares it for the request. */
  isDeclared(policy: PolicyModel): Literal;
  /** A member of a record. Members with one name and different types are different facts. */
  member(name: string, type: Type, own?: Linear): SymbolicFact;
  /** Makes another fact a member of this record. */
  adopt(name: string, fact: SymbolicFact): void;
  /** The entry of a map for a key. */
  entry(key: Key, type: Type): SymbolicFact;
}
