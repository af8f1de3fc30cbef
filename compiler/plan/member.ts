// Represents a rule as a row: the constants that differ between it and the other members of its family.

import type { Pattern } from '../../language/index.ts';
import type { IrApply, IrConst, IrRule } from '../ir/ir.ts';

/** A constant, or a call with a constant pattern. */
export type Hole = IrConst | IrApply;

export type HoleValue = IrConst['value'] | Pattern;

export interface Member {
  readonly rule: IrRule;
  /** The values of the parameters, in order. */
  readonly values: readonly HoleValue[];
}

export function constantOf(hole: Hole): HoleValue {
  if (hole.kind === 'const') return hole.value;
  if (hole.pattern === undefined)
    throw new Error('broken invariant: a parameter without a constant');
  return hole.pattern;
}
