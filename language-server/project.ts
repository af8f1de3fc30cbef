// The policies that an editor has open: keeps the texts of documents, reads other files through its host, and analyzes a
// policy when it is first needed after a change.

import type { ParsedFiles, Unreadable } from '../language/checker/load.ts';
import { wantedBy } from '../language/checker/load.ts';
import { unmeasured } from '../language/support/measure.ts';
import { analyzePolicy, type PolicyAnalysis } from './analysis.ts';

export interface ProjectHost {
  /** The text of a file that is not open; undefined: there is none. */
  readonly read: (path: string) => Promise<string | Unreadable | undefined>;
}

interface OpenPolicy {
  readonly analysis: PolicyAnalysis;
  /** The generation of texts that was analyzed. */
  readonly generation: number;
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

  async #analyzed(entry: string): Promise<PolicyAnalysis | undefined> {
    const text = this.#texts.get(entry);
    if (text === undefined) return undefined;
    const known = this.#analyses.get(entry);
    const generation = this.#generation;
    if (known?.generation === generation) return known.analysis;
    const { sources, unreadable } = await this.#sourcesOf(entry, text);
    const analysis = analyzePolicy({ entry, sources, parsed: this.#parsed, unreadable });
    this.#analyses.set(entry, { analysis, generation });
    return analysis;
  }

  async #sourcesOf(entry: string, text: string) {
    const sources = new Map([[entry, text]]);
    const unreadable = new Map<string, Unreadable>();
    const tried = new Set<string>();
    const loading = { parsed: this.#parsed, measure: unmeasured, unreadable };
    for (;;) {
      const wanted = wantedBy(entry, sources, loading).filter((path) => !tried.has(path));
      if (wanted.length === 0) return { sources, unreadable };
      for (const path of wanted) {
        tried.add(path);
        const found = this.#texts.get(path) ?? (await this.#file(path));
        if (typeof found === 'string') sources.set(path, found);
        else if (found !== undefined) unreadable.set(path, found);
      }
    }
  }

  async #file(path: string): Promise<string | Unreadable | undefined> {
    if (!this.#read.has(path)) this.#read.set(path, await this.#host.read(path));
    return this.#read.get(path);
  }
}

function hasHeader({ files, entry }: PolicyAnalysis): boolean {
  return files.get(entry)?.node.items.some(({ kind }) => kind === 'PolicyHeader') === true;
}
