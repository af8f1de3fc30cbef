// Compiles AssemblyScript to the finished module. The assembler is a parameter, because it needs a thread
// of its own. The constant data and the manifest are added to its output as sections.

import type { Linked } from './emit/link.ts';

export interface AssemblerOptions {
  /** The address from which the assembler may place its own data. */
  readonly memoryBase: number;
  readonly initialPages: number;
  readonly maximumPages: number;
  /** Whether the module may use vector instructions; default: false. */
  readonly simd?: boolean;
  /** Whether to save time: the module is a quarter larger. */
  readonly quick?: boolean;
  /** Whether to return the module as WebAssembly text as well. */
  readonly text: boolean;
}

export interface Assembled {
  readonly wasm: Uint8Array;
  /** Present if it was requested. */
  readonly wat?: string;
}

export type Assembler = (
  sources: ReadonlyMap<string, string>,
  options: AssemblerOptions,
) => Promise<Assembled | { readonly failure: string }>;

/**
 * Assembles the sources and completes the module. Throws if the assembler fails, because emitted code
 * that does not compile is a bug of the compiler.
 */
export async function assembleLinked(
  linked: Linked,
  custom: ReadonlyMap<string, Uint8Array>,
  assembler: Assembler,
  {
    simd = false,
    quick = false,
    text = false,
  }: Partial<Pick<AssemblerOptions, 'simd' | 'quick' | 'text'>> = {},
): Promise<Assembled> {
  const assembled = await assembler(linked.sources, {
    memoryBase: linked.memoryBase,
    initialPages: linked.pages,
    maximumPages: linked.maximumPages,
    simd,
    quick,
    text,
  });
  if ('failure' in assembled) throw new Error(`the assembler failed: ${assembled.failure}`);
  return { ...assembled, wasm: finish(assembled.wasm, linked.data, custom) };
}

interface Section {
  readonly id: number;
  readonly body: Uint8Array;
}

const dataSection = 11;
const dataCountSection = 12;
const customSection = 0;
const preambleBytes = 8;

/** Adds an active data segment and custom sections (WebAssembly core specification, §5.5). */
function finish(
  wasm: Uint8Array,
  data: Linked['data'],
  custom: ReadonlyMap<string, Uint8Array>,
): Uint8Array {
  const sections = readSections(wasm);
  const segment = concat([
    Uint8Array.of(0, 0x41),
    encodeSigned(data.address),
    Uint8Array.of(0x0b),
    encodeUnsigned(data.bytes.length),
    data.bytes,
  ]);
  const before = sections.find((section) => section.id === dataSection);
  const [count, rest] = before === undefined ? [0, new Uint8Array()] : readUnsigned(before.body);
  const body = concat([encodeUnsigned(count + 1), rest, segment]);
  const otherSections = sections.filter((section) => section.id !== dataSection);
  const counted = otherSections.map((section) =>
    section.id === dataCountSection
      ? { id: dataCountSection, body: encodeUnsigned(count + 1) }
      : section,
  );
  const isLast = (section: Section) => section.id === customSection;
  const ordered = [
    ...counted.filter((section) => !isLast(section)),
    { id: dataSection, body },
    ...counted.filter(isLast),
    ...[...custom].map(([name, bytes]) => ({
      id: customSection,
      body: concat([encodeName(name), bytes]),
    })),
  ];
  return concat([
    wasm.subarray(0, preambleBytes),
    ...ordered.flatMap((section) => [
      Uint8Array.of(section.id),
      encodeUnsigned(section.body.length),
      section.body,
    ]),
  ]);
}

function readSections(wasm: Uint8Array): readonly Section[] {
  const sections: Section[] = [];
  let rest = wasm.subarray(preambleBytes);
  while (rest.length > 0) {
    const [size, body] = readUnsigned(rest.subarray(1));
    sections.push({ id: rest[0] ?? 0, body: body.subarray(0, size) });
    rest = body.subarray(size);
  }
  return sections;
}

/** Reads a LEB128 number; returns it and the rest of the bytes. */
function readUnsigned(bytes: Uint8Array): [number, Uint8Array] {
  let value = 0;
  let at = 0;
  let byte = 0x80;
  while (byte >= 0x80) {
    byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * at);
    at += 1;
  }
  return [value, bytes.subarray(at)];
}

function encodeUnsigned(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

function encodeSigned(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
      bytes.push(low);
      return Uint8Array.from(bytes);
    }
    bytes.push(low | 0x80);
  }
}

function encodeName(name: string): Uint8Array {
  const bytes = new TextEncoder().encode(name);
  return concat([encodeUnsigned(bytes.length), bytes]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
