// The number of lines of each part of the code that decides claims: counted when the command line is bundled, or from the
// sources.

import { readdirSync, readFileSync } from 'node:fs';
import { partOf } from '../../assurance/proving/trust/parts.ts';

/** Lines by the names of parts. */
export type LinesOfParts = Readonly<Record<string, number>>;

/** Set by the bundler. */
declare const countedLines: LinesOfParts | undefined;

export function linesOfParts(): LinesOfParts {
  return typeof countedLines === 'undefined'
    ? countLines(new URL('../../assurance/proving/', import.meta.url))
    : countedLines;
}

/** `folder`: the sources in `assurance/proving/`. */
export function countLines(folder: URL): LinesOfParts {
  const counts: Record<string, number> = {};
  for (const file of sourcesIn(folder)) {
    const part = partOf(file);
    if (part === undefined) continue;
    const lines = readFileSync(new URL(file, folder), 'utf8').trimEnd().split('\n').length;
    counts[part.name] = (counts[part.name] ?? 0) + lines;
  }
  return counts;
}

/** The paths of the sources below a folder. */
export function sourcesIn(folder: URL): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !/(^|\/)(dist|node_modules)\//.test(file));
}
