// What the language says about a policy: a diagnostic is data, made from the table in messages/,
// sorted by place and capped, so that hostile input can't flood its reader.

import type { Entry } from './messages/entry.ts';
import { type Code, messages, type Params } from './messages.ts';
import type { Span } from './source.ts';

export type Severity = 'error' | 'warning';

export interface Related {
  readonly span: Span;
  readonly message: string;
}

export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  /** Printed beside the underline. */
  readonly label?: string | undefined;
  readonly help?: string | undefined;
  readonly span: Span;
  readonly related: readonly Related[];
}

/** More than this are counted, not shown. */
export const diagnosticLimit = 100;

export interface Extra {
  readonly label?: string | undefined;
  readonly help?: string | undefined;
  readonly related?: readonly Related[];
}

/** Collects diagnostics; one place reports one code once. */
export class Reporter {
  readonly #found: Diagnostic[] = [];
  readonly #seen = new Set<string>();

  report<C extends Code>(code: C, span: Span, params: Params<C>, extra: Extra = {}): void {
    const key = `${code} ${span.file} ${span.start}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const entry: Entry = messages[code];
    this.#found.push({
      code,
      severity: entry.severity,
      message: entry.message(params),
      label: extra.label,
      help: extra.help ?? entry.help,
      span,
      related: extra.related ?? [],
    });
  }

  /** Says again what was found elsewhere, at the place that brought it about. */
  repeat(found: Diagnostic, span: Span, related: readonly Related[]): void {
    const key = `${found.code} ${span.file} ${span.start}`;
    if (!this.#seen.has(key)) this.#found.push({ ...found, span, related });
    this.#seen.add(key);
  }

  /** In order of file and place. */
  get diagnostics(): readonly Diagnostic[] {
    return inOrder(this.#found);
  }
}

/** By file and place. */
export function inOrder(found: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...found].sort(
    (a, b) =>
      (a.span.file < b.span.file ? -1 : a.span.file > b.span.file ? 1 : 0) ||
      a.span.start - b.span.start ||
      a.span.end - b.span.end,
  );
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}
