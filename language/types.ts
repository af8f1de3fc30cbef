// The static types and the values that inhabit them. Types are compared by structure, enums by
// their declaration.

import type { Span } from './source.ts';

export type Type = ScalarType | EnumType | RecordType | SetType | ListType;

export type ScalarKind =
  | 'Bool'
  | 'Int'
  | 'String'
  | 'Timestamp'
  | 'Duration'
  | 'SpiffeId'
  | 'Ip'
  | 'Cidr';

export interface ScalarType {
  readonly kind: ScalarKind;
  /** A `Timestamp` that comes as a count of seconds instead of RFC 3339 text. */
  readonly inSeconds?: boolean;
}

export interface EnumType {
  readonly kind: 'Enum';
  readonly name: string;
  readonly members: readonly string[];
  readonly ordered: boolean;
  /** The ordinal that every unlisted string is read as. */
  readonly otherwise: number | undefined;
  readonly span: Span;
}

export interface RecordType {
  readonly kind: 'Record';
  /** undefined when the record was written in place. */
  readonly name: string | undefined;
  readonly members: ReadonlyMap<string, Member>;
  /** Members whose own mistake has been reported; there are none in a checked policy. */
  readonly broken?: ReadonlySet<string>;
  readonly span: Span;
}

export interface Member {
  readonly name: string;
  readonly type: Type;
  readonly optional: boolean;
  /** Milliseconds for which a record with an `observed_at` stays usable. */
  readonly fresh: bigint | undefined;
  readonly default: Value | undefined;
  readonly span: Span;
}

export interface SetType {
  readonly kind: 'Set';
  readonly element: Type;
}

export interface ListType {
  readonly kind: 'List';
  readonly element: Type;
}

/**
 * Bool: boolean. Int: bigint. Timestamp, Duration: bigint, in milliseconds. String, SpiffeId:
 * string. Ip, Cidr: their one spelling, a string. Enum: the member's ordinal, a number. Set: its distinct elements.
 */
export type Value = boolean | bigint | string | number | readonly Value[];

export const bool: Type = { kind: 'Bool' };
export const int: Type = { kind: 'Int' };
export const string: Type = { kind: 'String' };
export const timestamp: Type = { kind: 'Timestamp' };
export const duration: Type = { kind: 'Duration' };
export const spiffeId: Type = { kind: 'SpiffeId' };
export const ip: Type = { kind: 'Ip' };
export const cidr: Type = { kind: 'Cidr' };

export function setOf(element: Type): SetType {
  return { kind: 'Set', element };
}

export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  if (a.kind === 'Set' || a.kind === 'List') return sameType(a.element, (b as SetType).element);
  if (a.kind === 'Enum') return false;
  if (a.kind === 'Record') return sameMembers(a, b as RecordType);
  return true;
}

function sameMembers(a: RecordType, b: RecordType): boolean {
  if (a.members.size !== b.members.size) return false;
  for (const [name, member] of a.members) {
    const other = b.members.get(name);
    if (other === undefined || !sameMember(member, other)) return false;
  }
  return true;
}

/** Whether two declarations read the same member of a request in the same way. */
export function sameMember(a: Member, b: Member): boolean {
  return (
    a.name === b.name &&
    a.optional === b.optional &&
    a.fresh === b.fresh &&
    sameWire(a.type, b.type) &&
    sameType(a.type, b.type) &&
    (a.default === b.default ||
      (a.default !== undefined && b.default !== undefined && sameValue(a.default, b.default)))
  );
}

function sameWire(a: Type, b: Type): boolean {
  return a.kind !== 'Timestamp' || b.kind !== 'Timestamp' || !a.inSeconds === !b.inSeconds;
}

export function sameValue(a: Value, b: Value): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((x) => b.some((y: Value) => sameValue(x, y)));
}

/** What `==` may compare and a set may hold: everything but records and lists. */
export function isEquatable(type: Type): boolean {
  return type.kind !== 'Record' && type.kind !== 'List' && type.kind !== 'Set';
}

/** What `<` may compare. */
export function isOrdered(type: Type): boolean {
  return (
    type.kind === 'Int' ||
    type.kind === 'Timestamp' ||
    type.kind === 'Duration' ||
    (type.kind === 'Enum' && type.ordered)
  );
}

/** How a type is written. */
export function typeName(type: Type): string {
  if (type.kind === 'Set' || type.kind === 'List') return `${type.kind}<${typeName(type.element)}>`;
  if (type.kind === 'Enum') return type.name;
  if (type.kind === 'Record') {
    return type.name ?? `{ ${[...type.members.keys()].join(', ')} }`;
  }
  return type.kind === 'Timestamp' && type.inSeconds ? 'Timestamp in seconds' : type.kind;
}
