// Loads and parses the files of a policy, from an entry path and a map of sources. Returns the
// files and the paths that are still needed: the language layer reads no files itself.

import { Reporter } from '../diagnostics/diagnostics.ts';
import { type Measure, skipMeasure } from '../support/measure.ts';
import { resolvePath, type SourceMap } from '../support/source.ts';
import type { FileNode, UseNode } from '../syntax/ast.ts';
import { parse } from '../syntax/parse.ts';
import { readSourceText, vocabularies } from '../vocabulary/vocabulary.ts';
import type { Notes } from './notes.ts';

export interface LoadedFile {
  readonly path: string;
  readonly text: string;
  readonly node: FileNode;
  /**
   * Whether its groups, shapes and tests belong to the policy, or only the names that others
   * import.
   */
  readonly included: boolean;
  readonly uses: readonly LoadedUse[];
}

export interface LoadedUse {
  readonly node: UseNode;
  /** `undefined` if there is no vocabulary with this name. */
  readonly path: string | undefined;
}

export interface Loaded {
  /** The files by path, the entry first. */
  readonly files: ReadonlyMap<string, LoadedFile>;
  /** Files that are named but not in the map: policies, tables and requests. */
  readonly wanted: readonly string[];
}

/** Why a file was not read; the checker reports it where the policy names the file. */
export interface UnreadableFile {
  /** A clause such as "it is not UTF-8 text". */
  readonly why: string;
  /** `undefined` if only another file helps. */
  readonly help?: string;
}

/** Parsed files, so that loading again with more sources parses each file once. */
export type ParsedFiles = Map<string, ParsedFile>;

interface ParsedFile {
  readonly text: string;
  readonly node: FileNode;
  readonly found: Reporter;
}

export interface Loading {
  /** Contains the files parsed before; those parsed now are added. */
  readonly parsed: ParsedFiles;
  readonly measure: Measure;
  /** The files by path that exist but were not read. */
  readonly unreadable?: ReadonlyMap<string, UnreadableFile>;
  /** Looks only for errors, which is faster. */
  readonly withoutWarnings?: boolean;
  /** Gets the types of expressions. */
  readonly notes?: Notes;
}

/** Returns the files that the policy names and that are not in `sources`. */
export function listWantedFiles(
  entry: string,
  sources: SourceMap,
  loading: Loading,
): readonly string[] {
  return loadFiles(entry, sources, new Reporter(), loading).wanted;
}

/** Loads and parses the entry and all files that it uses, as far as they are in `sources`. */
export function loadFiles(
  entry: string,
  sources: SourceMap,
  reporter: Reporter,
  { parsed, measure }: Loading = { parsed: new Map(), measure: skipMeasure },
): Loaded {
  const files = new Map<string, LoadedFile>();
  const wanted = new Set<string>();
  const pending = [{ path: entry, included: true }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, included } = next;
    const text = readSourceText(sources, path);
    const loadedFile = files.get(path);
    if (loadedFile?.included || (loadedFile !== undefined && !included)) continue;
    if (text === undefined) {
      wanted.add(path);
      continue;
    }
    const { node, found } = measure('parse', () => parseOnce(path, text, parsed));
    reporter.merge(found);
    const uses = node.items
      .filter((item) => item.kind === 'Use')
      .map((use) => ({ node: use, path: resolveUse(use, path) }));
    const file: LoadedFile = { path, text, node, included, uses };
    files.set(path, file);
    for (const data of listDataFiles(file)) if (!sources.has(data)) wanted.add(data);
    for (const use of [...uses].reverse()) {
      if (use.path !== undefined)
        pending.push({ path: use.path, included: included && isWhole(use) });
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

/** A vocabulary only declares names. */
function isWhole({ node }: LoadedUse): boolean {
  return node.names === undefined && node.from.kind === 'String';
}

function resolveUse({ from }: UseNode, file: string): string | undefined {
  return from.kind === 'Name' ? vocabularies.get(from.text) : resolvePath(file, from.value);
}

/** The paths of files with rows of tables and with requests. */
function listDataFiles(file: LoadedFile): readonly string[] {
  const requests = file.node.items.flatMap((item) =>
    (item.kind === 'Test' || item.kind === 'Fixture') && item.request.kind === 'String'
      ? [item.request.value]
      : [],
  );
  return [...listTableFiles(file), ...requests.map((request) => resolvePath(file.path, request))];
}

/** The paths of files with rows of tables. */
export function listTableFiles({ path, node }: LoadedFile): readonly string[] {
  return node.items.flatMap((item) =>
    item.kind === 'Table' && item.from !== undefined ? [resolvePath(path, item.from.value)] : [],
  );
}
