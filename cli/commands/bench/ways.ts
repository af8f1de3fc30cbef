// The three ways to decide a request that are measured: by the module alone, after it has read the request; from
// JSON bytes; and from a JavaScript object, as in a service.

import type { Policy as Module } from '@nhipol/runtime';
import { clock, forms, type ModuleExports } from '@nhipol/runtime/abi';
import { fillModule, type TableTexts } from '@nhipol/testing';
import type { DecisionTime } from '../../engines/engines.ts';
import type { BenchRequest } from './requests.ts';

export interface BenchWay {
  readonly name: string;
  readonly requests: number;
  /** The number of decisions on each request after `hold`. */
  readonly times: number;
  /** Prepares the decisions on a request; not measured. */
  readonly hold: (at: number) => void;
  readonly decide: (at: number) => void;
}

/** Reading a request takes longer than deciding it, so each request is decided many times. */
const repetitions = 100;

export function createBenchWays(
  wasm: Uint8Array,
  module: Module,
  requests: readonly BenchRequest[],
  instant: DecisionTime,
  tables: TableTexts,
): readonly BenchWay[] {
  fillModule(module, tables);
  const options = { now: instant.now, clock: instant.precedence };
  const values = requests.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const each = { times: 1, hold: () => undefined };
  const fromJson: BenchWay = {
    ...each,
    name: 'from JSON bytes',
    requests: requests.length,
    decide: (at) => module.decideJson(requests[at]?.bytes ?? new Uint8Array(), options),
  };
  const fromObject: BenchWay = {
    ...each,
    name: 'from an object',
    requests: values.length,
    decide: (at) => module.decide(values[at], options),
  };
  return [
    createDecisionWay(wasm, requests, instant, tables),
    fromJson,
    ...(values.length === 0 ? [] : [fromObject]),
  ];
}

function createDecisionWay(
  wasm: Uint8Array,
  requests: readonly BenchRequest[],
  { now, precedence: by }: DecisionTime,
  tables: TableTexts,
): BenchWay {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm as BufferSource));
  const exports = instance.exports as unknown as ModuleExports;
  fill(exports, tables);
  const requested = now === undefined ? Number.NaN : Number(now);
  let instant = requested;
  return {
    name: 'the decision alone',
    requests: requests.length,
    times: repetitions,
    hold: (at) => {
      const bytes = requests[at]?.bytes ?? new Uint8Array();
      const address = exports.request(bytes.length) >>> 0;
      if (address !== 0) new Uint8Array(exports.memory.buffer).set(bytes, address);
      exports.decide(bytes.length, requested, clock[by], forms.header);
      instant = by === 'request' ? readTime(bytes, requested) : requested;
    },
    decide: () => exports.again(instant, forms.header),
  };
}

/** The instant in a request, in milliseconds. */
function readTime(request: Uint8Array, otherwise: number): number {
  try {
    const { context } = JSON.parse(new TextDecoder().decode(request));
    return Number.isNaN(Date.parse(context.time)) ? otherwise : Date.parse(context.time);
  } catch {
    return otherwise;
  }
}

/** The maximum number of pages of a memory. */
const mostPages = 65_536;

/** Fills the tables of a bare instance. Their contents were already accepted by another instance. */
function fill(exports: ModuleExports, tables: TableTexts): void {
  const { limit, name, table_find: find, table_text: room, table_load: load } = exports;
  if (!limit || !name || !find || !room || !load) return;
  limit(mostPages);
  const write = (address: number, text: string): number => {
    const bytes = new TextEncoder().encode(text);
    new Uint8Array(exports.memory.buffer).set(bytes, address >>> 0);
    return bytes.length;
  };
  for (const [table, text] of tables) {
    const number = find(write(name.value as number, table));
    write(room(new TextEncoder().encode(text).length), text);
    load(number);
  }
}
