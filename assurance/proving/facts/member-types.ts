// The types of members as the encoder distinguishes them, and their values.

import { firstInstant, int64Range, lastInstant, type Type } from '@nhipol/language/types';
import type { Finite } from '../symbolic/symbolic.ts';

/** The values of a Bool or an enum. */
export function listFiniteValues(type: Type): readonly Finite[] {
  if (type.kind === 'Bool') return [true, false];
  return type.kind === 'Enum' ? type.members.map((_, ordinal) => ordinal) : [];
}

/** Whether a well-formed value can be unknown. */
export function mayBeUnusable(type: Type): boolean {
  switch (type.kind) {
    case 'Enum':
      return type.otherwise === undefined;
    case 'Timestamp':
      return type.inSeconds === true;
    default:
      type.kind satisfies
        | ('Set' | 'Bool' | 'Int' | 'Decimal' | 'String' | 'Duration' | 'SpiffeId')
        | ('Ip' | 'Cidr' | 'Record' | 'List' | 'Map');
      return type.kind !== 'String' && type.kind !== 'Bool';
  }
}

export function findRange(type: Type): { readonly min: bigint; readonly max: bigint } {
  if (type.kind === 'Timestamp') return { min: firstInstant, max: lastInstant };
  const range = 'range' in type ? type.range : undefined;
  return range ?? int64Range;
}

/** Distinguishes the types of members with one name; records are compared member by member. */
export function formatSignature(type: Type): string {
  switch (type.kind) {
    case 'Record':
      return 'Record';
    case 'Set':
    case 'List':
      return `${type.kind}<${formatSignature(type.element)}>`;
    case 'Map':
      return `Map<${formatSignature(type.value)}>`;
    case 'Enum':
      return JSON.stringify([type.name, type.members, type.otherwise ?? null]);
    default:
      type.kind satisfies
        | ('Bool' | 'Int' | 'Decimal' | 'String' | 'Timestamp' | 'Duration')
        | ('SpiffeId' | 'Ip' | 'Cidr');
      return `${type.kind} ${type.inSeconds === true} ${type.range?.min}..${type.range?.max}`;
  }
}
