// Types and values as the module holds them.

import { isBytes, type Type, type Value } from '../../language/index.ts';
import type { IrConst, Rep } from '../ir.ts';

/** Bytes of a cell: see the assembly library's cells.ts. */
export const cellSize = 16;

export function repOf(type: Type): Rep {
  if (type.kind === 'Bool') return 'tri';
  if (type.kind === 'Set' || type.kind === 'List') return 'cells';
  return isBytes(type) ? 'bytes' : 'word';
}

/** How the elements of a collection are compared. */
export function holds(type: Type): 'Words' | 'Bytes' {
  const element = type.kind === 'Set' || type.kind === 'List' ? type.element : type;
  return isBytes(element) ? 'Bytes' : 'Words';
}

/** A scalar as a word or as text. */
export function lowerScalar(value: Value): bigint | string {
  if (typeof value === 'string' || typeof value === 'bigint') return value;
  return typeof value === 'boolean' ? (value ? 1n : 0n) : BigInt(value as number);
}

export function lowerValue(type: Type, value: Value): IrConst {
  const rep = repOf(type);
  const lowered =
    rep === 'tri'
      ? (value as boolean)
      : rep === 'cells'
        ? (value as readonly Value[]).map(lowerScalar)
        : lowerScalar(value);
  return { kind: 'const', rep, timeful: false, value: lowered };
}
