// Publishes the diagnostics of all open policies, some time after the last change.

import type { Diagnostic } from 'vscode-languageserver';
import type { PolicyAnalysis } from './analysis.ts';
import type { Context } from './context.ts';
import { diagnosticsIn } from './features/diagnostics.ts';
import type { Positions } from './positions.ts';

export class Publisher {
  readonly #context: Context;
  readonly #delay: number;
  readonly #listeners: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The files that have diagnostics in the editor. */
  #published = new Set<string>();

  /** `delay`: for how long changes are collected, in milliseconds. */
  constructor(context: Context, delay: number) {
    this.#context = context;
    this.#delay = delay;
  }

  /** Calls a function after the diagnostics of a change have been sent. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#changed(), this.#delay);
  }

  async #changed(): Promise<void> {
    await this.publish();
    for (const listener of this.#listeners) listener();
  }

  /** Sends the diagnostics of all files of open policies, and removes those of others. */
  async publish(): Promise<void> {
    const { connection, project, documents } = this.#context;
    const published = new Set<string>();
    for (const path of project.openPaths) {
      const analysis = await project.analysisFor(path);
      if (analysis === undefined) continue;
      const positions = this.#context.positionsIn(analysis);
      const found = this.#context.findings.in(analysis).map(({ span }) => span.file);
      const withErrors = analysis.diagnostics.map(({ span }) => span.file);
      for (const file of new Set([path, ...withErrors, ...found])) {
        if (published.has(file) || !analysis.sources.has(file)) continue;
        published.add(file);
        const uri = this.#context.uriOf(file);
        const version = documents.get(uri)?.version;
        void connection.sendDiagnostics({
          uri,
          ...(version === undefined ? {} : { version }),
          diagnostics: this.#diagnosticsIn(analysis, file, positions),
        });
      }
    }
    for (const file of this.#published) {
      if (published.has(file)) continue;
      void connection.sendDiagnostics({ uri: this.#context.uriOf(file), diagnostics: [] });
    }
    this.#published = published;
  }

  #diagnosticsIn(analysis: PolicyAnalysis, file: string, positions: Positions): Diagnostic[] {
    const found = this.#context.findings.in(analysis).filter(({ span }) => span.file === file);
    return [
      ...diagnosticsIn(analysis, file, positions),
      ...found.map(({ span, ...finding }) => ({ ...finding, range: positions.rangeOf(span) })),
    ];
  }
}
