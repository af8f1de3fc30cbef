// A module that implements the ABI without evaluating: a request consists of the bytes of its answer. Tests
// lay out an answer as an image of the module's memory, and observe the host. Like a real module it fills
// in placeholders and unknown paths only when it explains, and overwrites the constraints then. Short
// requests are commands: see the source.

import {
  abiMajor,
  abiMinor,
  cellLayout,
  type EffectName,
  effects,
  type Manifest,
  manifestSection,
  reasonLayout,
  resultLayout,
} from '@nhipol/runtime/abi';

const areas = { result: 1024, reasons: 1088, constraints: 1216, placeholders: 1344, pool: 1472 };
const end = 4096;

const source = `
const INPUT: usize = 8192;
export const abi_major: i32 = ABI_MAJOR;
export const abi_minor: i32 = ${abiMinor};
export const result: usize = ${areas.result};
export const reasons: usize = ${areas.reasons};
export const constraints: usize = ${areas.constraints};
export const placeholders: usize = ${areas.placeholders};
export const manifest: usize = 0;
export const manifest_length: i32 = 0;

let calls: i32 = 0;

export function request(length: i32): usize {
  return length > 32768 ? 0 : INPUT;
}

function answer(index: i32, until: f64): usize {
  memory.fill(result, 0, 64);
  store<f64>(result, until, 8);
  store<i32>(result, 1, 48);
  store<i32>(reasons, index);
  store<i32>(reasons, 0, 4);
  return result;
}

/**
 * "trap"; "then": the instant, with the clock as the reason; "count": the number of calls; "forever":
 * never returns.
 */
export function decide(length: i32, now: f64, clock: i32): usize {
  calls += 1;
  if (length > 32768) return answer(0, <f64>length);
  if (length == 4 && load<u8>(INPUT, 1) == 0x72) unreachable();
  if (length == 4) return answer(clock, isNaN(now) ? Infinity : now);
  if (length == 5) return answer(0, calls);
  if (length == 7 && load<u8>(INPUT) == 0x66) while (calls != 0) calls |= 1;
  memory.copy(result, INPUT, length);
  memory.fill(placeholders, 0, 128);
  for (let at = 0; at < 8; at += 1) store<u64>(reasons + (at << 4), 0, 8);
  return result;
}

export function again(now: f64): usize {
  return answer(2, now);
}

export function explain(): void {
  memory.copy(placeholders, INPUT + ${areas.placeholders - areas.result}, 128);
  for (let at = 0; at < 8; at += 1) {
    const offset = ${areas.reasons - areas.result} + (at << 4) + 8;
    store<u64>(result + offset, load<u64>(INPUT + offset));
  }
  memory.fill(constraints, 0xff, 128);
}
`;

export interface CannedOptions {
  readonly abiMajor?: number;
  /** AssemblyScript that is added to the module. */
  readonly more?: string;
}

/** The module without a manifest. */
export async function assembleCanned(options: CannedOptions = {}): Promise<Uint8Array> {
  const text = source.replace('ABI_MAJOR', String(options.abiMajor ?? abiMajor));
  const { default: asc } = await import('assemblyscript/asc');
  const flags = '--runtime stub --noAssert --use abort= -O1 --memoryBase 65536 --initialMemory 2';
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ['entry.ts', '--outFile', 'out.wasm', ...flags.split(' ')],
    {
      readFile: (name) => (name === 'entry.ts' ? text + (options.more ?? '') : null),
      writeFile: (_, contents) => {
        wasm = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || wasm === undefined) throw new Error(`asc failed: ${stderr.toString()}`);
  return wasm;
}

/** Adds a custom section; default: the manifest. */
export function withManifest(wasm: Uint8Array, manifest: unknown, name = manifestSection) {
  const encoder = new TextEncoder();
  const content = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
  const title = encoder.encode(name);
  const body = [title.length, ...title, ...encoder.encode(content)];
  return Uint8Array.from([...wasm, 0, ...unsigned(body.length), ...body]);
}

function unsigned(value: number): readonly number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >> 7)];
}

export const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

export type CannedValue = bigint | string | readonly (bigint | string)[] | 'unknown' | undefined;

export interface CannedAnswer {
  readonly effect?: EffectName | number;
  readonly flags?: number;
  readonly validUntil?: number;
  readonly error?: readonly [code: number, path: number, found: number, offset: number];
  readonly indexes?: readonly number[];
  /** Index, flags, and bits of unknown paths. */
  readonly reasons?: readonly (readonly [index: number, flags?: number, unknown?: bigint])[];
  readonly reasonCount?: number;
  readonly selectors?: readonly [subject: number, action: number, resource: number];
  readonly constraints?: readonly CannedValue[];
  readonly placeholders?: readonly (bigint | string | undefined)[];
}

/** The request that results in this answer. */
export function canned(answer: CannedAnswer): Uint8Array {
  return new Image().lay(answer);
}

class Image {
  readonly #bytes = new Uint8Array(end - areas.result);
  readonly #view = new DataView(this.#bytes.buffer);
  #pool = areas.pool;

