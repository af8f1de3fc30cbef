// From an entry file and a map of texts to the files that belong to a policy, parsed; with the
// paths that are still wanted, since this floor reads no files itself.

import { Reporter } from '../diagnostics/diagnostics.ts';
import { type Measure, unmeasured } from '../support/measure.ts';
import { resolvePath, type SourceMap } from '../support/source.ts';
import type { FileNode, UseNode } from '../syntax/ast.ts';
import { parse } from '../syntax/parse.ts';
import { sourceText, vocabularies } from '../vocabulary/vocabulary.ts';

export interface LoadedFile {
  readonly path: string;
  readonly text: string;
  readonly node: FileNode;
  /** Whether its groups, shapes and tests belong to the policy, or only names that others use. */
  readonly included: boolean;
  readonly uses: readonly LoadedUse[];
}

export interface LoadedUse {
  readonly node: UseNode;
  /** undefined: no vocabulary has the name. */
  readonly path: string | undefined;
}

export interface Loaded {
  /** By path; the entry comes first. */
  readonly files: ReadonlyMap<string, LoadedFile>;
  /** Files that are named and not in the map: policies, tables and requests. */
  readonly wanted: readonly string[];
}

/** Why a file that may exist is not read; the checker reports it where the policy names the file. */
export interface Unreadable {
  /** A clause such as "it is not UTF-8 text". */
  readonly why: string;
  /** undefined: nothing helps but another file. */
  readonly help?: string;
}

/** Files as they were parsed, so that what is loaded again with more sources is parsed once. */
export type ParsedFiles = Map<string, ParsedFile>;

interface ParsedFile {
  readonly text: string;
  readonly node: FileNode;
  readonly found: Reporter;
}

export interface Loading {
  /** What was parsed before, and what is parsed now. */
  readonly parsed: ParsedFiles;
  readonly measure: Measure;
  /** By path: files that were found and not read. */
  readonly unreadable?: ReadonlyMap<string, Unreadable>;
  /** Errors alone are looked for, which is quicker. */
  readonly withoutWarnings?: boolean;
}

/** Files that the policy names and `sources` lacks. */
export function wantedBy(entry: string, sources: SourceMap, loading: Loading): readonly string[] {
  return load(entry, sources, new Reporter(), loading).wanted;
}

export function load(
  entry: string,
  sources: SourceMap,
  reporter: Reporter,
  { parsed, measure }: Loading = { parsed: new Map(), measure: unmeasured },
): Loaded {
  const files = new Map<string, LoadedFile>();
  const wanted = new Set<string>();
  const open = [{ path: entry, included: true }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, included } = next;
    const text = sourceText(sources, path);
    const known = files.get(path);
    if (known?.included || (known !== undefined && !included)) continue;
    if (text === undefined) {
      wanted.add(path);
      continue;
    }
    const { node, found } = measure('parse', () => parseOnce(path, text, parsed));
    reporter.merge(found);
    const uses = node.items
      .filter((item) => item.kind === 'Use')
      .map((use) => ({ node: use, path: pathOf(use, path) }));
    const file: LoadedFile = { path, text, node, included, uses };
    files.set(path, file);
    for (const data of dataFiles(file)) if (!sources.has(data)) wanted.add(data);
    for (const use of [...uses].reverse()) {
      if (use.path !== undefined) open.push({ path: use.path, included: included && isWhole(use) });
    }
  }
  return { files, wanted: [...wanted] };
}

function parseOnce(path: string, text: string, parsed: ParsedFiles): ParsedFile {
  const before = parsed.get(path);
  if (before?.text === text) return before;
  const found = new Reporter();
  const file: ParsedFile = { text, node: parse(path, text, found), found };
  parsed.set(path, file);
  return file;
}

/** A vocabulary declares names, and nothing that a policy is made of. */
function isWhole({ node }: LoadedUse): boolean {
  return node.names === undefined && node.from.kind === 'String';
}

function pathOf({ from }: UseNode, file: string): string | undefined {
  return from.kind === 'Name' ? vocabularies.get(from.text) : resolvePath(file, from.value);
}

/** Tables' contents and requests, from the file in which they stand. */
function dataFiles(file: LoadedFile): readonly string[] {
  const requests = file.node.items.flatMap((item) =>
    (item.kind === 'Test' || item.kind === 'Fixture') && item.request.kind === 'String'
      ? [item.request.value]
      : [],
  );
  return [...tableFiles(file), ...requests.map((request) => resolvePath(file.path, request))];
}

/** Tables' contents alone. */
export function tableFiles({ path, node }: LoadedFile): readonly string[] {
  return node.items.flatMap((item) =>
    item.kind === 'Table' && item.from !== undefined ? [resolvePath(path, item.from.value)] : [],
  );
}
