// The number of lines of each part of the code that decides claims: counted when the command line is bundled, or from the
// sources.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { findTrustPart } from '@nhipol/proving';

/** Lines by the names of parts. */
export type LinesOfParts = Readonly<Record<string, number>>;

/** Set by the bundler. */
declare const countedLines: LinesOfParts | undefined;

export function countPartLines(): LinesOfParts {
  return typeof countedLines === 'undefined' ? countLines(locateSourceFolder()) : countedLines;
}

/** Where `assurance/proving/` is for `cli/output/`, and for the compiled `cli/dist/output/`. */
function locateSourceFolder(): URL {
  const folder = new URL('../../assurance/proving/', import.meta.url);
  return existsSync(folder) ? folder : new URL('../../../assurance/proving/', import.meta.url);
}

/** `folder`: the sources in `assurance/proving/`. */
export function countLines(folder: URL): LinesOfParts {
  const counts: Record<string, number> = {};
  for (const file of listSourceFiles(folder)) {
    const part = findTrustPart(file);
    if (part === undefined) continue;
    const lines = readFileSync(new URL(file, folder), 'utf8').trimEnd().split('\n').length;
    counts[part.name] = (counts[part.name] ?? 0) + lines;
  }
  return counts;
}

/** The paths of the sources below a folder. */
export function listSourceFiles(folder: URL): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !/(^|\/)(dist|node_modules)\//.test(file));
}
