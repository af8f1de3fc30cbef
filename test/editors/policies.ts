// All policies of the repository, and what is in the Markdown of the documentation as a whole policy.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface PolicyFile {
  readonly name: string;
  readonly text: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const skipped: ReadonlySet<string> = new Set(['node_modules', 'dist', '.git', 'target', 'build']);

function listFiles(folder: string, ending: string): string[] {
  return readdirSync(`${root}${folder}`, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : listFiles(path, ending);
    return entry.name.endsWith(ending) ? [path] : [];
  });
}

const read = (name: string) => readFileSync(`${root}${name}`, 'utf8');

export const policyFiles: readonly PolicyFile[] = listFiles('', '.nhipol')
  .sort()
  .map((name) => ({ name, text: read(name) }));

/** The fences of the language in the documentation, valid or not. */
export const fences: readonly PolicyFile[] = listFiles('docs', '.md')
  .sort()
  .flatMap((name) =>
    [...read(name).matchAll(/^```nhipol[^\n]*\n([\s\S]*?)^```$/gm)].map(([, text = ''], index) => ({
      name: `${name}, ${index + 1}`,
      text,
    })),
  );
