// Bytes that every host must reject as a policy.

import { requiredExports } from '@nhipol/runtime/abi';
import {
  assembleCanned,
  cannedManifest,
  emptyModule,
  withManifest,
} from '../modules/canned-module.ts';
import type { Malformed } from './steps.ts';

/** Exports that the compiler of these modules adds itself. */
const added = 'memory';

export async function createMalformedModules(): Promise<readonly Malformed[]> {
  const wasm = await assembleCanned();
  const described = withManifest(wasm, cannedManifest);
  const importing = await assembleCanned({
    more: 'declare function clock(): f64;\nexport function late(): f64 { return clock(); }',
  });
  const names = Object.keys(requiredExports).filter((name) => name !== added);
  const lacking = await Promise.all(
    names.map(
      async (name) =>
        [
          `a module without the export ${name}`,
          withManifest(await assembleCanned({ without: name }), cannedManifest),
        ] as const,
    ),
  );
  const modules: readonly (readonly [string, Uint8Array])[] = [
    ['no bytes', new Uint8Array()],
    ['text', new TextEncoder().encode('policy')],
    ['a truncated module', described.subarray(0, described.length >> 1)],
    ['no exports', withManifest(emptyModule, cannedManifest)],
    ['another ABI', withManifest(await assembleCanned({ abiMajor: 3 }), cannedManifest)],
    ['an import', withManifest(importing, cannedManifest)],
    [
      'a trap in the start function',
      withManifest(await assembleCanned({ more: 'unreachable();' }), cannedManifest),
    ],
    ...lacking,
  ];
  return modules.map(([name, module]) => ({
    name,
    module_base64: Buffer.from(module).toString('base64'),
  }));
}
