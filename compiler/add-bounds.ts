// Adds the bounds of the emitted parts to the manifests of a module. A manifest contains the number of pages, which
// depends on the length of the manifest: repeats until both agree.

import type { Manifest } from '@nhipol/runtime/abi';
import { bounds } from './bounds/bounds.ts';
import type { Parts } from './emit/emit.ts';
import { canonicalBytes } from './manifest/manifest.ts';

export function addBounds(
  described: readonly Omit<Manifest, 'bounds'>[],
  { units, maxRun, pagesWith }: Parts,
): readonly Manifest[] {
  for (let pages = pagesWith([]); ; ) {
    const manifests = described.map((manifest, index) => {
      const { ir, plan } = units[index] as Parts['units'][0];
      return { ...manifest, bounds: bounds(ir, plan, { pages, maxRun }) };
    });
    const needed = pagesWith(manifests.map(canonicalBytes));
    if (needed === pages) return manifests;
    pages = needed;
  }
}
