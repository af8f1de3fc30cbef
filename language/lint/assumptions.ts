// What is taken for granted of a request while asking what else may be: never changed, so that one
// can go back to what was assumed before.

import type { Expr } from '../model/model.ts';
import type { Domain } from './domain.ts';
import type { TruthSet } from './truth-set.ts';

/** A condition, and what it is to be worth. */
export interface Claim {
  readonly expr: Expr;
  readonly wanted: TruthSet;
}

export interface Assumptions {
  /** By identity: what operands may be. */
  readonly operands: ReadonlyMap<number, Domain>;
  /** By path: whether a member is there, and whether a record is there and fresh. */
  readonly present: ReadonlyMap<string, boolean>;
  readonly usable: ReadonlyMap<string, boolean>;
  /** By identity: collections that have no element. */
  readonly empty: ReadonlySet<number>;
  /** What they were made of, to be looked at again when there are more. */
  readonly made: readonly Claim[];
}

export const noAssumptions: Assumptions = {
  operands: new Map(),
  present: new Map(),
  usable: new Map(),
  empty: new Set(),
  made: [],
};

/** Why assumptions can't hold together. */
export interface Conflict {
  /** `unknown`: something would have to be known that can't be. */
  readonly kind: 'values' | 'unknown';
  /** The conditions that contradict each other, or the one that is never so. */
  readonly between: readonly Expr[];
}

export function isConflict(found: Assumptions | Conflict): found is Conflict {
  return 'between' in found;
}

export function withOperand(before: Assumptions, identity: number, domain: Domain): Assumptions {
  return { ...before, operands: new Map(before.operands).set(identity, domain) };
}