  lay(answer: CannedAnswer): Uint8Array {
    const { effect = 'permit', error = [0, 0, 0, 0], reasons = [], selectors = [0, 0, 0] } = answer;
    const number = typeof effect === 'number' ? effect : effects.indexOf(effect);
    const at = (offset: number) => areas.result + offset;
    this.#u32(at(resultLayout.effect), number);
    this.#u32(at(resultLayout.flags), answer.flags ?? 0);
    const until = answer.validUntil ?? Number.POSITIVE_INFINITY;
    this.#view.setFloat64(resultLayout.validUntil, until, true);
    for (const [index, word] of [...error, ...(answer.indexes ?? [])].entries()) {
      this.#u32(at(resultLayout.errorCode + index * 4), word);
    }
    this.#u32(at(resultLayout.reasonCount), answer.reasonCount ?? reasons.length);
    for (const [index, word] of selectors.entries()) {
      this.#u32(at(resultLayout.subject + index * 4), word);
    }
    for (const [index, [reason, flags = 0, unknown = 0n]] of reasons.entries()) {
      const entry = areas.reasons + index * reasonLayout.size;
      this.#u32(entry + reasonLayout.index, reason);
      this.#u32(entry + reasonLayout.firedOnUnknown, flags);
      this.#u64(entry + reasonLayout.unknown, unknown);
    }
    this.#cells(areas.constraints, answer.constraints ?? []);
    this.#cells(areas.placeholders, answer.placeholders ?? []);
    return this.#bytes;
  }

  #cells(start: number, values: readonly CannedValue[]): void {
    for (const [index, value] of values.entries()) {
      if (value !== undefined) this.#cell(start + index * cellLayout.size, value);
    }
  }

  #cell(cell: number, value: Exclude<CannedValue, undefined>): void {
    if (typeof value === 'bigint') this.#u64(cell, BigInt.asUintN(64, value));
    else {
      const start = this.#pool;
      this.#u32(cell + cellLayout.pointer, start);
      if (typeof value === 'string') {
        const bytes = new TextEncoder().encode(value);
        this.#bytes.set(bytes, start - areas.result);
        this.#pool += bytes.length;
        this.#u32(cell + cellLayout.length, bytes.length);
      } else {
        this.#pool += value.length * cellLayout.size;
        this.#u32(cell + cellLayout.length, value.length);
        this.#cells(start, value);
      }
    }
    this.#u32(cell + cellLayout.present, 0x101);
  }

  #u32(address: number, value: number): void {
    this.#view.setUint32(address - areas.result, value, true);
  }

  #u64(address: number, value: bigint): void {
    this.#view.setBigUint64(address - areas.result, value, true);
  }
}

const place = (line: number, column = 3) => [0, line, column] as const;
const reason = (id: string, line: number, rest: Partial<Manifest['reasons'][number]> = {}) => ({
  ...{ id, source: place(line) },
  ...rest,
});

export const cannedManifest: Manifest = {
  abi: { major: abiMajor, minor: abiMinor },
  policy: { name: 'canned', version: '1' },
  compiler: '0.0.0',
  sources: '00',
  schema: {},
  selectors: { subjects: ['agent', 'workload'], actions: ['read'], resources: ['file'] },
  paths: [
    [0, '$', 0],
    [0, '.context.risk', 1],
    [0, '.subject.properties["a[]"][].to[]', 2],
  ],
  expected: ['an object', 'an integer (Int)', 'a string'],
  files: ['policy.nhipol'],
  reads: ['context.risk', 'context.geo', 'subject.scopes', 'resource.owner', 'context.events'],
  reasons: [
    reason('works', 1),
    reason('acts', 2),
    reason('later', 3),
    reason('risky', 9, {
      message: ['risk is ', 0, ', for ', 1, ' since ', 2],
      unknown: [0, 1],
    }),
    reason('acts', 1, { message: ['fixed'] }),
    reason('acts', 2, { source: place(2, 1) }),
  ],
  rules: [
    { effects: ['permit'], read: [2] },
    { effects: ['narrow', 'deny'], subjects: [1], read: [0] },
    { effects: ['challenge'], subjects: [2], read: [1] },
    { effects: ['deny'], actions: [1], resources: [1], read: [3] },
    { effects: ['revoke', 'deny'], read: [4] },
  ],
  choosers: ['action.name', 'resource.type', 'subject.type'],
  constraints: [
    { name: 'ttl', type: { kind: 'Duration' }, merge: 'smallest wins' },
    { name: 'rows', type: { kind: 'Int' }, merge: 'smallest wins' },
    { name: 'until', type: { kind: 'Timestamp' }, merge: 'smallest wins' },
    {
      name: 'mode',
      type: { kind: 'Enum', name: 'Mode', members: ['read', 'write'] },
      merge: 'smallest wins',
    },
    {
      name: 'hosts',
      type: { kind: 'Set', element: { kind: 'String' } },
      merge: 'intersects',
    },
    { name: 'ports', type: { kind: 'Set', element: { kind: 'Int' } }, merge: 'intersects' },
    { name: 'masked', type: { kind: 'Bool' }, merge: 'must agree' },
    { name: 'as', type: { kind: 'SpiffeId' }, merge: 'must agree' },
  ],
  placeholders: [
    { kind: 'Enum', name: 'Level', members: ['LOW', 'HIGH'] },
    { kind: 'Duration' },
    { kind: 'Timestamp' },
  ],
};
