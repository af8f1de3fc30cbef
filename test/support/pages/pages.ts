// Reads the pages of docs/: their code blocks, and the policies among these.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { check } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { globSync } from 'tinyglobby';

export interface Block {
  /** `nhipol`, `nhipol-part`, `nhipol-file`, `json`, …; empty if the block has none. */
  readonly language: string;
  /** The name of a file, after the language. */
  readonly title: string;
  readonly text: string;
  readonly line: number;
}

export interface Page {
  readonly text: string;
  readonly blocks: readonly Block[];
  /** The blocks with a title, by title. */
  readonly files: ReadonlyMap<string, string>;
}

/** Reads a page by its path in docs/. */
export function readPage(path: string): Page {
  const text = readFileSync(new URL(`../../../docs/${path}`, import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/^```(\S*) ?(.*)\n([\s\S]*?)^```$/gm)].map(
    ({ 1: language = '', 2: title = '', 3: body = '', index }) => ({
      language,
      title,
      text: body,
      line: text.slice(0, index).split('\n').length,
    }),
  );
  const titled = blocks.filter(({ title }) => title !== '');
  return { text, blocks, files: new Map(titled.map((each) => [each.title, each.text])) };
}

/** The paths of the pages of the project and its docs, relative to the root, without those of diagnostics. */
export function listPages(ignore: readonly string[]): readonly string[] {
  return globSync(['*.md', '*/README.md', 'hosts/*/README.md', 'docs/**/*.md'], {
    cwd: fileURLToPath(new URL('../../../', import.meta.url)),
    ignore: ['node_modules/**', 'docs/errors/**', ...ignore],
  }).sort();
}

/** The pages of the reference of the language, each by its path in docs/. */
export function readReference(): readonly Page[] {
  return readdirSync(new URL('../../../docs/language/', import.meta.url))
    .sort()
    .map((name) => readPage(`language/${name}`));
}

/** The policy of a block, with the page's other files; throws the diagnostics of the checker. */
export function checkBlock({ files }: Page, { text }: Block): PolicyModel {
  const { policy, diagnostics, wanted } = check(
    'policy.nhipol',
    new Map([...files, ['policy.nhipol', text]]),
  );
  if (policy === undefined || diagnostics.length > 0 || wanted.length > 0) {
    const found = diagnostics.map(({ code, message }) => `${code}: ${message}`);
    throw new Error([...found, ...wanted.map((path) => `no file ${path}`)].join('\n'));
  }
  return policy;
}

/** The anchors of a page's headings. */
export function listAnchors(text: string): ReadonlySet<string> {
  return new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}
