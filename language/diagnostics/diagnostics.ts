// What the language says about a policy: a diagnostic is data, made from the table in messages/,
// sorted by place and capped, so that hostile input can't flood its reader.

import type { Span } from '../support/source.ts';
import type { Fix } from './fix.ts';
import type { Entry } from './messages/entry.ts';
import { type Code, messages, type Params } from './messages/index.ts';

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
  /** Where the repair is certain. */
  readonly fix?: Fix | undefined;
}

/** More than this are counted, not shown. */
export const diagnosticLimit = 100;

export interface Extra {
  readonly label?: string | undefined;
  readonly help?: string | undefined;
  readonly related?: readonly Related[];
  readonly fix?: Fix | undefined;
}

/** The name that a diagnostic says is not there; those of one key say the same. */
const absent = new WeakMap<Diagnostic, { readonly name: string; readonly key: string }>();

/** A file that is read, and where what is wrong with it goes. */
export interface Origin {
  readonly file: string;
  readonly reporter: Reporter;
}

/** Collects diagnostics; one place reports one code once. */
export class Reporter {
  readonly #found: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  readonly #lost = new Set<string>();

  /** Names that may not be there for a reason that was told. */
  markDropped(names: Iterable<string>): void {
    for (const name of names) this.#lost.add(name);
  }

  report<C extends Code>(code: C, span: Span, params: Params<C>, extra: Extra = {}): void {
    const key = `${code} ${span.file} ${span.start}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const entry: Entry = messages[code];
    const found: Diagnostic = {
      code,
      severity: entry.severity,
      message: entry.message(params),
      label: extra.label,
      help: extra.help ?? entry.help,
      span,
      related: extra.related ?? [],
      fix: extra.fix,
    };
    this.#found.push(found);
    const name = entry.absent?.(params);
    if (name === undefined) return;
    const { owner = '' } = params as { readonly owner?: string };
    absent.set(found, { name, key: `${code} ${owner} ${name}` });
  }

  /** Says again what was found elsewhere, at the place that brought it about; its repair may be another there. */
  reportAgain(found: Diagnostic, span: Span, related: readonly Related[]): void {
    const key = `${found.code} ${span.file} ${span.start}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const again: Diagnostic = { ...found, span, related, fix: undefined };
    this.#found.push(again);
    const missing = absent.get(found);
    if (missing !== undefined) absent.set(again, missing);
  }

  /** What another found, as if it had been told here. */
  merge(other: Reporter): void {
    for (const found of other.#found) {
      const key = `${found.code} ${found.span.file} ${found.span.start}`;
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      this.#found.push(found);
    }
    this.markDropped(other.#lost);
  }

  /** In order of file and place; what is not there is told once, with the other places beside it. */
  get diagnostics(): readonly Diagnostic[] {
    const others = new Map<string, Related[]>();
    const told: Diagnostic[] = [];
    for (const found of inOrder(this.#found)) {
      const missing = absent.get(found);
      if (missing === undefined) told.push(found);
      else if (!this.#lost.has(missing.name)) {
        const again = others.get(missing.key);
        if (again !== undefined) again.push({ span: found.span, message: 'and here' });
        else {
          const places: Related[] = [];
          others.set(missing.key, places);
          told.push(found);
        }
      }
    }
    return told.map((found) => {
      const missing = absent.get(found);
      const again = missing === undefined ? [] : (others.get(missing.key) ?? []);
      if (missing === undefined || again.length === 0) return found;
      const whole = { ...found, related: [...found.related, ...again.slice(0, placesShown)] };
      absent.set(whole, missing);
      return whole;
    });
  }
}

/** Of a name that is not there. */
const placesShown = 3;

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
