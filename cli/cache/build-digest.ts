// The digest of the program, which `npm run build` writes next to the bundle. Two builds of one version differ in it.

import { readFileSync } from 'node:fs';

/** Returns `undefined` if the program is not the bundle: its files can change while it has the same version. */
export function readBuildDigest(
  file: URL = new URL('./build-digest', import.meta.url),
): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
