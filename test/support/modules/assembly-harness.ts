// The AssemblyScript library on its own: its files are compiled unchanged, with everything exported, once
// for all test files (the binary is cached under the hash of its sources), and instantiated once per test
// file. Tests write bytes and cells into its memory and call it. No imports are allowed.

import { readdirSync, readFileSync } from 'node:fs';
import { computeKey, ModuleCache } from '../cache/modules.ts';

const folder = new URL('../../../assembly/', import.meta.url);
const cache = new ModuleCache();
const compilerPackage = new URL(
  '../../../node_modules/assemblyscript/package.json',
  import.meta.url,
);
/**
 * The address above the areas of `layout.ts`: AssemblyScript's own data, and scratch memory of the tests.
 */
const memoryBase = 1 << 20;
const scratchStart = memoryBase + (1 << 16);
const pages = 24;

/** `(p, cell, path, depth, nullIsAbsent)` to the cursor after the value, or 0. */
type MemberReader = (
  p: number,
  cell: number,
  path: number,
  depth: number,
  absent: number,
) => number;
type SetPredicate = (a: number, an: number, b: number, bn: number) => number;
type SetOperation = (a: number, an: number, b: number, bn: number) => bigint;
type TextPredicate = SetPredicate;
type Binary = (a: bigint, b: bigint) => bigint;
interface Global<T> {
  readonly value: T;
}

/** The exports that tests use. */
export interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly INPUT: Global<number>;
  readonly ARENA: Global<number>;
  readonly ARENA_END: Global<number>;
  readonly BLOCKS: Global<number>;
  readonly errorSeverity: Global<number>;
  readonly errorCode: Global<number>;
  readonly errorPath: Global<number>;
  readonly errorFound: Global<number>;
  readonly errorOffset: Global<number>;
  readonly errorIndexCount: Global<number>;
  readonly textPtr: Global<number>;
  readonly textLen: Global<number>;
  readonly ok: Global<number>;
  beginRequest(length: number): number;
  beginText(start: number, length: number): number;
  skipValue(p: number, depth: number): number;
  expectEnd(p: number): number;
  readText(p: number): number;
  readonly otherMember: Global<number>;
  isNextMember(p: number, member: number): number;
  findMember(p: number, record: number): number;
  firstMember(record: number): number;
  getNextMember(member: number): number;
  readOtherName(p: number, record: number, scope: number, depth: number): number;
  errorIndex(at: number): number;
  pushIndex(index: number): void;
  setIndex(index: number): void;
  popIndex(): void;
  record(severity: number, code: number, path: number, found: number, offset: number): void;
  setLimit(pages: number): void;
  allowExtra(pages: number): void;
  take(bytes: number): number;
  give(address: number): void;
  allocate(bytes: number): number;
  mark(): number;
  release(marked: number): void;
  openNames(): number;
  noteName(scope: number, ptr: number, len: number, offset: number): void;
  readonly readBool: MemberReader;
  readonly readString: MemberReader;
  readonly readSpiffe: MemberReader;
  readonly readIp: MemberReader;
  readonly readCidr: MemberReader;
  readonly readInt: MemberReader;
  readonly readDecimal: MemberReader;
  checkRange(cell: number, lower: bigint, upper: bigint): void;
  readonly readDuration: MemberReader;
  readonly readTimestamp: MemberReader;
  readonly readTimestampSeconds: MemberReader;
  hasBytes(set: number, n: number, ptr: number, len: number): number;
  hasWord(set: number, n: number, value: bigint): number;
  readonly withinBytes: SetPredicate;
  readonly withinWords: SetPredicate;
  readonly intersectsBytes: SetPredicate;
  readonly intersectsWords: SetPredicate;
  readonly unionBytes: SetOperation;
  readonly unionWords: SetOperation;
  readonly intersectBytes: SetOperation;
  readonly intersectWords: SetOperation;
  readonly minusBytes: SetOperation;
  readonly minusWords: SetOperation;
  dedupeBytes(ptr: number, n: number): number;
  dedupeWords(ptr: number, n: number): number;
  readonly sameBytes: TextPredicate;
  readonly startsWith: TextPredicate;
  readonly endsWith: TextPredicate;
  readonly contains: TextPredicate;
  matches(p: number, n: number, pattern: number): number;
  lowerAscii(p: number, n: number): bigint;
  codePoints(p: number, n: number): number;
  spiffeValid(p: number, n: number): number;
  spiffeTrustDomain(p: number, n: number): bigint;
  spiffePath(p: number, n: number): bigint;
  toIp(p: number, n: number): bigint;
  toCidr(p: number, n: number): bigint;
  readonly ipInCidr: SetPredicate;
  readonly cidrWithin: SetPredicate;
  readonly cidrIntersects: SetPredicate;
  normalPath(p: number, n: number): bigint;
  pathAfter(state: bigint, p: number, n: number): bigint;
  readonly afterRoot: (p: number, n: number, q: number, m: number) => bigint;
  readonly underPath: (p: number, n: number, q: number, m: number) => number;
  readonly afterText: (p: number, n: number, q: number, m: number) => bigint;
  readonly beforeText: (p: number, n: number, q: number, m: number) => bigint;
  afterInteger(p: number, n: number, value: bigint): bigint;
  beforeInteger(p: number, n: number, value: bigint): bigint;
  afterRootInteger(p: number, n: number, value: bigint): bigint;
  pathAfterInteger(state: bigint, value: bigint): bigint;
  isFound(p: number, n: number): number;
  isConsumed(p: number, n: number): number;
  readonly joinText: (p: number, n: number, q: number, m: number) => bigint;
  joinInteger(p: number, n: number, value: bigint): bigint;
  underParts(state: bigint, p: number, n: number, rest: number, left: number): number;
  addressVersion(p: number, n: number): bigint;
  prefixLength(p: number, n: number): bigint;
  readonly addChecked: Binary;
  readonly subChecked: Binary;
  readonly mulChecked: Binary;
  readonly divChecked: Binary;
  negChecked(a: bigint): bigint;
  toMillionthsChecked(a: bigint): bigint;
  readonly decimalProduct: Binary;
  readonly decimalQuotient: Binary;
  readonly decimalShare: Binary;
  readonly toInt: (p: number, n: number) => bigint;
  readonly toQuantity: (p: number, n: number) => bigint;
  beginHash(): void;
  hashBytes(p: number, n: number): void;
  endHash(to: number): void;
  setNow(value: bigint, known: number): void;
  edgeOfLast(): bigint;
  nowInWindow(window: number, ahead: bigint): number;
  inWindow(window: number, at: bigint): number;
  findWeekday(zone: number, at: bigint): bigint;
  findTimeOfDay(zone: number, at: bigint): bigint;
  findPeriod(zone: number, period: number, at: bigint): number;
  readonly periodStart: { readonly value: bigint };
  readonly periodEnd: { readonly value: bigint };
  find1(table: number, kind: number, a: bigint, b: number): number;
  find2(
    table: number,
    kind0: number,
    a0: bigint,
    b0: number,
    kind1: number,
    a1: bigint,
    b1: number,
  ): number;
}

