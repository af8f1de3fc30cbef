// An entry of the table of diagnostics as a page can show it: its examples laid out, and what is said
// of the one to avoid. Comes in: a code. Goes out: texts, the rendered one coloured by a palette.

import { check } from './check.ts';
import { type Diagnostic, Reporter, type Severity } from './diagnostics/diagnostics.ts';
import type { Entry } from './diagnostics/messages/entry.ts';
import { type Code, messages } from './diagnostics/messages/index.ts';
import { type Palette, plain, renderDiagnostic } from './diagnostics/render.ts';
import { displayText } from './support/display.ts';
import { parse } from './syntax/parse.ts';
import { print } from './syntax/print/print.ts';

export interface Explained {
  readonly code: Code;
  readonly severity: Severity;
  /** As it is said of the example. */
  readonly message: string;
  readonly why: string;
  readonly help: string | undefined;
  /** Examples end with a line end. */
  readonly avoid: string;
  /** What is said of `avoid`. */
  readonly rendered: string;
  readonly prefer: string;
}

/** Some examples use themselves, by this name. */
const file = 'p.nhipol';

export function isCode(text: string): text is Code {
  return Object.hasOwn(messages, text);
}

export function explainCode(code: Code, palette: Palette = plain): Explained {
  const { severity, why, avoid: written, prefer }: Entry = messages[code];
  const laid = laidOut(written);
  const avoid = raised(code, laid) === undefined ? written : laid;
  const diagnostic = raised(code, avoid);
  return {
    code,
    severity,
    message: diagnostic?.message ?? '',
    why,
    help: diagnostic?.help,
    avoid: shown(avoid),
    rendered:
      diagnostic === undefined
        ? ''
        : renderDiagnostic(diagnostic, new Map([[file, avoid]]), palette),
    prefer: shown(laidOut(prefer)),
  };
}

function raised(code: Code, text: string): Diagnostic | undefined {
  return check(file, new Map([[file, text]])).diagnostics.find((found) => found.code === code);
}

/** A text that can be read as a tree, in the one style of the language. */
function laidOut(text: string): string {
  const reporter = new Reporter();
  const tree = parse(file, text, reporter);
  return reporter.diagnostics.length > 0 || text.includes('//') ? text : print(tree);
}

/** The columns of an example; some are long on purpose. */
const columns = 96;

function shown(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line.length > columns ? `${line.slice(0, columns - 1)}…` : line))
    .map((line) => `${displayText(line)}\n`)
    .join('');
}
