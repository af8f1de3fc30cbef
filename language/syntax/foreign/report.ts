// Finds and reports foreign words.

import type { Extra, Reporter } from '../../diagnostics/diagnostics.ts';
import type { Fix } from '../../diagnostics/fix.ts';
import type { Span } from '../../support/source.ts';
import {
  clues,
  type ForeignLanguage,
  type ForeignWord,
  foreignWords,
  type WordPosition,
} from './words.ts';

/** The pages of docs/coming-from by language. */
export const pages: Readonly<Record<ForeignLanguage, string>> = {
  Rego: 'rego.md',
  Cedar: 'cedar.md',
  CEL: 'cel.md',
  Polar: 'polar.md',
  SQL: 'sql.md',
  JavaScript: 'javascript.md',
  Python: 'javascript.md',
};

const rows = new Map<string, ForeignWord>();
for (const row of foreignWords) {
  const key = `${row.place} ${row.word}`;
  rows.set(key, row);
  const folded = `${row.place} ${row.word.toLowerCase()}`;
  if (!rows.has(folded)) rows.set(folded, row);
}

/** Finds the row of a word as written or in lower case, since the case of SQL words and types varies. */
export function findForeignWord(place: WordPosition, word: string): ForeignWord | undefined {
  return rows.get(`${place} ${word}`) ?? rows.get(`${place} ${word.toLowerCase()}`);
}

/** Returns a row that must be in the table. */
export function createForeignRow(place: WordPosition, word: string): ForeignWord {
  const row = findForeignWord(place, word);
  if (row === undefined) throw new Error(`broken invariant: no row for ${word}`);
  return row;
}

export interface ForeignDetails {
  /** The word in the message; default: the word of the row. */
  readonly word?: string;
  readonly expected?: string;
  readonly help?: string;
  readonly fix?: Fix | undefined;
  readonly related?: Extra['related'];
}

/** Reports a foreign word. `text` is the file, whose other words indicate the language of the author. */
export function reportForeign(
  { reporter, text }: { readonly reporter: Reporter; readonly text: string },
  row: ForeignWord,
  span: Span,
  {
    word = row.word,
    expected = row.expected,
    help = row.help,
    fix,
    related = [],
  }: ForeignDetails = {},
): void {
  const page = `docs/coming-from/${pages[guessLanguage(row, text)]}`;
  reporter.report(
    'foreign-word',
    span,
    { word, expected },
    { help: `${help}; see ${page}`, fix, related },
  );
}

function guessLanguage({ from }: ForeignWord, text: string): ForeignLanguage {
  if (from.length === 1) return from[0];
  return from.find((language) => clues[language].test(text)) ?? from[0];
}