export interface Run {
  readonly pointer: number;
  readonly length: number;
}

/** The contents of a cell; `value` is the word, `pointer` and `length` are its halves. */
export interface Cell extends Run {
  readonly presence: number;
  readonly known: number;
  readonly value: bigint;
}

export interface Finding {
  readonly severity: number;
  readonly code: number;
  readonly path: number;
  readonly found: number;
  readonly offset: number;
}

const flags = [
  ...'--runtime stub --noAssert --use abort= -O2'.split(' '),
  '--memoryBase',
  String(memoryBase),
  '--initialMemory',
  String(pages),
];

export interface Variant {
  /** Whether the binary may use vector instructions. */
  readonly simd: boolean;
  /** Changes the source of a file before it is compiled. */
  readonly change?: (name: string, source: string) => string;
}

const plain: Variant = { simd: false };

async function binary({ simd, change }: Variant): Promise<Uint8Array<ArrayBuffer>> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts'));
  const sources = new Map(
    names.map((name) => {
      const source = readFileSync(new URL(name, folder), 'utf8');
      return [`library/${name}`, change?.(name, source) ?? source];
    }),
  );
  const own = simd ? [...flags, '--enable', 'simd'] : flags;
  // Only vector instructions use marks.
  const entry = names
    .filter((name) => simd || name !== 'reading/marks.ts')
    .map((name) => `export * from './library/${name.slice(0, -3)}';`);
  sources.set('entry.ts', entry.join('\n'));

  const key = computeKey([...sources, own, readFileSync(compilerPackage, 'utf8')]);
  const cached = cache.read(key);
  if (cached !== undefined) return cached;
  const compiled = await compile(sources, own);
  cache.store(key, compiled);
  return new Uint8Array(compiled);
}

