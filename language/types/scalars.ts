// The scalar types: what every stage must know of each. A new scalar type has a row here, and an entry in each table that is
// keyed by `ScalarKind`.

import type { ScalarKind, Type } from './types.ts';

interface Scalar {
  /** How a module stores its values: as a pointer with a length, or as a 64-bit word. */
  readonly storage: 'bytes' | 'word';
  /** Whether a policy writes its values in quotes. */
  readonly isQuoted: boolean;
  /** Whether its values are strings of a certain form, so that other strings are malformed. */
  readonly hasForm: boolean;
}

const number: Scalar = { storage: 'word', isQuoted: false, hasForm: false };
const address: Scalar = { storage: 'bytes', isQuoted: false, hasForm: true };

const scalars: Readonly<Record<ScalarKind, Scalar>> = {
  Bool: number,
  Int: number,
  Decimal: number,
  String: { storage: 'bytes', isQuoted: true, hasForm: false },
  Timestamp: number,
  Duration: number,
  SpiffeId: { storage: 'bytes', isQuoted: true, hasForm: true },
  Ip: address,
  Cidr: address,
};

/** All scalar types by their names in a policy, in the order in which messages list them. */
export const scalarKinds = Object.keys(scalars) as readonly ScalarKind[];

/** Whether the module stores values as a pointer with a length, not as a 64-bit word. */
export function isBytes({ kind }: Type): boolean {
  return isScalarName(kind) && scalars[kind].storage === 'bytes';
}

/** Whether a policy writes values of the type in quotes. */
export function isQuoted({ kind }: Type): boolean {
  return isScalarName(kind) && scalars[kind].isQuoted;
}

/** Whether values of the type are strings of a certain form. */
export function hasForm({ kind }: Type): boolean {
  return isScalarName(kind) && scalars[kind].hasForm;
}

/** Whether it is the name of a scalar type. */
export function isScalarName(name: string): name is ScalarKind {
  return Object.hasOwn(scalars, name);
}
