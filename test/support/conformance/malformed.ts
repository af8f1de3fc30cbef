// Bytes that every host must reject as a policy.

import { assembleCanned, cannedManifest, emptyModule, withManifest } from '../canned-module.ts';
import type { Malformed } from './steps.ts';

export async function malformedModules(): Promise<readonly Malformed[]> {
  const wasm = await assembleCanned();
  const described = withManifest(wasm, cannedManifest);
  const [reason] = cannedManifest.reasons;
  const manifests: Readonly<Record<string, unknown>> = {
    'a manifest that is not JSON': '{',
    'a manifest that is not an object': '[]',
    'a manifest of another ABI': { ...cannedManifest, abi: { major: 2, minor: 0 } },
    'a manifest without an ABI': { ...cannedManifest, abi: undefined },
    'a reason whose id is a number': { ...cannedManifest, reasons: [{ ...reason, id: 7 }] },
    'an unknown type': { ...cannedManifest, placeholders: [{ kind: 'Float' }] },
    'a negative index': { ...cannedManifest, rules: [{ effects: ['permit'], read: [-1] }] },
    'a set in a message': {
      ...cannedManifest,
      placeholders: [{ kind: 'Set', element: { kind: 'Int' } }],
    },
    'an unknown effect': { ...cannedManifest, rules: [{ effects: ['allow'], read: [] }] },
  };
  const withoutExport = Object.fromEntries(
    Object.keys(cannedManifest)
      .filter((name) => name !== 'abi' && name !== 'schema')
      .map((name) => [`a manifest without ${name}`, { ...cannedManifest, [name]: undefined }]),
  );
  const importing = await assembleCanned({
    more: 'declare function clock(): f64;\nexport function late(): f64 { return clock(); }',
  });
  const modules: readonly (readonly [string, Uint8Array])[] = [
    ['no bytes', new Uint8Array()],
    ['text', new TextEncoder().encode('policy')],
    ['a truncated module', described.subarray(0, described.length >> 1)],
    ['a module without a manifest', wasm],
    ['two manifests', withManifest(described, cannedManifest)],
    ['no exports', withManifest(emptyModule, cannedManifest)],
    [
      'an ABI other than in the manifest',
      withManifest(await assembleCanned({ abiMajor: 3 }), cannedManifest),
    ],
    ['an import', withManifest(importing, cannedManifest)],
    [
      'a trap in the start function',
      withManifest(await assembleCanned({ more: 'unreachable();' }), cannedManifest),
    ],
    ...Object.entries({ ...manifests, ...withoutExport }).map(
      ([name, manifest]) => [name, withManifest(wasm, manifest)] as const,
    ),
  ];
  return modules.map(([name, module]) => ({
    name,
    module_base64: Buffer.from(module).toString('base64'),
  }));
}
