// The interface of output formats: it takes diagnostics with their sources, and returns the complete output.

import { type Diagnostic, type Palette, shownPath, sourceText } from '@nhipol/language';
import { type Position, positionAt, type Span } from '@nhipol/language/support';

export interface Report {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
  readonly palette: Palette;
}

export type Format = (report: Report) => string;

export interface Region {
  readonly file: string;
  readonly start: Position;
  /** The position after the last character. */
  readonly end: Position;
}

export function regionOf({ sources }: Pick<Report, 'sources'>, span: Span): Region {
  const text = sourceText(sources, span.file) ?? '';
  const [start, end] = [positionAt(text, span.start), positionAt(text, span.end)];
  return { file: shownPath(span.file), start, end };
}
