// The vocabularies that are part of the language: files that a policy imports by name
// (`use nhi.{ RiskLevel }`). Their internal paths cannot collide with the paths of a user's files; messages
// show them as `nhi/risk.nhipol`.

import type { SourceMap } from '../support/source.ts';
import { nhiSources } from './nhi.generated.ts';

const prefixes = { internal: 'nhi:/', shown: 'nhi/' };

/** The entry file of each vocabulary, by name. */
export const vocabularies: ReadonlyMap<string, string> = new Map([
  ['nhi', `${prefixes.internal}index.nhipol`],
]);

const texts: SourceMap = new Map(
  [...nhiSources].map(([name, text]) => [`${prefixes.internal}${name}`, text]),
);

/** Returns the contents of a file of the vocabularies or of `sources`. */
export function readSourceText(sources: SourceMap, path: string): string | undefined {
  return texts.get(path) ?? sources.get(path);
}

/** Returns a path as messages show it. */
export function displayPath(path: string): string {
  return texts.has(path) ? `${prefixes.shown}${path.slice(prefixes.internal.length)}` : path;
}

export function isVocabulary(path: string): boolean {
  return texts.has(path);
}

/** Returns the vocabulary that declares the name. */
export function findVocabulary(name: string): string | undefined {
  return nhiNames.has(name) ? 'nhi' : undefined;
}

const nhiNames: ReadonlySet<string> = new Set(
  [...nhiSources.values()].flatMap((text) =>
    [...text.matchAll(/^(?:enum|record|const|predicate|function) (\w+)/gm)].map(
      ([, name = '']) => name,
    ),
  ),
);
