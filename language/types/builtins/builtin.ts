// The shape of a builtin: its name, documentation, cost, types, meaning, and the function of the assembly
// library that implements it.

import type { Pattern } from '../patterns/pattern.ts';
import type { Range } from '../ranges.ts';
import type { Type, Value } from '../types.ts';
import type { BuiltinName, WrittenBuiltin } from './names.ts';

/** A builtin without its name, which is its key. */
export interface BuiltinRow {
  /** A sentence of documentation for policy authors. */
  readonly doc: string;
  readonly operands: number;
  /** How the number of steps grows with the sizes of the operands. */
  readonly cost: 'constant' | 'length' | 'product';
  /** Resolves the builtin for operands of these types, or returns `undefined` if it does not take them. */
  readonly resolve: (operands: readonly Type[], pattern?: Pattern) => Meaning | undefined;
  /** The operands that it takes, for messages. */
  readonly takes: string;
}

/** The builtins of one file. */
export type BuiltinRows = { readonly [Name in WrittenBuiltin]?: BuiltinRow };

export interface Builtin extends Omit<BuiltinRow, 'resolve'> {
  /** The operator or function as written in a policy. */
  readonly name: WrittenBuiltin;
  readonly resolve: (operands: readonly Type[], pattern?: Pattern) => Resolution | undefined;
}

/** A builtin for operands of certain types. */
export interface Meaning {
  readonly result: Type;
  /** Evaluates known operands; returns undefined (unknown) after an overflow, for example. */
  readonly evaluate: (operands: readonly Value[]) => Value | undefined;
  /** Why the value for these operands is unknown, for messages: a fact, and details of the operands after a colon. */
  readonly problem?: (operands: readonly Value[]) => string | undefined;
  /** The equivalent function of the assembly library. */
  readonly assembly: string;
  /** The pattern of `matches`; the module passes it after the operands, as constant data. */
  readonly pattern?: Pattern;
  /** Whether a call can have no value; the module then reads `ok` of the library. */
  readonly mayFail: boolean;
  /** Computes the range of a number from the ranges of the operands. */
  readonly reach?: (operands: readonly Range[]) => Reach;
  /** The function of the library for calls that cannot fail, if it is a different one. */
  readonly unchecked?: string | undefined;
}

export interface Resolution extends Meaning {
  readonly name: BuiltinName;
}

interface Reach {
  readonly range: Range;
  readonly mayFail: boolean;
}
