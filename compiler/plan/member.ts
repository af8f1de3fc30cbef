// Represents a rule as a row: the constants that differ between it and the other members of its family.

import type { Pattern } from '@nhipol/language/types';
import type { IrApply } from '../ir/expressions.ts';
import type { IrRule } from '../ir/ir.ts';
import type { IrConst } from '../ir/values.ts';

/** A constant, or a call with a constant pattern. */
export type Parameter = IrConst | IrApply;

export type ParameterValue = IrConst['value'] | Pattern;

export interface FamilyMember {
  readonly rule: IrRule;
  /** The values of the parameters, in order. */
  readonly values: readonly ParameterValue[];
}

export function expectConstant(parameter: Parameter): ParameterValue {
  if (parameter.kind === 'const') return parameter.value;
  if (parameter.pattern === undefined)
    throw new Error('broken invariant: a parameter without a constant');
  return parameter.pattern;
}
