// Modules that count their steps: the emitted WebAssembly with a counter that is incremented by each
// function call and each loop iteration, and otherwise unchanged.

import type { Assembler } from '@nhipol/compiler';
import type { PolicyModel } from '@nhipol/language/model';
import { clock, forms, type Manifest, type ModuleExports } from '@nhipol/runtime/abi';
import { fillModule, type GeneratedRequest } from '@nhipol/testing';
import binaryen from 'assemblyscript/binaryen';
import { compileMany, type PlanOptions } from '../../../compiler/public.ts';
import { assemble } from './assembler.ts';
import { createLoadedPolicy, plainNames } from './engines.ts';

interface CountedSteps {
  readonly decide: number;
  readonly again: number;
  readonly respond: number;
  /** 0 for a module that only decides. */
  readonly could: number;
}

export interface CountedModule {
  readonly manifest: Manifest;
  readonly steps: (request: GeneratedRequest) => CountedSteps;
  /** The current bytes of its memory. */
  readonly memory: () => number;
}

/** One module for each policy, in their order. */
export async function compileCounted(
  policies: readonly PolicyModel[],
  assembler: Assembler = assemble,
  planning?: PlanOptions,
  possible = false,
): Promise<readonly CountedModule[]> {
  const { wasm, manifests, encodings } = await compileMany(policies, assembler, planning, possible);
  const { instance } = await WebAssembly.instantiate(counting(wasm) as BufferSource);
  const counter = instance.exports.steps as WebAssembly.Global;
  const countSteps = (run: () => void): number => {
    counter.value = 0n;
    run();
    return Number(counter.value);
  };
  return manifests.map((manifest, index) => {
    const exports = plainNames(instance.exports, `_${index}`);
    const loaded = createLoadedPolicy({ manifest, encoding: encodings[index] }, exports);
    return {
      manifest,
      steps: ({ text, now, tables }) => {
        fillModule(loaded, tables);
        const length = put(exports, text);
        const instant = now === undefined ? Number.NaN : Number(now);
        const by = now === undefined ? clock.request : clock.host;
        return {
          decide: countSteps(() => exports.decide(length, instant, by, forms.header)),
          again: countSteps(() => exports.again(instant, forms.header)),
          respond: countSteps(() => exports.respond(forms.response)),
          could: countSteps(() => exports.could?.(length, instant, by, forms.header)),
        };
      },
      memory: () => exports.memory.buffer.byteLength,
    };
  });
}

/** Writes the request; returns its length, as the module expects it. */
function put({ request, memory }: ModuleExports, text: string): number {
  const bytes = new TextEncoder().encode(text);
  const address = request(bytes.length) >>> 0;
  if (address !== 0) new Uint8Array(memory.buffer).set(bytes, address);
  return bytes.length;
}

const step = '(global.set $steps (i64.add (global.get $steps) (i64.const 1)))';

/** Adds the counter as the global `steps`. */
export function counting(wasm: Uint8Array): Uint8Array {
  const module = binaryen.readBinary(wasm);
  const lines = module.emitText().split('\n');
  module.dispose();
  const counted = lines.flatMap((line, at) => {
    if (/^ *\(loop /.test(line)) return [line, step];
    const isHead = /^ *\((?:func|local) \$/.test(line);
    return isHead && !/^ *\(local \$/.test(lines[at + 1] ?? '') ? [line, step] : [line];
  });
  const global = '(global $steps (mut i64) (i64.const 0)) (export "steps" (global $steps))';
  const made = binaryen.parseText([...counted.slice(0, 1), global, ...counted.slice(1)].join('\n'));
  made.setFeatures(binaryen.Features.All);
  const bytes = made.emitBinary();
  made.dispose();
  return bytes;
}
