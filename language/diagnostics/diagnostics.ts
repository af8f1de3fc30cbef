// Diagnostics as data: built from the table in messages/, sorted by position, and limited in number when
// they are shown, so that hostile input cannot flood the reader.

import type { Span } from '../support/source.ts';
import type { Fix } from './fix.ts';
import type { Entry } from './messages/entry.ts';
import { type DiagnosticCode, messages, type Params } from './messages/index.ts';

/**
 * Advice is about what is right in some policies and a trap in others; it is shown only where it is requested. Everything
 * that depends on the severity is a record with these keys, so that the compiler reports what omits one.
 */
export type Severity = 'error' | 'warning' | 'advice';

export interface Related {
  readonly span: Span;
  readonly message: string;
}

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  /** Printed next to the underline. */
  readonly label?: string | undefined;
  readonly help?: string | undefined;
  readonly span: Span;
  readonly related: readonly Related[];
  /** Present only if the fix is certain. */
  readonly fix?: Fix | undefined;
  /** The path of the member of the request whose absence it is about. */
  readonly member?: string | undefined;
}

/** The maximum number of diagnostics that are shown; further ones are only counted. */
export const diagnosticLimit = 100;

export interface Extra {
  readonly label?: string | undefined;
  readonly help?: string | undefined;
  readonly related?: readonly Related[];
  readonly fix?: Fix | undefined;
  readonly member?: string | undefined;
}

/** The undeclared name of a diagnostic; diagnostics with the same key report the same problem. */
const absent = new WeakMap<Diagnostic, { readonly name: string; readonly key: string }>();

/** A file and the reporter of its diagnostics. */
export interface Origin {
  readonly file: string;
  readonly reporter: Reporter;
}

/** Collects diagnostics; reports each code once for each position. */
export class Reporter {
  readonly #found: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  readonly #dropped = new Set<string>();

  /** Marks names whose declarations may be missing because of an error that is reported already. */
  markDropped(names: Iterable<string>): void {
    for (const name of names) this.#dropped.add(name);
  }

  report<C extends DiagnosticCode>(
    code: C,
    span: Span,
    params: Params<C>,
    extra: Extra = {},
  ): void {
    const key = `${code} ${span.file} ${span.start}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const entry: Entry = messages[code];
    const diagnostic: Diagnostic = {
      code,
      severity: entry.severity,
      message: entry.message(params),
      label: extra.label,
      help: extra.help ?? entry.help,
      span,
      related: extra.related ?? [],
      fix: extra.fix,
      member: extra.member,
    };
    this.#found.push(diagnostic);
    const name = entry.absent?.(params);
    if (name === undefined) return;
    const { owner = '' } = params as { readonly owner?: string };
    absent.set(diagnostic, { name, key: `${code} ${owner} ${name}` });
  }

  /** Reports a diagnostic again at the position that caused it, without the fix, which may differ there. */
  reportAgain(diagnostic: Diagnostic, span: Span, related: readonly Related[]): void {
    const key = `${diagnostic.code} ${span.file} ${span.start}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const again: Diagnostic = { ...diagnostic, span, related, fix: undefined };
    this.#found.push(again);
    const missing = absent.get(diagnostic);
    if (missing !== undefined) absent.set(again, missing);
  }

  /** Adds the diagnostics of another reporter. */
  merge(other: Reporter): void {
    for (const diagnostic of other.#found) {
      const key = `${diagnostic.code} ${diagnostic.span.file} ${diagnostic.span.start}`;
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      this.#found.push(diagnostic);
    }
    this.markDropped(other.#dropped);
  }

  /** The diagnostics by file and position; an undeclared name is reported once, with its other uses as related. */
  get diagnostics(): readonly Diagnostic[] {
    const others = new Map<string, Related[]>();
    const reported: Diagnostic[] = [];
    for (const diagnostic of sortDiagnostics(this.#found)) {
      const missing = absent.get(diagnostic);
      if (missing === undefined) reported.push(diagnostic);
      else if (!this.#dropped.has(missing.name)) {
        const again = others.get(missing.key);
        if (again !== undefined) again.push({ span: diagnostic.span, message: 'and here' });
        else {
          const places: Related[] = [];
          others.set(missing.key, places);
          reported.push(diagnostic);
        }
      }
    }
    return reported.map((diagnostic) => {
      const missing = absent.get(diagnostic);
      const again = missing === undefined ? [] : (others.get(missing.key) ?? []);
      if (missing === undefined || again.length === 0) return diagnostic;
      const whole = {
        ...diagnostic,
        related: [...diagnostic.related, ...again.slice(0, maxRelatedUses)],
      };
      absent.set(whole, missing);
      return whole;
    });
  }
}

/** The maximum number of further uses of an undeclared name that are shown. */
const maxRelatedUses = 3;

/** Sorts diagnostics by file and position. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      (a.span.file < b.span.file ? -1 : a.span.file > b.span.file ? 1 : 0) ||
      a.span.start - b.span.start ||
      a.span.end - b.span.end,
  );
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}
