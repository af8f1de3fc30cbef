// The assumptions about a request. They are immutable, so that a search can return to
// earlier ones.

import type { Expr } from '../../model/model.ts';
import type { Domain } from './domain.ts';
import type { OrderSet } from './orders.ts';
import type { TruthSet } from './truth-set.ts';
import type { WallTimes } from './wall-times.ts';

/** A condition, and the truth values that it is assumed to have. */
export interface TruthClaim {
  readonly expr: Expr;
  readonly wanted: TruthSet;
}

/** The possibilities that are left, and the conditions that narrowed them. */
interface Narrowed<T> {
  readonly left: T;
  readonly since: readonly Expr[];
}

/** The assumptions about one request. */
export interface Assumptions {
  /** The domains of operands, by identity. */
  readonly operands: ReadonlyMap<number, Domain>;
  /** The orders of compared operands, by the identity of the pair. */
  readonly orders: ReadonlyMap<number, Narrowed<OrderSet>>;
  /** The times that a wall clock can show, by its identity. */
  readonly times: ReadonlyMap<number, Narrowed<WallTimes>>;
  /** For each path, whether a member is present, and whether a record is present and fresh. */
  readonly present: ReadonlyMap<string, boolean>;
  readonly usable: ReadonlyMap<string, boolean>;
  /** Collections without elements, by identity. */
  readonly empty: ReadonlySet<number>;
  /** The claims that led here, to be applied again when there are more. */
  readonly made: readonly TruthClaim[];
}

export const noAssumptions: Assumptions = {
  operands: new Map(),
  orders: new Map(),
  times: new Map(),
  present: new Map(),
  usable: new Map(),
  empty: new Set(),
  made: [],
};

/** Why assumptions contradict each other. */
export interface Conflict {
  /** `unknown`: something would have to be known that is always unknown. */
  readonly kind: 'values' | 'unknown';
  /** The conditions that contradict each other, or the one that cannot have the value. */
  readonly between: readonly Expr[];
}

export function isConflict(found: Assumptions | Conflict): found is Conflict {
  return 'between' in found;
}

export function withOperand(before: Assumptions, identity: number, domain: Domain): Assumptions {
  return { ...before, operands: new Map(before.operands).set(identity, domain) };
}
