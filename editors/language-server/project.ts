// The policies that an editor has open: keeps the texts of documents, reads other files through its host, and analyzes a
// policy when it is first needed after a change.

import { type ParsedFiles, type ReadsFile, readFiles, type UnreadableFile } from '@nhipol/language';
import { resolvePath, type SourceMap, skipMeasure } from '@nhipol/language/support';
import { analyzePolicy, hasSameEntries, type PolicyAnalysis } from './analysis.ts';

export interface ProjectHost {
  /** The text of a file that is not open, or `undefined` if there is none. */
  readonly read: ReadsFile;
}

interface LoadedPolicy {
  readonly entry: string;
  readonly sources: SourceMap;
  readonly unreadable: ReadonlyMap<string, UnreadableFile>;
  /** The generation of texts for which it is current. */
  generation: number;
}

interface AnalyzedPolicy extends LoadedPolicy {
  readonly analysis: PolicyAnalysis;
}

const entryName = 'policy.nhipol';
const maxFoldersAbove = 3;

export class Project {
  readonly #host: ProjectHost;
  readonly #texts = new Map<string, string>();
  readonly #parsed: ParsedFiles = new Map();
  readonly #analyses = new Map<string, AnalyzedPolicy>();
  /** Texts of files that are not open, until they change. */
  readonly #read = new Map<string, string | UnreadableFile | undefined>();
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
    this.noteChange(path);
  }

  /** A file on the disk changed. */
  noteChange(path: string): void {
    this.#read.delete(path);
    this.#generation += 1;
  }

  /** The open files of policies. */
  get openPaths(): readonly string[] {
    return [...this.#texts.keys()].filter(isPolicy);
  }

  get openConfigs(): readonly string[] {
    return [...this.#texts.keys()].filter((path) => path.endsWith('.toml'));
  }

  /** The open files that may contain requests. */
  get openJson(): readonly string[] {
    return [...this.#texts.keys()].filter(isJson);
  }

  /**
   * The policy of a file with requests: an open one whose tests or fixtures name it, otherwise the nearest `policy.nhipol`
   * in the folder of the file or in those above, if the file contains a request.
   */
  async findRequestPolicy(path: string): Promise<PolicyAnalysis | undefined> {
    const text = this.#texts.get(path);
    if (text === undefined) return undefined;
    for (const other of this.openPaths) {
      const analysis = await this.analyzeFile(other);
      if (analysis !== undefined && namesRequest(analysis, path)) return analysis;
    }
    if (!isRequest(path, text)) return undefined;
    for (let above = 0; above <= maxFoldersAbove; above += 1) {
      const entry = resolvePath(path, `${'../'.repeat(above)}${entryName}`);
      const loaded = await this.#loadPolicy(entry);
      if (loaded !== undefined) return this.#analyzeLoaded(loaded);
    }
    return undefined;
  }

  getOpenText(path: string): string | undefined {
    return this.#texts.get(path);
  }

  /**
   * The analysis of the policy with this entry file, or `undefined` if it is not open. A file without a policy
   * header is analyzed as part of an open policy that uses it, if there is one.
   */
  async analyzeFile(path: string): Promise<PolicyAnalysis | undefined> {
    if (!this.#texts.has(path) || !isPolicy(path)) return undefined;
    const loadedPolicy = await this.#loadPolicy(path);
    if (loadedPolicy === undefined || this.#hasHeader(path))
      return loadedPolicy && this.#analyzeLoaded(loadedPolicy);
    for (const other of this.openPaths) {
      const loaded = other === path ? undefined : await this.#loadPolicy(other);
      if (loaded?.sources.has(path) && this.#hasHeader(other)) return this.#analyzeLoaded(loaded);
    }
    return this.#analyzeLoaded(loadedPolicy);
  }

  /** The latest analysis of the policy of an open file, even if a file has changed since. */
  findLatestAnalysis(path: string): PolicyAnalysis | undefined {
    if (!this.#texts.has(path)) return undefined;
    const all = [...this.#analyses.values()].map(({ analysis }) => analysis);
    const completePolicies = all.filter(({ entry }) => this.#hasHeader(entry));
    return (
      completePolicies.find(({ entry }) => entry === path) ??
      completePolicies.find(({ files }) => files.has(path)) ??
      all.find(({ entry }) => entry === path)
    );
  }

  /** The sources of an analysis, as they are now. */
  currentSources({ sources }: PolicyAnalysis): SourceMap {
    return new Map([...sources].map(([path, text]) => [path, this.#texts.get(path) ?? text]));
  }

  /** Whether no file that the analysis reads has changed since. A change of others may show only later. */
  isCurrent({ entry, sources }: PolicyAnalysis): boolean {
    return (
      this.#texts.has(entry) &&
      [...sources].every(([path, text]) => (this.#texts.get(path) ?? this.#read.get(path)) === text)
    );
  }

  /** The current files of the policy with an entry file, each parsed, or `undefined` if there is no such file. */
  async #loadPolicy(entry: string): Promise<LoadedPolicy | undefined> {
    const generation = this.#generation;
    const cachedAnalysis = this.#analyses.get(entry);
    if (cachedAnalysis?.generation === generation) return cachedAnalysis;
    const read = async (path: string) => this.#texts.get(path) ?? (await this.#file(path));
    const text = await read(entry);
    if (typeof text !== 'string') return undefined;
    const loading = { parsed: this.#parsed, measure: skipMeasure };
    return { entry, ...(await readFiles(entry, text, read, loading)), generation };
  }

  #analyzeLoaded({ entry, sources, unreadable, generation }: LoadedPolicy): PolicyAnalysis {
    const cachedAnalysis = this.#analyses.get(entry);
    if (cachedAnalysis !== undefined && isSame(cachedAnalysis, sources, unreadable)) {
      cachedAnalysis.generation = generation;
      return cachedAnalysis.analysis;
    }
    const analysis = analyzePolicy({ entry, sources, parsed: this.#parsed, unreadable });
    this.#analyses.set(entry, { entry, sources, unreadable, generation, analysis });
    return analysis;
  }

  #hasHeader(path: string): boolean {
    const { node } = this.#parsed.get(path) ?? {};
    return node?.items.some(({ kind }) => kind === 'PolicyHeader') === true;
  }

  async #file(path: string): Promise<string | UnreadableFile | undefined> {
    if (!this.#read.has(path)) this.#read.set(path, await this.#host.read(path));
    return this.#read.get(path);
  }
}

export function isJson(path: string): boolean {
  return path.endsWith('.json');
}

/** Editors also send other files that belong to a policy. */
function isPolicy(path: string): boolean {
  return !/\.(?:json|toml)$/.test(path);
}

/** Whether a test or a fixture of the policy begins with the file. */
function namesRequest({ files }: PolicyAnalysis, path: string): boolean {
  return [...files.values()].some(({ path: from, node }) =>
    node.items.some(
      (item) =>
        (item.kind === 'Test' || item.kind === 'Fixture') &&
        item.request.kind === 'String' &&
        resolvePath(from, item.request.value) === path,
    ),
  );
}

/** Whether a file is among requests, or has two parts of a request: other JSON is left alone. */
function isRequest(path: string, text: string): boolean {
  const parts = ['subject', 'action', 'resource'].filter((name) => text.includes(`"${name}"`));
  return /\/(?:fixtures|requests)\/[^/]*$/.test(path) || parts.length >= 2;
}

function isSame(
  loadedPolicy: LoadedPolicy,
  sources: SourceMap,
  unreadable: ReadonlyMap<string, UnreadableFile>,
): boolean {
  return (
    hasSameEntries(loadedPolicy.sources, sources) &&
    hasSameEntries(loadedPolicy.unreadable, unreadable)
  );
}
