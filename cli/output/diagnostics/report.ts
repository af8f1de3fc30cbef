// The interface of output formats: it takes diagnostics with their sources, and returns the complete output.

import type { Palette } from '../../../language/diagnostics/render.ts';
import {
  type Diagnostic,
  type Position,
  positionAt,
  type Span,
  shownPath,
  sourceText,
} from '../../../language/index.ts';

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
