// Encodes the members of a record in the format of members.ts of the assembly library. The reader of
// objects uses it to find where to store a value and how to read it.

const encoder = new TextEncoder();

/** The kinds of values that the library reads, as in `Kind` of shapes.ts. */
export const valueKinds = { string: 1, subject: 2, action: 3, resource: 4 };

/** The kinds of values from here on belong to the policy. */
export const firstPolicyKind = 7;

/** The kinds of members that are not values, as in `MemberKind` of members.ts. */
export const memberKinds = { record: 0xfff0, entity: 0xfff1, properties: 0xfff2, context: 0xfff3 };

export interface TableMember {
  readonly name: string;
  readonly kind: number;
  readonly path: number;
  /** Relative to the record's own cell, or to the start of the facts if it has none. */
  readonly cell: number;
  /** For a record, the address of its table; for other kinds, their parameter. */
  readonly record: number;
  /** The result of a missing member: none, a fault, or a fault that is also set in its cells. */
  readonly missing: 'fine' | 'fault' | 'faulty';
}

/** Encodes a `RecordTable` and its members. `size`: bytes of its cell and all cells in it. */
export function recordTable(size: number, members: readonly TableMember[]): Uint8Array {
  const required = members.reduce(
    (bits, { missing }, index) => (missing === 'fine' ? bits : bits | (1n << BigInt(index))),
    0n,
  );
  const [low, high] = [Number(required & 0xffff_ffffn), Number(required >> 32n)];
  return Uint8Array.from([
    ...[size, low, high].flatMap(encodeU32),
    ...members.flatMap(encodeRow),
    ...encodeU32(0),
  ]);
}

const headerBytes = 18;

function encodeRow({ name, kind, path, cell, record, missing }: TableMember, index: number) {
  const common = encoder.encode(normalizeForm(name));
  const own = isPlain(name) ? [] : encoder.encode(name);
  return [
    ...encodeU16(headerBytes + common.length + own.length),
    ...encodeU16(common.length),
    ...encodeU16(kind),
    ...encodeU16(path),
    ...encodeU32(cell),
    ...encodeU32(record),
    index,
    missing === 'faulty' ? 1 : 0,
    ...common,
    ...own,
  ];
}

/**
 * The name with its colon in the common form: most writers put no space before the colon, and escape only
 * what they must.
 */
export function normalizeForm(name: string): string {
  return `${JSON.stringify(name)}:`;
}

function isPlain(name: string): boolean {
  return normalizeForm(name).length === name.length + 3;
}

function encodeU16(value: number): readonly number[] {
  return [value & 0xff, value >> 8];
}

function encodeU32(value: number): readonly number[] {
  return [...encodeU16(value & 0xffff), ...encodeU16(value >>> 16)];
}
