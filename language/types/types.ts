// The static types and their values. Types are compared by structure, except enums, which are compared by
// their declaration.

import { showDecimal } from '../support/decimal.ts';
import type { Span } from '../support/source.ts';
import { int64Range, type Range } from './ranges.ts';

export type Type = ScalarType | EnumType | RecordType | CollectionType;

export type CollectionType = SetType | ListType | MapType;

export type ScalarKind =
  | 'Bool'
  | 'Int'
  | 'Decimal'
  | 'String'
  | 'Timestamp'
  | 'Duration'
  | 'SpiffeId'
  | 'Ip'
  | 'Cidr';

export interface ScalarType {
  readonly kind: ScalarKind;
  /** Whether a `Timestamp` is a number of seconds in JSON, not an RFC 3339 string. */
  readonly inSeconds?: boolean;
  /** The declared range of an `Int` or `Decimal`; computed values have none. */
  readonly range?: Range | undefined;
}

export interface EnumType {
  readonly kind: 'Enum';
  readonly name: string;
  readonly members: readonly string[];
  readonly ordered: boolean;
  /** The ordinal of the member that every unlisted string is read as. */
  readonly otherwise: number | undefined;
  readonly span: Span;
}

export interface RecordType {
  readonly kind: 'Record';
  /** Undefined for an inline record. */
  readonly name: string | undefined;
  readonly members: ReadonlyMap<string, Member>;
  /** Members whose errors are already reported; a checked policy has none. */
  readonly broken?: ReadonlySet<string>;
  /** Members that cannot be read, because those that share the record declare them differently. */
  readonly differing?: ReadonlyMap<string, MemberDifference>;
  readonly span: Span;
}

/** Why several declarations of a member cannot be read as one. */
export interface MemberDifference {
  /** Continues a sentence about the member: ``is `Int` for `read`, and `String` for `write` ``. */
  readonly why: string;
  readonly declared: readonly { readonly span: Span; readonly type: string }[];
}

export const noMembers: ReadonlyMap<string, Member> = new Map();

export interface Member {
  readonly name: string;
  readonly type: Type;
  readonly optional: boolean;
  /** Whether the value must not appear in answers and reports; so are all values in it. */
  readonly secret: boolean;
  /** The maximum age of a record with an `observed_at`, in milliseconds. */
  readonly fresh: bigint | undefined;
  readonly default: Value | undefined;
  /** For a member that stands for several declarations. */
  readonly shares?: SharedDeclarations;
  readonly span: Span;
}

interface SharedDeclarations {
  readonly declared: readonly Member[];
  /** Whether some requests in the scope have no such declaration; the member is absent in them. */
  readonly isPartial: boolean;
}

export interface SetType {
  readonly kind: 'Set';
  readonly element: Type;
}

interface ListType {
  readonly kind: 'List';
  readonly element: Type;
}

/** Values by strings that the policy need not know. */
export interface MapType {
  readonly kind: 'Map';
  readonly value: Type;
  /** An entry: a record with the members `key` and `value`. */
  readonly element: RecordType;
}

/**
 * The representation of values. Bool: boolean. Int: bigint. Decimal: bigint, in millionths. Timestamp,
 * Duration: bigint, in milliseconds. String, SpiffeId: string. Ip, Cidr: string, the canonical spelling.
 * Enum: number, the ordinal of the member. Set: its distinct elements.
 */
export type Value = boolean | bigint | string | number | readonly Value[];

export const bool: Type = { kind: 'Bool' };
export const int: Type = { kind: 'Int' };
export const decimal: Type = { kind: 'Decimal' };
export const string: ScalarType = { kind: 'String' };
export const timestamp: Type = { kind: 'Timestamp' };
export const duration: Type = { kind: 'Duration' };
export const spiffeId: Type = { kind: 'SpiffeId' };
export const ip: Type = { kind: 'Ip' };
export const cidr: Type = { kind: 'Cidr' };

export function makeSetType(element: Type): SetType {
  return { kind: 'Set', element };
}

/** `span`: where the type is written. */
export function makeMapType(value: Type, span: Span): MapType {
  const member = (name: string, type: Type): readonly [string, Member] => [
    name,
    { name, type, span, optional: false, secret: false, fresh: undefined, default: undefined },
  ];
  const members = new Map([member('key', string), member('value', value)]);
  return { kind: 'Map', value, element: { kind: 'Record', name: undefined, members, span } };
}

