// The three ways to decide a request that are measured: by the module alone, after it has read the request; from
// JSON bytes; and from a JavaScript object, as in a service.

import type { Policy as Module } from '@nhipol/runtime';
import { type ModuleExports, outcomeLayout } from '@nhipol/runtime/abi';
import { fillModule, type TableTexts } from '../../../testing/generate/tables.ts';
import type { Instant } from '../../engines/engines.ts';
import type { BenchRequest } from './requests.ts';

export interface Way {
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

export function waysOf(
  wasm: Uint8Array,
  module: Module,
  requests: readonly BenchRequest[],
  instant: Instant,
  tables: TableTexts,
): readonly Way[] {
  fillModule(module, tables);
  const names = (module.manifest.tables ?? []).map(({ name }) => name);
  const byIndex = new Map([...tables].map(([name, text]) => [names.indexOf(name), text]));
  const options = { now: instant.now, clock: instant.by };
  const values = requests.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const each = { times: 1, hold: () => undefined };
  const fromJson: Way = {
    ...each,
    name: 'from JSON bytes',
    requests: requests.length,
    decide: (at) => module.decideJson(requests[at]?.bytes ?? new Uint8Array(), options),
  };
  const fromObject: Way = {
    ...each,
    name: 'from an object',
    requests: values.length,
    decide: (at) => module.decide(values[at], options),
  };
  return [
    decisionAlone(wasm, requests, instant, byIndex),
    fromJson,
    ...(values.length === 0 ? [] : [fromObject]),
  ];
}

function decisionAlone(
  wasm: Uint8Array,
  requests: readonly BenchRequest[],
  { now, by }: Instant,
  tables: ReadonlyMap<number, string>,
): Way {
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
      exports.decide(bytes.length, requested, by === 'host' ? 0 : 1);
      instant = exports.instant?.() ?? requested;
    },
    decide: () => exports.again(instant),
  };
}

/** Fills the tables of a bare instance. Their contents were already accepted by another instance. */
function fill(exports: ModuleExports, tables: ReadonlyMap<number, string>): void {
  const { reserve, table_text: room, load_table: load, table_outcome: outcome } = exports;
  if (!reserve || !room || !load || !outcome) return;
  const grow = (): boolean => {
    const at = (outcome() >>> 0) + outcomeLayout.missingPages;
    const missing = new DataView(exports.memory.buffer).getUint32(at, true);
    const before = reserve(0);
    return missing > 0 && reserve(before + missing) > before;
  };
  for (const [index, text] of tables) {
    const bytes = new TextEncoder().encode(text);
    let address = room(bytes.length) >>> 0;
    if (address === 0 && grow()) address = room(bytes.length) >>> 0;
    new Uint8Array(exports.memory.buffer).set(bytes, address);
    while (load(index) !== 0 && grow());
  }
}
