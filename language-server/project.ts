// The policies that an editor has open: keeps the texts of documents, reads other files through its host, and analyzes a
// policy when it is first needed after a change.

import { type ReadsFile, readFiles } from '../language/check-files.ts';
import type { ParsedFiles, Unreadable } from '../language/checker/load.ts';
import { unmeasured } from '../language/support/measure.ts';
import type { SourceMap } from '../language/support/source.ts';
import { analyzePolicy, type PolicyAnalysis, sameEntries } from './analysis.ts';

export interface ProjectHost {
  /** The text of a file that is not open; undefined: there is none. */
  readonly read: ReadsFile;
}

interface OpenPolicy {
  readonly analysis: PolicyAnalysis;
  readonly unreadable: ReadonlyMap<string, Unreadable>;
  /** The generation of texts for which it is current. */
  generation: number;
}

export class Project {
  readonly #host: ProjectHost;
  readonly #texts = new Map<string, string>();
  readonly #parsed: ParsedFiles = new Map();
  readonly #analyses = new Map<string, OpenPolicy>();
  /** Texts of files that are not open, until they change. */
  readonly #read = new Map<string, string | Unreadable | undefined>();
  #generation = 0;

  constructor(host: ProjectHost) {
    this.#host = host;
  }

  open(path: string, text: string): void {
    this.#texts.set(path, text);
    this.#generation += 1;
  }

  close(path: string): void {
    this.#texts.delete(path);
    this.#analyses.delete(path);
    this.changed(path);
  }

  /** A file on the disk changed. */
  changed(path: string): void {
    this.#read.delete(path);
    this.#generation += 1;
  }

  get openPaths(): readonly string[] {
    return [...this.#texts.keys()];
  }

  textOf(path: string): string | undefined {
    return this.#texts.get(path);
  }

  /**
   * The analysis of the policy with this entry file; undefined: it is not open. A file without a policy header is
   * analyzed as part of an open policy that uses it, if there is one.
   */
  async analysisFor(path: string): Promise<PolicyAnalysis | undefined> {
    const own = await this.#analyzed(path);
    if (own === undefined || hasHeader(own)) return own;
    for (const other of this.openPaths) {
      if (other === path) continue;
      const analysis = await this.#analyzed(other);
      if (analysis !== undefined && hasHeader(analysis) && analysis.files.has(path))
        return analysis;
    }
    return own;
  }

  /** Whether no file that the analysis reads has changed since. A change of others may show only later. */
  isCurrent({ entry, sources }: PolicyAnalysis): boolean {
    return (
      this.#texts.has(entry) &&
      [...sources].every(([path, text]) => (this.#texts.get(path) ?? this.#read.get(path)) === text)
    );
  }

  async #analyzed(entry: string): Promise<PolicyAnalysis | undefined> {
    const text = this.#texts.get(entry);
    if (text === undefined) return undefined;
    const known = this.#analyses.get(entry);
    const generation = this.#generation;
    if (known?.generation === generation) return known.analysis;
    const loading = { parsed: this.#parsed, measure: unmeasured };
    const read = async (path: string) => this.#texts.get(path) ?? (await this.#file(path));
    const { sources, unreadable } = await readFiles(entry, text, read, loading);
    if (known !== undefined && isSame(known, sources, unreadable)) {
      known.generation = generation;
      return known.analysis;
    }
    const analysis = analyzePolicy({ entry, sources, parsed: this.#parsed, unreadable });
    this.#analyses.set(entry, { analysis, unreadable, generation });
    return analysis;
  }

  async #file(path: string): Promise<string | Unreadable | undefined> {
    if (!this.#read.has(path)) this.#read.set(path, await this.#host.read(path));
    return this.#read.get(path);
  }
}

function isSame(
  known: OpenPolicy,
  sources: SourceMap,
  unreadable: ReadonlyMap<string, Unreadable>,
): boolean {
  return sameEntries(known.analysis.sources, sources) && sameEntries(known.unreadable, unreadable);
}

function hasHeader({ files, entry }: PolicyAnalysis): boolean {
  return files.get(entry)?.node.items.some(({ kind }) => kind === 'PolicyHeader') === true;
}
