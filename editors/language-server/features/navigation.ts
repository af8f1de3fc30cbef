// Definitions, references, highlights and renaming, from the occurrences of names.

import type { Span } from '@nhipol/language/support';
import { isKeyword } from '@nhipol/language/syntax';
import {
  type DocumentHighlight,
  DocumentHighlightKind,
  type Location,
  type Range,
  type TextEdit,
} from 'vscode-languageserver';
import type { PolicyAnalysis } from '../analysis.ts';
import type { Occurrence, Target } from '../index/occurrences.ts';
import type { DocumentPositions } from '../positions.ts';

/** The name at an offset. Of several, such as a path and its last member, the shortest. */
export function findOccurrence(
  { occurrences }: PolicyAnalysis,
  file: string,
  offset: number,
): Occurrence | undefined {
  const here = occurrences.filter(
    ({ span }) => span.file === file && span.start <= offset && offset <= span.end,
  );
  return here.reduce<Occurrence | undefined>(
    (best, occurrence) =>
      best === undefined || countLength(occurrence.span) < countLength(best.span)
        ? occurrence
        : best,
    undefined,
  );
}

function countLength({ start, end }: Span): number {
  return end - start;
}

export function findDefinition(
  { target }: Occurrence,
  positions: DocumentPositions,
): Location | undefined {
  return positions.toLocation(target.span);
}

/** All occurrences of a target, each once. */
export function listOccurrences({ occurrences }: PolicyAnalysis, target: Target): readonly Span[] {
  const spans = new Map<string, Span>();
  for (const { span, target: other } of occurrences) {
    if (isSame(other.span, target.span)) spans.set(`${span.file} ${span.start}`, span);
  }
  return [...spans.values()];
}

function isSame(one: Span, other: Span): boolean {
  return one.file === other.file && one.start === other.start && one.end === other.end;
}

export function listReferences(
  analysis: PolicyAnalysis,
  { target }: Occurrence,
  includesDeclaration: boolean,
  positions: DocumentPositions,
): Location[] {
  return listOccurrences(analysis, target)
    .filter((span) => includesDeclaration || !isSame(span, target.span))
    .flatMap((span) => positions.toLocation(span) ?? []);
}

export function listHighlights(
  analysis: PolicyAnalysis,
  { target }: Occurrence,
  file: string,
  positions: DocumentPositions,
): DocumentHighlight[] {
  return listOccurrences(analysis, target)
    .filter((span) => span.file === file)
    .map((span) => ({
      range: positions.toRange(span),
      kind: isSame(span, target.span) ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
    }));
}

/** The range to rename, or `undefined` if the name is declared in a file that cannot be edited. */
export function findRenamable(
  { span, target }: Occurrence,
  positions: DocumentPositions,
): { readonly range: Range; readonly placeholder: string } | undefined {
  if (positions.toLocation(target.span) === undefined) return undefined;
  return { range: positions.toRange(span), placeholder: target.name };
}

/** The edits, or why the name cannot be used. */
export function renameOccurrences(
  analysis: PolicyAnalysis,
  { target }: Occurrence,
  name: string,
  positions: DocumentPositions,
): Record<string, TextEdit[]> | string {
  const isQuotedAll = listOccurrences(analysis, target).every((span) => isQuoted(analysis, span));
  if (!isQuotedAll && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return `${JSON.stringify(name)} is not a name: it needs letters, digits and \`_\``;
  }
  if (!isQuotedAll && isKeyword(name)) return `\`${name}\` is a word of the language`;
  if (isQuotedAll && /["\\\n\r]/.test(name)) return 'a quoted name has no quotes and backslashes';
  const changes: Record<string, TextEdit[]> = {};
  for (const span of listOccurrences(analysis, target)) {
    const uri = positions.toUri(span.file);
    changes[uri] = [...(changes[uri] ?? []), { range: positions.toRange(span), newText: name }];
  }
  return changes;
}

function isQuoted({ sources }: PolicyAnalysis, { file, start, end }: Span): boolean {
  const text = sources.get(file) ?? '';
  return text[start - 1] === '"' && text[end] === '"';
}
