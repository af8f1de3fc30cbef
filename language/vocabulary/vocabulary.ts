// The vocabularies that come with the language: files of its own, which a policy brings in by name
// (`use nhi.{ RiskLevel }`). Their paths cannot be those of a user's files, and are shown as
// `nhi/risk.nhipol`.

import type { SourceMap } from '../support/source.ts';
import { nhiSources } from './nhi.generated.ts';

const marks = { own: 'nhi:/', shown: 'nhi/' };

/** The file by which each is entered. */
export const vocabularies: ReadonlyMap<string, string> = new Map([
  ['nhi', `${marks.own}index.nhipol`],
]);

const texts: SourceMap = new Map(
  [...nhiSources].map(([name, text]) => [`${marks.own}${name}`, text]),
);

/** A file's text: the vocabularies' are always at hand. */
export function sourceText(sources: SourceMap, path: string): string | undefined {
  return texts.get(path) ?? sources.get(path);
}

/** A path as people are shown it. */
export function shownPath(path: string): string {
  return texts.has(path) ? `${marks.shown}${path.slice(marks.own.length)}` : path;
}

export function isVocabulary(path: string): boolean {
  return texts.has(path);
}

/** The vocabulary that declares the name. */
export function vocabularyOf(name: string): string | undefined {
  return nhiNames.has(name) ? 'nhi' : undefined;
}

const nhiNames: ReadonlySet<string> = new Set(
  [...nhiSources.values()].flatMap((text) =>
    [...text.matchAll(/^(?:enum|record|const|predicate|function) (\w+)/gm)].map(
      ([, name = '']) => name,
    ),
  ),
);