export function isCollection(type: Type): type is CollectionType {
  return type.kind === 'Set' || type.kind === 'List' || type.kind === 'Map';
}

/** The type without its range, for computed values. */
export function removeRange(type: Type): Type {
  if (type.kind === 'Int') return int;
  if (type.kind === 'Decimal') return decimal;
  if (type.kind !== 'Set' && type.kind !== 'List') return type;
  return { kind: type.kind, element: removeRange(type.element) };
}

/** Whether two types are the same; ranges are ignored. */
export function isSameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  if (isCollection(a)) return isSameType(a.element, (b as CollectionType).element);
  if (a.kind === 'Enum') return false;
  if (a.kind === 'Record') return isSameMembers(a, b as RecordType);
  return true;
}

function isSameMembers(a: RecordType, b: RecordType): boolean {
  if (a.members.size !== b.members.size) return false;
  for (const [name, member] of a.members) {
    const other = b.members.get(name);
    if (other === undefined || !isSameMember(member, other)) return false;
  }
  return true;
}

/** Whether two declarations of a member of a request are equivalent. */
export function isSameMember(a: Member, b: Member): boolean {
  return (
    a.name === b.name &&
    a.optional === b.optional &&
    a.fresh === b.fresh &&
    isSameWireType(a.type, b.type) &&
    isSameDefault(a, b)
  );
}

/** Whether two types are the same, also in requests and with their ranges. */
export function isSameWireType(a: Type, b: Type): boolean {
  return isSameType(a, b) && isSameWire(a, b);
}

export function isSameDefault(a: Member, b: Member): boolean {
  if (a.default === undefined || b.default === undefined) return a.default === b.default;
  return isSameValue(a.default, b.default);
}

/** Whether two equivalent declarations keep the same values secret. */
export function isSameSecrecy(a: Member, b: Member): boolean {
  return a.secret === b.secret && isSameSecrets(a.type, b.type);
}

function isSameSecrets(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (isCollection(a)) {
    return isCollection(b) && a.kind === b.kind && isSameSecrets(a.element, b.element);
  }
  if (a.kind !== 'Record' || b.kind !== 'Record') return true;
  return [...a.members].every(([name, member]) => {
    const other = b.members.get(name);
    return other === undefined || isSameSecrecy(member, other);
  });
}

function isSameWire(a: Type, b: Type): boolean {
  if (isCollection(a)) return isSameWire(a.element, (b as CollectionType).element);
  if (a.kind === 'Enum' || a.kind === 'Record') return true;
  const other = b as ScalarType;
  return (
    !a.inSeconds === !other.inSeconds &&
    a.range?.min === other.range?.min &&
    a.range?.max === other.range?.max
  );
}

export function isSameValue(a: Value, b: Value): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((x) => b.some((y: Value) => isSameValue(x, y)));
}

/** Whether values can be compared with `is` and be elements of a set: all except records and collections. */
export function isEquatable(type: Type): boolean {
  return type.kind !== 'Record' && !isCollection(type);
}

/** Whether values can be compared with `<`. */
export function isOrdered(type: Type): boolean {
  return (
    type.kind === 'Int' ||
    type.kind === 'Decimal' ||
    type.kind === 'Timestamp' ||
    type.kind === 'Duration' ||
    (type.kind === 'Enum' && type.ordered)
  );
}

/** The spelling of a type. */
export function typeName(type: Type): string {
  if (type.kind === 'Set' || type.kind === 'List') return `${type.kind}<${typeName(type.element)}>`;
  if (type.kind === 'Map') return `Map<String, ${typeName(type.value)}>`;
  if (type.kind === 'Enum') return type.name;
  if (type.kind === 'Record') {
    return type.name ?? `{ ${[...type.members.keys()].join(', ')} }`;
  }
  if (type.kind === 'Timestamp' && type.inSeconds) return 'Timestamp in seconds';
  return type.range === undefined ? type.kind : `${type.kind}(${showRange(type, type.range)})`;
}

/** Formats a range as in a declaration: `0..100`, `0..`. */
export function showRange(type: Type, { min, max }: Range): string {
  const show = (value: bigint) => (type.kind === 'Decimal' ? showDecimal(value) : String(value));
  return `${min === int64Range.min ? '' : show(min)}..${max === int64Range.max ? '' : show(max)}`;
}
