// A rule as a row: what differs between it and the others of its family.

import type { Pattern } from '../../language/index.ts';
import type { IrApply, IrConst, IrRule } from '../ir/ir.ts';

/** A constant, or a call whose pattern is one. */
export type Hole = IrConst | IrApply;

export type HoleValue = IrConst['value'] | Pattern;

export interface Member {
  readonly rule: IrRule;
  /** What stands in the holes, in their order. */
  readonly values: readonly HoleValue[];
}

export function constantOf(hole: Hole): HoleValue {
  if (hole.kind === 'const') return hole.value;
  if (hole.pattern === undefined) throw new Error('broken invariant: a hole without a constant');
  return hole.pattern;
}
