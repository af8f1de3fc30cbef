// Renders diagnostics for people: position, source lines with an underline, help and fix. Takes
// diagnostics and the source files, and returns text, coloured with the palette of the caller. Source
// text is made safe to print: control and invisible characters are escaped, long lines are cut.

import { display, displayText, wrap } from '../support/display.ts';
import { findPosition, type Position, type SourceMap, type Span } from '../support/source.ts';
import { pluralize as countOf } from '../support/words.ts';
import { displayPath, readSourceText } from '../vocabulary/vocabulary.ts';
import { type Diagnostic, diagnosticLimit, type Severity } from './diagnostics.ts';

type Paint = (text: string) => string;

/** Functions that colour text for the output medium. */
export interface Palette {
  readonly error: Paint;
  readonly warning: Paint;
  readonly advice: Paint;
  /** The message, in the first line. */
  readonly strong: Paint;
  /** Line numbers, frame and position. */
  readonly frame: Paint;
  /** The underline and the message of a related span. */
  readonly related: Paint;
}

const keepText: Paint = (text) => text;

export const plain: Palette = {
  error: keepText,
  warning: keepText,
  advice: keepText,
  strong: keepText,
  frame: keepText,
  related: keepText,
};

/** The maximum width of a source line, and of a line of help including its frame. */
const lineWidth = 100;

/** Renders diagnostics up to the limit, with a summary line; returns an empty string for none. */
export function render(
  diagnostics: readonly Diagnostic[],
  sources: SourceMap,
  palette: Palette = plain,
): string {
  if (diagnostics.length === 0) return '';
  const shown = diagnostics.slice(0, diagnosticLimit);
  const blocks = shown.map((diagnostic) => renderDiagnostic(diagnostic, sources, palette));
  const hidden = diagnostics.length - shown.length;
  if (hidden > 0) blocks.push(`and ${hidden} more\n`);
  blocks.push(`${summarize(diagnostics)}\n`);
  return blocks.join('\n');
}

const counted: Readonly<Record<Severity, (count: number) => string>> = {
  error: (count) => countOf(count, 'error'),
  warning: (count) => countOf(count, 'warning'),
  advice: (count) => countOf(count, 'piece of advice', 'pieces of advice'),
};

/** Counts errors, warnings and advice: `2 errors, 1 warning`, `1 error`, `no errors`. */
export function summarize(diagnostics: readonly Diagnostic[]): string {
  const counts = (Object.keys(counted) as Severity[]).flatMap((severity) => {
    const count = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return count === 0 ? [] : [counted[severity](count)];
  });
  return counts.length === 0 ? 'no errors' : counts.join(', ');
}

export function renderDiagnostic(
  diagnostic: Diagnostic,
  sources: SourceMap,
  palette: Palette = plain,
): string {
  const paint = palette[diagnostic.severity];
  const snippets = [
    makeSnippet(diagnostic.span, sources, '^', diagnostic.label, paint),
    ...diagnostic.related.map(({ span, message }) =>
      makeSnippet(span, sources, '-', message, palette.related),
    ),
  ];
  const gutter = Math.max(...snippets.map((snippet) => String(snippet.lastLine).length));
  const frame = (left: string, mark: string) => palette.frame(left.padStart(gutter) + mark);
  const title = paint(`${diagnostic.severity}[${diagnostic.code}]`);
  const lines = [`${title}: ${palette.strong(displayText(diagnostic.message))}`];
  for (const [index, snippet] of snippets.entries()) {
    lines.push(`${frame('', index === 0 ? '┌─' : '├─')} ${palette.frame(snippet.place)}`);
    for (const row of snippet.rows) {
      const left = row.gap ? frame('', '·') : frame(row.number, '│');
      lines.push(`${left} ${row.text}`.trimEnd());
    }
  }
  const addText = (word: string, text: string) => {
    const indent = ' '.repeat(word.length);
    const wrapped = wrap(displayText(text), lineWidth - gutter - word.length - 2);
    for (const [index, line] of wrapped.entries())
      lines.push(`${frame('', '│')} ${index === 0 ? word : indent}${line}`);
  };
  if (diagnostic.help !== undefined) addText('help: ', diagnostic.help);
  // A suggestion next to the underline already contains the fix.
  const guessed = diagnostic.label?.startsWith('did you mean') === true;
  if (diagnostic.fix !== undefined && !guessed) addText('fix: ', diagnostic.fix.title);
  return lines.map((line) => `${line}\n`).join('');
}

export interface Snippet {
  readonly place: string;
  readonly lastLine: number;
  readonly rows: readonly Row[];
}

interface Row {
  /** The line number; empty for an underline. */
  readonly number: string;
  readonly text: string;
  /** Whether the row represents omitted lines. */
  readonly gap?: boolean;
}

/** Returns the first and the last line of a span, with the part in the span underlined. */
export function makeSnippet(
  span: Span,
  sources: SourceMap,
  mark: string,
  label: string | undefined,
  paint: Paint,
): Snippet {
  const text = readSourceText(sources, span.file);
  const beside = label === undefined ? '' : ` ${displayText(label)}`;
  if (text === undefined) {
    const rows = label === undefined ? [] : [{ number: '', text: paint(beside.trimStart()) }];
    return { place: displayText(displayPath(span.file)), lastLine: 1, rows };
  }
  const end = Math.max(span.start, findTrimmedEnd(text, span));
  const from = findPosition(text, span.start);
  const to = findPosition(text, end);
  const rows: Row[] = [];
  const add = (position: Position, offset: number, start: number, stop: number, last: boolean) => {
    const line = findLine(text, offset);
    const shown = display(line.text, start - line.start, stop - line.start, lineWidth);
    const underline = ' '.repeat(shown.from) + paint(mark.repeat(shown.to - shown.from));
    rows.push({ number: String(position.line), text: shown.text });
    rows.push({ number: '', text: underline + (last ? paint(beside) : '') });
  };
  if (from.line === to.line) add(from, span.start, span.start, end, true);
  else {
    const first = findLine(text, span.start);
    const last = findLine(text, end);
    add(from, span.start, span.start, first.start + first.text.length, false);
    if (to.line > from.line + 1) rows.push({ number: '', text: '', gap: true });
    add(to, end, last.start + (last.text.length - last.text.trimStart().length), end, true);
  }
  return {
    place: `${displayText(displayPath(span.file))}:${from.line}:${from.column}`,
    lastLine: to.line,
    rows,
  };
}

/** The end of a span without trailing whitespace. */
function findTrimmedEnd(text: string, span: Span): number {
  return span.start + text.slice(span.start, span.end).trimEnd().length;
}

/** The line that contains `offset`, without its line terminator. */
function findLine(text: string, offset: number): { text: string; start: number } {
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return { text: text.slice(start, end === -1 ? undefined : end).replace(/\r$/, ''), start };
}