async function compile(
  sources: ReadonlyMap<string, string>,
  options: readonly string[],
): Promise<Uint8Array> {
  const { default: asc } = await import('assemblyscript/asc');
  let output: Uint8Array | undefined;
  const { error, stderr } = await asc.main(['entry.ts', '--outFile', 'library.wasm', ...options], {
    readFile: (name) => sources.get(name) ?? null,
    writeFile: (_, contents) => {
      output = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error !== null || output === undefined) throw new Error(`asc failed: ${stderr.toString()}`);
  return output;
}

export class Library {
  readonly exports: Exports;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #next = scratchStart;

  private constructor(exports: Exports) {
    this.exports = exports;
    this.#bytes = new Uint8Array(exports.memory.buffer);
    this.#view = new DataView(exports.memory.buffer);
  }

  /** `change` modifies the binary. */
  static async load(
    variant = plain,
    change = (wasm: Uint8Array): Uint8Array => wasm,
  ): Promise<Library> {
    const module = new WebAssembly.Module(change(await binary(variant)) as BufferSource);
    const imports = WebAssembly.Module.imports(module);
    if (imports.length > 0) throw new Error(`imports: ${JSON.stringify(imports)}`);
    return new Library(new WebAssembly.Instance(module).exports as unknown as Exports);
  }

  /** Makes `text` the request; returns the cursor at its first value, or 0 if it is too large. */
  begin(text: string | Uint8Array): number {
    const bytes = encode(text);
    // The rest of an earlier, longer document must not matter.
    this.#bytes.fill(0x31, this.exports.INPUT.value, this.exports.INPUT.value + 65_568);
    this.#bytes.set(bytes.subarray(0, 65_536), this.exports.INPUT.value);
    this.#next = scratchStart;
    return this.exports.beginRequest(bytes.length);
  }

  /** The error of the current request, or `undefined` if there is none. */
  finding(): Finding | undefined {
    const { errorSeverity, errorCode, errorPath, errorFound, errorOffset } = this.exports;
    if (errorSeverity.value === 0) return undefined;
    return {
      severity: errorSeverity.value,
      code: errorCode.value,
      path: errorPath.value,
      found: errorFound.value,
      offset: errorOffset.value,
    };
  }

  /** Memory for tests, valid until the next `begin`. */
  scratch(size: number): number {
    const address = this.#next;
    this.#next += (size + 15) & ~15;
    if (this.#next > pages * 65_536) throw new Error('the tests exceed the scratch memory');
    return address;
  }

  put(text: string | Uint8Array): Run {
    const bytes = encode(text);
    const pointer = this.scratch(bytes.length);
    this.#bytes.set(bytes, pointer);
    return { pointer, length: bytes.length };
  }

  readBytes({ pointer, length }: Run): Uint8Array {
    return this.#bytes.slice(pointer, pointer + length);
  }

  readText(run: Run): string {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.readBytes(run));
  }

  setWord32(address: number, value: number): void {
    this.#view.setUint32(address, value, true);
  }

  writeCell(cell: number, content: string | bigint, known = true): void {
    if (typeof content === 'string') {
      const run = this.put(content);
      this.setWord32(cell, run.pointer);
      this.setWord32(cell + 4, run.length);
    } else this.#view.setBigInt64(cell, content, true);
    this.setWord32(cell + 8, known ? 0x101 : 1);
  }

  readCell(cell: number): Cell {
    return {
      presence: this.#view.getUint8(cell + 8),
      known: this.#view.getUint8(cell + 9),
      value: this.#view.getBigInt64(cell, true),
      pointer: this.#view.getUint32(cell, true),
      length: this.#view.getUint32(cell + 4, true),
    };
  }
}

/** Splits a pointer and the length in its upper half. */
export function unpair(pair: bigint): Run {
  return { pointer: Number(pair & 0xffff_ffffn), length: Number((pair >> 32n) & 0xffff_ffffn) };
}

function encode(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? new TextEncoder().encode(text) : text;
}
