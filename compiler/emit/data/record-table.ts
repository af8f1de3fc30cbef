// A record's members as bytes, in the format of the assembly library's members.ts: by them the reader of
// objects finds where a value belongs, and how it is read.

const encoder = new TextEncoder();

export interface TableMember {
  readonly name: string;
  readonly kind: number;
  readonly path: number;
  /** From the record's own cell, or from the start of the facts where it has none. */
  readonly cell: number;
  /** Address of its own table, of a record; what else its kind takes. */
  readonly record: number;
  /** What becomes of it when it is missing: nothing, a fault, or a fault that its cells share. */
  readonly missing: 'fine' | 'fault' | 'faulty';
}

/** `size`: bytes of its cell and all cells in it. */
export function recordTable(size: number, members: readonly TableMember[]): Uint8Array {
  const required = members.reduce(
    (bits, { missing }, index) => (missing === 'fine' ? bits : bits | (1n << BigInt(index))),
    0n,
  );
  const [low, high] = [Number(required & 0xffff_ffffn), Number(required >> 32n)];
  return Uint8Array.from([...[size, low, high].flatMap(u32), ...members.flatMap(row), ...u32(0)]);
}

const headerBytes = 18;

function row({ name, kind, path, cell, record, missing }: TableMember, index: number) {
  const usual = encoder.encode(usualName(name));
  const own = isPlain(name) ? [] : encoder.encode(name);
  return [
    ...u16(headerBytes + usual.length + own.length),
    ...u16(usual.length),
    ...u16(kind),
    ...u16(path),
    ...u32(cell),
    ...u32(record),
    ...[index, missing === 'faulty' ? 1 : 0],
    ...usual,
    ...own,
  ];
}

/** With its colon: most writers put none before it, and escape only what must be. */
export function usualName(name: string): string {
  return `${JSON.stringify(name)}:`;
}

function isPlain(name: string): boolean {
  return usualName(name).length === name.length + 3;
}

function u16(value: number): readonly number[] {
  return [value & 0xff, value >> 8];
}

function u32(value: number): readonly number[] {
  return [...u16(value & 0xffff), ...u16(value >>> 16)];
}
