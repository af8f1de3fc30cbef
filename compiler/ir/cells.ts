// The representation of types and values in the module.

import {
  encodeAddress,
  isBytes,
  isCollection,
  type Type,
  type Value,
} from '@nhipol/language/types';
import type { IrConst, IrScalar, Rep } from './values.ts';

/** The bytes of a cell: see cells.ts of the assembly library. */
export const cellSize = 16;

/** The bytes of the arena that reading a value of the type takes in addition to its cell. */
export function getAddressSize(type: Type): number {
  return type.kind === 'Ip' ? 16 : type.kind === 'Cidr' ? 32 : 0;
}

export function chooseRep(type: Type): Rep {
  if (type.kind === 'Bool') return 'tri';
  if (isCollection(type)) return 'cells';
  return isBytes(type) ? 'bytes' : 'word';
}

/** How the elements of a collection are compared. */
export function chooseElementForm(type: Type): 'Words' | 'Bytes' {
  return isBytes(unwrapElement(type)) ? 'Bytes' : 'Words';
}

function unwrapElement(type: Type): Type {
  return isCollection(type) ? type.element : type;
}

/** Lowers a scalar to a word, a string or, for an address, its bytes. */
export function lowerScalar(type: Type, value: Value): IrScalar {
  if (type.kind === 'Ip' || type.kind === 'Cidr') return encodeAddress(value as string);
  if (typeof value === 'string' || typeof value === 'bigint') return value;
  return typeof value === 'boolean' ? (value ? 1n : 0n) : BigInt(value as number);
}

export function lowerValue(type: Type, value: Value): IrConst {
  const rep = chooseRep(type);
  const lowered =
    rep === 'tri'
      ? (value as boolean)
      : rep === 'cells'
        ? (value as readonly Value[]).map((element) => lowerScalar(unwrapElement(type), element))
        : lowerScalar(type, value);
  return { kind: 'const', rep, timeful: false, value: lowered };
}

/** A key that only equal values share. */
export function buildScalarKey(value: IrScalar): string {
  return `${typeof value} ${value}`;
}
