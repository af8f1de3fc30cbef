// Takes a diagnostic code and returns its explanation: the formatted examples, and the diagnostic
// that the one to avoid produces, rendered with a palette.

import { check } from './check.ts';
import { type Diagnostic, Reporter, type Severity } from './diagnostics/diagnostics.ts';
import type { Entry } from './diagnostics/messages/entry.ts';
import { type DiagnosticCode, messages } from './diagnostics/messages/index.ts';
import { type Palette, plain, renderDiagnostic } from './diagnostics/render.ts';
import { displayText } from './support/display.ts';
import { parse } from './syntax/parse.ts';
import { print } from './syntax/print/print.ts';

/** The explanation of a diagnostic code. */
export interface Explained {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** The message for the example. */
  readonly message: string;
  readonly why: string;
  readonly help: string | undefined;
  /** Each example ends with a newline. */
  readonly avoid: string;
  /** The diagnostic for `avoid`. */
  readonly rendered: string;
  readonly prefer: string;
}

/** Some examples refer to their own file by this name. */
const file = 'p.nhipol';

export function isCode(text: string): text is DiagnosticCode {
  return Object.hasOwn(messages, text);
}

/** Explains a diagnostic code by its examples. */
export function explainCode(code: DiagnosticCode, palette: Palette = plain): Explained {
  const { severity, why, avoid: written, prefer }: Entry = messages[code];
  const formattedAvoid = formatSource(written);
  const avoid = findDiagnostic(code, formattedAvoid) === undefined ? written : formattedAvoid;
  const diagnostic = findDiagnostic(code, avoid);
  return {
    code,
    severity,
    message: diagnostic?.message ?? '',
    why,
    help: diagnostic?.help,
    avoid: displaySource(avoid),
    rendered:
      diagnostic === undefined
        ? ''
        : renderDiagnostic(diagnostic, new Map([[file, avoid]]), palette),
    prefer: displaySource(formatSource(prefer)),
  };
}

function findDiagnostic(code: DiagnosticCode, text: string): Diagnostic | undefined {
  const { diagnostics, advice } = check(file, new Map([[file, text]]));
  return [...diagnostics, ...advice].find((diagnostic) => diagnostic.code === code);
}

/** Formats a source that parses; a source with comments or syntax errors stays as it is. */
function formatSource(text: string): string {
  const reporter = new Reporter();
  const tree = parse(file, text, reporter);
  return reporter.diagnostics.length > 0 || text.includes('//') ? text : print(tree);
}

/** The maximum line length of an example; some lines are long on purpose. */
const maxColumns = 96;

function displaySource(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line.length > maxColumns ? `${line.slice(0, maxColumns - 1)}…` : line))
    .map((line) => `${displayText(line)}\n`)
    .join('');
}
