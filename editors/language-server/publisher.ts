// Publishes the diagnostics of all open policies, some time after the last change: errors first, then warnings, which take
// longer to find. A change ends the search for warnings of the text before it.

import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import type { PolicyAnalysis } from './analysis.ts';
import type { ServerContext } from './context.ts';
import { isConfig, listConfigDiagnostics } from './features/config-file.ts';
import { collectDiagnostics, listDiagnostics } from './features/diagnostics.ts';
import { listRequestDiagnostics } from './features/request-files.ts';
import { pause } from './pause.ts';
import { openRequestFile } from './request-file.ts';

/** Work that takes longer, in milliseconds, waits as long for another change. */
const longWork = 100;
/** The longest time that errors wait for another change. */
const maxDelay = 500;

export class Publisher {
  readonly #context: ServerContext;
  readonly #delay: number;
  readonly #listeners: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The diagnostics in the editor, by file. */
  #published: ReadonlyMap<string, readonly Diagnostic[]> = new Map();
  /** The number of the latest publication. */
  #latest = 0;
  /** The durations of the latest search for errors and for warnings. */
  #errorTime = 0;
  #warningTime = 0;

  /** `delay`: for how long changes of a policy of ordinary size are collected, in milliseconds. */
  constructor(context: ServerContext, delay: number) {
    this.#context = context;
    this.#delay = delay;
  }

  /** Calls a function after the diagnostics of a change have been sent. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  schedule(): void {
    this.#latest += 1;
    clearTimeout(this.#timer);
    const delay = this.#errorTime > longWork ? Math.min(this.#errorTime, maxDelay) : this.#delay;
    this.#timer = setTimeout(() => void this.#publishChange(), delay);
  }

  async #publishChange(): Promise<void> {
    const own = this.#latest;
    // Answers that are ready are sent first: an analysis can take long.
    await pause();
    if (own !== this.#latest) return;
    if (!(await this.publish())) return;
    for (const listener of this.#listeners) listener();
  }

  /** Sends the diagnostics of all open policies, and removes others. Returns false if a change ended it. */
  async publish(): Promise<boolean> {
    this.#latest += 1;
    const own = this.#latest;
    const analyses = new Map<PolicyAnalysis, string[]>();
    const started = performance.now();
    for (const path of this.#context.project.openPaths) {
      const analysis = await this.#context.project.analyzeFile(path);
      if (analysis === undefined) continue;
      analyses.set(analysis, [...(analyses.get(analysis) ?? []), path]);
    }
    const others = await this.#inOthers();
    this.#errorTime = performance.now() - started;
    if (own !== this.#latest) return false;
    this.#send(analyses, others);
    const incomplete = [...analyses.keys()].filter(({ isComplete }) => !isComplete);
    if (incomplete.length === 0) return true;
    for (const analysis of incomplete) {
      await pause(this.#warningTime > longWork ? this.#warningTime : 0);
      if (own !== this.#latest) return false;
      const begun = performance.now();
      analysis.complete();
      this.#warningTime = performance.now() - begun;
    }
    this.#send(analyses, others);
    return true;
  }

  /** The diagnostics of open files with requests, and of nhipol.toml. */
  async #inOthers(): Promise<ReadonlyMap<string, readonly Diagnostic[]>> {
    const found = new Map<string, readonly Diagnostic[]>();
    for (const path of this.#context.project.openJson) {
      const file = await openRequestFile(this.#context, path);
      if (file !== undefined) found.set(path, listRequestDiagnostics(file));
    }
    const { project, host } = this.#context;
    for (const path of project.openConfigs.filter(isConfig)) {
      if (host.config === undefined) continue;
      found.set(path, listConfigDiagnostics(host.config, project.getOpenText(path) ?? ''));
    }
    return found;
  }

  /** `analyses` has the open files of each; `others` the diagnostics of other files. */
  #send(
    analyses: ReadonlyMap<PolicyAnalysis, readonly string[]>,
    others: ReadonlyMap<string, readonly Diagnostic[]>,
  ): void {
    const before = this.#published;
    const published = new Map(others);
    for (const [file, diagnostics] of others) this.#sendOne(file, diagnostics);
    for (const [analysis, open] of analyses) {
      for (const file of this.#listFiles(analysis, open)) {
        if (published.has(file)) continue;
        const old = before.get(file) ?? [];
        // Without errors, the old warnings stay until the new ones are found.
        const isOutdated = analysis.isComplete || old.some(isError);
        const diagnostics = isOutdated ? this.#listDiagnostics(analysis, file) : old;
        published.set(file, diagnostics);
        if (isOutdated) this.#sendOne(file, diagnostics);
      }
    }
    for (const file of before.keys()) if (!published.has(file)) this.#sendOne(file, []);
    this.#published = published;
  }

  #sendOne(file: string, diagnostics: readonly Diagnostic[]): void {
    const { connection, documents } = this.#context;
    const uri = this.#context.toUri(file);
    const version = documents.get(uri)?.version;
    void connection.sendDiagnostics({
      uri,
      ...(version === undefined ? {} : { version }),
      diagnostics: [...diagnostics],
    });
  }

  /** The open files, and others with diagnostics. */
  #listFiles(analysis: PolicyAnalysis, open: readonly string[]): ReadonlySet<string> {
    const { sources } = analysis;
    const found = [
      ...collectDiagnostics(analysis, this.#context.settings.showsAdvice),
      ...this.#context.findings.in(analysis),
    ];
    const others = found.map(({ span }) => span.file).filter((file) => sources.has(file));
    const old = [...this.#published.keys()].filter((file) => sources.has(file));
    return new Set([...open, ...others, ...(analysis.isComplete ? [] : old)]);
  }

  #listDiagnostics(analysis: PolicyAnalysis, file: string): Diagnostic[] {
    const positions = this.#context.createPositions(analysis);
    const found = this.#context.findings.in(analysis).filter(({ span }) => span.file === file);
    return [
      ...listDiagnostics(analysis, file, positions, this.#context.settings.showsAdvice),
      ...found.map(({ span, ...finding }) => ({ ...finding, range: positions.toRange(span) })),
    ];
  }
}

function isError({ severity }: Diagnostic): boolean {
  return severity === DiagnosticSeverity.Error;
}
