// Suggests how a file can import a name that another file of the policy or a vocabulary declares.

import type { Extra } from '../diagnostics/diagnostics.ts';
import { type Fix, proposeInsertion } from '../diagnostics/fix.ts';
import { formatRelativePath } from '../support/source.ts';
import { findVocabulary, isVocabulary, vocabularies } from '../vocabulary/vocabulary.ts';
import type { LoadedFile } from './load.ts';

/** `offers` returns whether the file declares the name. */
export function suggestImport(
  name: string,
  file: LoadedFile,
  others: Iterable<LoadedFile>,
  offers: (other: LoadedFile) => boolean,
): Pick<Extra, 'help' | 'fix'> {
  for (const other of others) {
    if (other.path === file.path || isVocabulary(other.path) || !offers(other)) continue;
    const written = `use { ${name} } from "${formatRelativePath(file.path, other.path)}"`;
    return {
      help: `import it with \`${written}\``,
      fix: fixWithUse(file, name, other.path, written),
    };
  }
  const vocabulary = findVocabulary(name);
  if (vocabulary === undefined) return {};
  const written = `use ${vocabulary}.{ ${name} }`;
  const path = vocabularies.get(vocabulary);
  return { help: `import it with \`${written}\``, fix: fixWithUse(file, name, path, written) };
}

/**
 * Adds the name to the braces of a `use` of the same file, or a new `use` after the policy header
 * and the other `use`s.
 */
function fixWithUse(
  file: LoadedFile,
  name: string,
  path: string | undefined,
  written: string,
): Fix {
  const title = `add \`${written}\``;
  for (const { node, path: used } of file.uses) {
    const last = node.names?.at(-1);
    if (used === path && last !== undefined)
      return proposeInsertion(file.path, last.span.end, `, ${name}`, title);
  }
  const head = file.node.items.filter(({ kind }) => kind === 'PolicyHeader' || kind === 'Use');
  const end = head.at(-1)?.span.end;
  return end === undefined
    ? proposeInsertion(file.path, 0, `${written}\n`, title)
    : proposeInsertion(file.path, end, `\n${written}`, title);
}
