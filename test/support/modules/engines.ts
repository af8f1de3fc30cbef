// Evaluates a policy with either engine: the evaluator, or its module. One module contains many policies,
// because each call of the assembler takes a second.

import type { Assembler } from '@nhipol/compiler';
import { type EvaluatedAnswer, evaluate } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { Bindings } from '@nhipol/runtime';
import type { Encoding, Manifest, ModuleExports } from '@nhipol/runtime/abi';
import { fillModule, fillTables, noTables, type TableTexts } from '@nhipol/testing';
import { createEncodingSection } from '../../../compiler/direct/section.ts';
import { compileMany, type PlanOptions } from '../../../compiler/public.ts';
import { parseEncoding } from '../../../runtime/direct/encoding-rows.ts';
import { type CallDescription, makeInstance } from '../../../runtime/instance/instance.ts';
import { Policy as LoadedPolicy, type PolicyDescription } from '../../../runtime/policy.ts';
import { assembleQuickly } from './assembler.ts';

const tableBytes = 67_108_864;

/** `now` overrides the time of the request, which counts if `now` is absent. */
export type Ask = (
  request: string | Uint8Array,
  now?: bigint,
  tables?: TableTexts,
) => EvaluatedAnswer;

export function evaluator(policy: PolicyModel): Ask {
  return (request, now, tables = noTables) => {
    const bytes = typeof request === 'string' ? new TextEncoder().encode(request) : request;
    return evaluate(fillTables(policy, tables), bytes, {
      now,
      precedence: now === undefined ? 'request' : 'host',
    });
  };
}

/** One engine for each policy, in their order. */
export async function modules(
  policies: readonly PolicyModel[],
  assembler: Assembler = assembleQuickly,
  planning?: PlanOptions,
): Promise<readonly Ask[]> {
  const loaded = await loadPolicies(policies, assembler, planning);
  return loaded.map(
    (policy): Ask =>
      (request, now, tables = noTables) => {
        fillModule(policy, tables);
        return policy.decideJson(request, {
          now: now === undefined ? 'request' : now,
        }) as EvaluatedAnswer;
      },
  );
}

interface Loading {
  readonly change?: (exports: ModuleExports) => ModuleExports;
  /** Whether the modules also state what is possible. */
  readonly possible?: boolean;
  readonly bind?: (manifest: Manifest, encoding: Encoding) => Bindings | undefined;
  /** Default: false. */
  readonly generateCode?: boolean;
}

/** The policies as a host loads them, which can evaluate the last request again. */
export async function loadPolicies(
  policies: readonly PolicyModel[],
  assembler: Assembler = assembleQuickly,
  planning?: PlanOptions,
  {
    change = (exports) => exports,
    bind = () => undefined,
    possible = false,
    generateCode = false,
  }: Loading = {},
): Promise<LoadedPolicy[]> {
  const { wasm, manifests, encodings } = await compileMany(policies, assembler, planning, possible);
  const { instance } = await WebAssembly.instantiate(wasm as BufferSource);
  return manifests.map((manifest, index) => {
    const exports = change(plainNames(instance.exports, `_${index}`));
    const described = encodings[index];
    const encoding = described && parseEncoding(createEncodingSection(described));
    const bindings = encoding && bind(manifest, encoding);
    return createLoadedPolicy({ manifest, encoding, bindings, generateCode }, exports);
  });
}

export function createLoadedPolicy(
  described: CallDescription & PolicyDescription,
  exports: ModuleExports,
): LoadedPolicy {
  return new LoadedPolicy(described, () => makeInstance(exports, described), tableBytes);
}

/** The answer without members that identify the rules that it came from. */
export function toComparable({
  effect,
  reasons,
  constraints,
  lower,
  obligations,
  accessRequest,
}: EvaluatedAnswer) {
  // Its instants change with the clock, and `valid_until` does not take them into account.
  const { evaluatedAt: _, expiresAt: __, ...request } = accessRequest ?? {};
  return { effect, reasons, constraints, lower, obligations, request };
}

/** The exports of one of many policies, named as in a module of its own. */
export function plainNames(exports: WebAssembly.Exports, suffix: string): ModuleExports {
  const own = Object.entries(exports).flatMap(([name, value]) =>
    name.endsWith(suffix) ? [[name.slice(0, -suffix.length), value] as const] : [],
  );
  return Object.fromEntries([...own, ['memory', exports.memory]]) as unknown as ModuleExports;
}
