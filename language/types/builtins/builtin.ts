// The shape of a builtin: one row holds its name, its doc, what it costs, its types, its meaning
// and the code that the module runs for it.

import type { Pattern } from '../patterns/pattern.ts';
import type { Range } from '../ranges.ts';
import type { Type, Value } from '../types.ts';

export interface Builtin {
  /** The operator or function as written. */
  readonly name: string;
  /** One sentence for authors. */
  readonly doc: string;
  readonly operands: number;
  /** Steps per call, counting a step per element of a collection as one more. */
  readonly cost: 'constant' | 'length' | 'product';
  /** Whether it yields a value for these operands, and how; undefined: it does not take them. */
  readonly resolve: (operands: readonly Type[], pattern?: Pattern) => Resolution | undefined;
  /** What it takes, for messages. */
  readonly takes: string;
}

export interface Resolution {
  readonly name: string;
  readonly result: Type;
  /** On known operands; undefined: unknown, as after an overflow. */
  readonly evaluate: (operands: readonly Value[]) => Value | undefined;
  /** The function of the assembly library that does the same. */
  readonly assembly: string;
  /** What `matches` looks for; the module has it as constant data, behind the operands. */
  readonly pattern?: Pattern;
  /** The module asks the library's `ok` whether the call gave a value. */
  readonly mayFail: boolean;
  /** Of a number: what can be told of its value from the ranges of its operands. */
  readonly reach?: (operands: readonly Range[]) => Reach;
  /** The library's function where the call can't fail, if that is another one. */
  readonly unchecked?: string | undefined;
}

export interface Reach {
  readonly range: Range;
  readonly mayFail: boolean;
}

/** How the module holds a value of a type: a 64-bit word, or a pointer with a length. */
export function isBytes(type: Type): boolean {
  return ['String', 'SpiffeId', 'Ip', 'Cidr'].includes(type.kind);
}
