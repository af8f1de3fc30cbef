// A policy that can be asked in either engine: by the evaluator, or by its module. Many policies go
// into one module, since every call of the assembler costs a second.

import type { ModuleExports } from '@nhipol/runtime/abi';
import { assemble } from '../../cli/assemble.ts';
import { type Assembler, compileMany } from '../../compiler/index.ts';
import { type Answer, evaluate, type Policy } from '../../language/index.ts';
import { makeInstance } from '../../runtime/instance.ts';
import { Policy as LoadedPolicy } from '../../runtime/policy.ts';

/** `now` overrules the request's time; without it the request's own counts. */
export type Ask = (request: string | Uint8Array, now?: bigint) => Answer;

export function evaluator(policy: Policy): Ask {
  return (request, now) => {
    const bytes = typeof request === 'string' ? new TextEncoder().encode(request) : request;
    return evaluate(policy, bytes, { now, by: now === undefined ? 'request' : 'host' });
  };
}

/** One for each policy, in their order. */
export async function modules(
  policies: readonly Policy[],
  assembler: Assembler = assemble,
): Promise<readonly Ask[]> {
  const { wasm, manifests } = await compileMany(policies, assembler);
  const { instance } = await WebAssembly.instantiate(wasm as BufferSource);
  return manifests.map((manifest, index) => {
    const exports = plainNames(instance.exports, `_${index}`);
    const loaded = new LoadedPolicy(manifest, () => makeInstance(exports));
    return (request, now) =>
      loaded.decideJson(request, { now: now === undefined ? 'request' : now }) as Answer;
  });
}

/** The exports of one of many policies, as a module of its own has them. */
function plainNames(exports: WebAssembly.Exports, suffix: string): ModuleExports {
  const own = Object.entries(exports).flatMap(([name, value]) =>
    name.endsWith(suffix) ? [[name.slice(0, -suffix.length), value] as const] : [],
  );
  return Object.fromEntries([...own, ['memory', exports.memory]]) as unknown as ModuleExports;
}
