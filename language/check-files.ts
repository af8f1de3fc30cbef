// Checks a policy with all files that it names. Takes the source of the entry file and a function
// that reads files by path; returns the result of the check and all sources that were read.

import { type Checked, check } from './check.ts';
import { type Loading, listWantedFiles, type UnreadableFile } from './checker/load.ts';
import { type Measure, skipMeasure } from './support/measure.ts';

export interface CheckedFiles extends Checked {
  readonly entry: string;
  readonly sources: ReadonlyMap<string, string>;
  /** All paths that were read or tried. */
  readonly files: readonly string[];
}

/** Returns `undefined` if there is no such file. */
export type ReadsFile = (path: string) => Promise<string | UnreadableFile | undefined>;

export interface ReadFiles {
  /** The texts that were read, by path. */
  readonly sources: Map<string, string>;
  readonly unreadable: ReadonlyMap<string, UnreadableFile>;
  /** All paths that were read or tried. */
  readonly files: readonly string[];
}

/** Reads the files that a policy names until none is missing. `parsed` gets their trees. */
export async function readFiles(
  entry: string,
  text: string,
  read: ReadsFile,
  { parsed, measure }: Pick<Loading, 'parsed' | 'measure'>,
): Promise<ReadFiles> {
  const sources = new Map([[entry, text]]);
  const tried = new Set<string>();
  const unreadable = new Map<string, UnreadableFile>();
  const loading: Loading = { parsed, measure, unreadable };
  for (;;) {
    const wanted = listWantedFiles(entry, sources, loading).filter(
      (wantedFile) => !tried.has(wantedFile),
    );
    if (wanted.length === 0) return { sources, unreadable, files: [entry, ...tried] };
    for (const each of wanted) {
      tried.add(each);
      const found = await read(each);
      if (typeof found === 'string') sources.set(each, found);
      else if (found !== undefined) unreadable.set(each, found);
    }
  }
}

/** Checks a policy, and reads files until none is missing. */
export async function checkFiles(
  entry: string,
  text: string,
  read: ReadsFile,
  measure: Measure = skipMeasure,
): Promise<CheckedFiles> {
  const loading = { parsed: new Map(), measure };
  const { sources, unreadable, files } = await readFiles(entry, text, read, loading);
  return { ...check(entry, sources, { ...loading, unreadable }), entry, sources, files };
}
