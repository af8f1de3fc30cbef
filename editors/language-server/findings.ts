// The findings of tests, invariants and mutants in a policy, for its diagnostics. Findings are dropped when a source of
// the policy changes.

import type { SourceMap, Span } from '@nhipol/language/support';
import type { DiagnosticSeverity } from 'vscode-languageserver';
import { hasSameEntries, type PolicyAnalysis } from './analysis.ts';

export type FindingSource = 'nhipol test' | 'nhipol verify' | 'nhipol mutate';

export interface Finding {
  readonly span: Span;
  readonly severity: DiagnosticSeverity;
  readonly message: string;
}

interface Found {
  readonly entry: string;
  readonly sources: SourceMap;
  readonly findings: readonly Finding[];
}

export class Findings {
  readonly #found = new Map<string, Found>();

  /** Replaces those of the same source in this policy. */
  set(
    source: FindingSource,
    { entry, sources }: PolicyAnalysis,
    findings: readonly Finding[],
  ): void {
    this.#found.set(`${source} ${entry}`, { entry, sources, findings });
  }

  /** The findings of each source in a policy. */
  in({ entry, sources }: PolicyAnalysis): readonly (Finding & { readonly source: string })[] {
    return [...this.#found].flatMap(([key, found]) => {
      if (found.entry !== entry) return [];
      if (!hasSameEntries(found.sources, sources)) {
        this.#found.delete(key);
        return [];
      }
      const source = key.slice(0, key.length - entry.length - 1);
      return found.findings.map((finding) => ({ ...finding, source }));
    });
  }
}
