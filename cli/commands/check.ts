// `nhipol check`: every diagnostic of every policy, for people or for programs.

import {
  type Diagnostic,
  diagnosticLimit,
  hasErrors,
  positionAt,
  type Span,
  shownPath,
  sourceText,
} from '../../language/index.ts';
import { render, summarize } from '../../language/render.ts';
import type { Console } from '../console.ts';
import { type ExitCode, exitCode } from '../exit-codes.ts';
import { checkFiles } from '../files.ts';

export interface CheckOptions {
  readonly format: 'pretty' | 'json';
  /** A warning is a finding, too. */
  readonly denyWarnings: boolean;
}

export async function checkCommand(
  paths: readonly string[],
  options: CheckOptions,
  console: Console,
): Promise<ExitCode> {
  const sources = new Map<string, string>();
  const found = new Map<string, Diagnostic>();
  for (const path of paths) {
    const checked = await checkFiles(path);
    for (const [file, text] of checked.sources) sources.set(file, text);
    for (const diagnostic of checked.diagnostics) {
      // A file that several policies use is told about once.
      const { file, start } = diagnostic.span;
      found.set(`${diagnostic.code} ${start} ${file}`, diagnostic);
    }
  }
  const diagnostics = [...found.values()];
  if (options.format === 'json') await console.out(asJson(diagnostics, sources));
  else {
    await console.out(render(diagnostics, sources, console.outColors));
    if (diagnostics.length === 0) {
      const what = paths.length === 1 ? '1 policy' : `${paths.length} policies`;
      console.err(`${what}: ${summarize(diagnostics)}\n`);
    }
  }
  const isFine = options.denyWarnings ? diagnostics.length === 0 : !hasErrors(diagnostics);
  return isFine ? exitCode.fine : exitCode.findings;
}

function asJson(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>): string {
  const place = (span: Span) => {
    const text = sourceText(sources, span.file) ?? '';
    const at = (offset: number) => ({ ...positionAt(text, offset), offset });
    return { file: shownPath(span.file), start: at(span.start), end: at(span.end) };
  };
  const shown = diagnostics.slice(0, diagnosticLimit).map((diagnostic) => ({
    code: diagnostic.code,
    severity: diagnostic.severity,
    message: diagnostic.message,
    label: diagnostic.label,
    help: diagnostic.help,
    ...place(diagnostic.span),
    related: diagnostic.related.map(({ span, message }) => ({ message, ...place(span) })),
  }));
  const count = (severity: string) =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const report = { diagnostics: shown, errors: count('error'), warnings: count('warning') };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
