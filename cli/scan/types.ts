// The types of declared arguments, as data: for the conditions that are written about them.

import { isMembers } from '@nhipol/runtime/abi';

export type DeclaredType =
  | { readonly kind: 'string' | 'bool' }
  | NumberType
  | { readonly kind: 'enum'; readonly choices: readonly string[] }
  | { readonly kind: 'list'; readonly element: DeclaredType }
  | { readonly kind: 'map'; readonly value: DeclaredType }
  | DeclaredRecordType;

export interface NumberType {
  readonly kind: 'number';
  readonly isWhole: boolean;
  /** Inclusive. */
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export interface DeclaredRecordType {
  readonly kind: 'record';
  readonly members: readonly DeclaredMember[];
}

export interface DeclaredMember {
  readonly name: string;
  readonly isOptional: boolean;
  readonly type: DeclaredType;
}

/** Whether a policy with this declaration can use the value: otherwise the request is invalid, or the value unknown. */
export function isUsableValue(value: unknown, type: DeclaredType): boolean {
  switch (type.kind) {
    case 'string':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean';
    case 'enum':
      return typeof value === 'string' && type.choices.includes(value);
    case 'number': {
      if (typeof value !== 'number') return false;
      if (type.isWhole ? !Number.isSafeInteger(value) : Math.abs(value) > maxDecimal) return false;
      return value >= (type.from ?? value) && value <= (type.to ?? value);
    }
    case 'list':
      return Array.isArray(value) && value.every((each) => isUsableValue(each, type.element));
    case 'map':
      return (
        isMembers(value) && Object.values(value).every((each) => isUsableValue(each, type.value))
      );
    case 'record':
      return (
        isMembers(value) &&
        type.members.every((member) => {
          const inner = readMember(value, member.name);
          return inner === undefined ? member.isOptional : isUsableValue(inner, member.type);
        })
      );
  }
}

/** The value of a member; `null` counts as absent. */
export function readMember(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? (record[name] ?? undefined) : undefined;
}

/** A Decimal is a 64-bit number of millionths. */
const maxDecimal = 9.2e12;
