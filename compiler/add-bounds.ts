// Completes the manifests of a module with the bounds of the emitted parts. A manifest contains the number of pages,
// which depends on the length of the manifest: repeats until both agree.

import type { Manifest } from '@nhipol/runtime/abi';
import { bounds } from './bounds/bounds.ts';
import type { Parts } from './emit/emit.ts';
import { canonicalBytes } from './manifest/manifest.ts';

interface Completed {
  readonly manifest: Manifest;
  /** The canonical JSON of the manifest. */
  readonly bytes: Uint8Array;
}

export function addBounds(
  described: readonly Omit<Manifest, 'bounds'>[],
  { units, maxRun, pagesWith }: Parts,
): readonly Completed[] {
  for (let pages = pagesWith([]); ; ) {
    const completed = described.map((each, index) => {
      const { ir, plan } = units[index] as Parts['units'][0];
      const manifest = { ...each, bounds: bounds(ir, plan, { pages, maxRun }) };
      return { manifest, bytes: canonicalBytes(manifest) };
    });
    const needed = pagesWith(completed.map(({ bytes }) => bytes));
    if (needed === pages) return completed;
    pages = needed;
  }
}
