// A module that implements the ABI without evaluating: a request consists of the header and the response of its answer.
// Tests lay out an answer, and observe the host. Short requests are commands: see the source.

import {
  abiMajor,
  abiMinor,
  type EffectName,
  effects,
  headerLayout,
  type Manifest,
  manifestSection,
} from '@nhipol/runtime/abi';
import { heads } from '../../../compiler/emit/response/texts.ts';

/** The addresses of responses and of requests, and the end of the latter. */
const [response, input, end] = [1024, 40_960, 77_824];
const most = 32_768;
const reads = ['action', 'context', 'resource', 'subject'];

/** The response of a permit, a deny and so on with one reason. */
export function createResponse(effect: EffectName, id: string, more: object = {}): string {
  const { error, ...others } = more as { readonly error?: object };
  const detail = { id, effect, fired_on: 'true' };
  const last = error === undefined ? {} : { error };
  const members = { reason_details: [detail], ...others, read: reads, ...last };
  return `${heads[effects.indexOf(effect)]}${JSON.stringify(id)}],${JSON.stringify(members).slice(1)}}`;
}

const ids = ['works', 'acts', 'later'];
/** The instants whose text the module knows; any other ends an answer without one. */
const instants = [Number.POSITIVE_INFINITY, 1_767_225_600_000, -1];

const source = `
const INPUT: usize = ${input};
const RESPONSE: usize = ${response};
export const abi_major: i32 = ABI_MAJOR;
export const abi_minor: i32 = ${abiMinor};

let calls: i32 = 0;

export function request(length: i32): usize {
  return length > ${most} ? 0 : INPUT;
}

function text(index: i32, until: f64): string {
${texts()}
}

function answer(index: i32, until: f64): usize {
  memory.fill(RESPONSE, 0, ${headerLayout.size});
  store<f64>(RESPONSE, until, ${headerLayout.validUntil});
  const chosen = text(index, until);
  store<u32>(RESPONSE, chosen.length, ${headerLayout.length});
  for (let at = 0; at < chosen.length; at += 1) {
    store<u8>(RESPONSE + ${headerLayout.size} + <usize>at, <u8>chosen.charCodeAt(at));
  }
  return RESPONSE;
}

/**
 * "trap"; "then": the instant, with the clock as the reason; "count": the number of calls; "forever":
 * never returns.
 */
export function decide(length: i32, now: f64, clock: i32, form: i32): usize {
  calls += 1;
  if (length > ${most}) return answer(0, <f64>length);
  if (length == 4 && load<u8>(INPUT, 1) == 0x72) unreachable();
  if (length == 4) return answer(clock, isNaN(now) ? Infinity : now);
  if (length == 5) return answer(0, calls);
  if (length == 7 && load<u8>(INPUT) == 0x66) while (calls != 0) calls |= 1;
  memory.copy(RESPONSE, INPUT, length);
  return RESPONSE;
}

export function again(now: f64, form: i32): usize {
  return answer(2, now);
}

export function respond(form: i32): usize {
  return RESPONSE;
}
`;

/** The choice of the response of a permit. */
function texts(): string {
  const writeResponse = (id: string, until?: number) =>
    JSON.stringify(createResponse('permit', id, until === undefined ? {} : createExpiry(until)));
  const lines = ids.flatMap((id, index) => [
    ...instants.map(
      (until) =>
        `  if (index == ${index} && until == ${until}) return ${writeResponse(id, until)};`,
    ),
    `  if (index == ${index}) return ${writeResponse(id)};`,
  ]);
  return [...lines, `  return ${writeResponse('works')};`].join('\n');
}

export interface CannedOptions {
  readonly abiMajor?: number;
  /** The name of an export that is not there. */
  readonly without?: string;
  /** AssemblyScript that is added to the module. */
  readonly more?: string;
}

/** The module without a manifest. */
export async function assembleCanned(options: CannedOptions = {}): Promise<Uint8Array> {
  const text = source
    .replace('ABI_MAJOR', String(options.abiMajor ?? abiMajor))
    .replace(new RegExp(`export (const|function) ${options.without ?? '-'}\\b`), '$1 missing');
  const { default: asc } = await import('assemblyscript/asc');
  const flags = `--runtime stub --noAssert --use abort= -O1 --memoryBase ${end} --initialMemory 2`;
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
  return Uint8Array.from([...wasm, 0, ...encodeUnsigned(body.length), ...body]);
}

function encodeUnsigned(value: number): readonly number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...encodeUnsigned(value >> 7)];
}

export const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

export interface CannedAnswer {
  readonly effect?: EffectName | number;
  readonly flags?: number;
  readonly validUntil?: number;
  readonly key?: bigint;
  /** Default: a response of this effect with the reason `works`. */
  readonly text?: string | Uint8Array;
  /** Default: that of the text. */
  readonly length?: number;
}

/** The request that results in this answer. */
export function encodeCanned(answer: CannedAnswer): Uint8Array {
  const { effect = 'permit', flags = 0, validUntil = Number.POSITIVE_INFINITY, key = 0n } = answer;
  const number = typeof effect === 'number' ? effect : effects.indexOf(effect);
  const { text = createResponse(effects[number] ?? 'permit', 'works', createExpiry(validUntil)) } =
    answer;
  const body = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const bytes = new Uint8Array(headerLayout.size + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(headerLayout.effect, number);
  view.setUint8(headerLayout.flags, flags);
  view.setUint32(headerLayout.length, answer.length ?? body.length, true);
  view.setFloat64(headerLayout.validUntil, validUntil, true);
  view.setBigUint64(headerLayout.key, key, true);
  bytes.set(body, headerLayout.size);
  return bytes;
}

function createExpiry(validUntil: number): object {
  const isWritten = Number.isSafeInteger(validUntil) && Math.abs(validUntil) < 8.64e15;
  return isWritten ? { valid_until: formatInstant(validUntil) } : {};
}

function formatInstant(instant: number): string {
  const [first, last] = [-62_167_219_200_000, 253_402_300_799_999];
  return instant < first || instant > last ? `${instant}ms` : new Date(instant).toISOString();
}

export const cannedManifest: Manifest = {
  abi: { major: abiMajor, minor: abiMinor },
  policy: { name: 'canned', version: '1' },
  compiler: '0.0.0',
  sources: '00',
  schema: {},
};
