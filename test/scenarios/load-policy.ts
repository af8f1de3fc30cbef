// A policy of the examples, checked: reads its files and what they name from the repository's root.

import { existsSync, readFileSync } from 'node:fs';
import { type Checked, check } from '../../language/index.ts';

const root = new URL('../../', import.meta.url);

export function loadPolicy(entry: string): Checked {
  const sources = new Map<string, string>();
  let wanted: readonly string[] = [entry];
  let checked = check(entry, sources);
  while (wanted.length > 0) {
    for (const path of wanted) sources.set(path, readFileSync(new URL(path, root), 'utf8'));
    checked = check(entry, sources);
    wanted = checked.wanted.filter((path) => existsSync(new URL(path, root)));
  }
  return checked;
}
