// Reads and checks a policy with its files, from the repository's root or a given folder.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Checked, check } from '@nhipol/language';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** With the contents of its files. */
export function loadPolicy(
  entry: string,
  folder = root,
): Checked & { readonly sources: ReadonlyMap<string, string> } {
  const sources = new Map<string, string>();
  let wanted: readonly string[] = [entry];
  let checked = check(entry, sources);
  while (wanted.length > 0) {
    for (const path of wanted) sources.set(path, readFileSync(join(folder, path), 'utf8'));
    checked = check(entry, sources);
    wanted = checked.wanted.filter((path) => existsSync(join(folder, path)));
  }
  return { ...checked, sources };
}
