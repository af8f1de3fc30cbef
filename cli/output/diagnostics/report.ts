// The interface of output formats: it takes diagnostics with their sources, and returns the complete output.

import { type Diagnostic, displayPath, type Palette, readSourceText } from '@nhipol/language';
import { findPosition, type Position, type Span } from '@nhipol/language/support';

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

export function findRegion({ sources }: Pick<Report, 'sources'>, span: Span): Region {
  const text = readSourceText(sources, span.file) ?? '';
  const [start, end] = [findPosition(text, span.start), findPosition(text, span.end)];
  return { file: displayPath(span.file), start, end };
}
