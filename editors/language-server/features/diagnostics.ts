// Diagnostics of a file, and the fixes that are certain as quick fixes.

import {
  type Fix,
  type Diagnostic as Found,
  type Severity,
  sortDiagnostics,
} from '@nhipol/language';
import {
  type CodeAction,
  CodeActionKind,
  type Diagnostic,
  DiagnosticSeverity,
  type Range,
  type TextEdit,
} from 'vscode-languageserver';
import type { PolicyAnalysis } from '../analysis.ts';
import type { DocumentPositions } from '../positions.ts';

/** Where each diagnostic is explained. */
const pages = 'https://github.com/nhipol/nhipol/blob/main/docs/errors';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  advice: DiagnosticSeverity.Information,
};

/** With warnings, and advice if it is wanted, if the analysis has them. */
export function listDiagnostics(
  analysis: PolicyAnalysis,
  file: string,
  positions: DocumentPositions,
  withAdvice: boolean,
): Diagnostic[] {
  return collectDiagnostics(analysis, withAdvice)
    .filter(({ span }) => span.file === file)
    .map((diagnostic) => ({
      range: positions.toRange(diagnostic.span),
      severity: severities[diagnostic.severity],
      code: diagnostic.code,
      codeDescription: { href: `${pages}/${diagnostic.code}.md` },
      source: 'nhipol',
      message: formatMessage(diagnostic),
      relatedInformation: diagnostic.related.flatMap(({ span, message }) => {
        const location = positions.toLocation(span);
        return location === undefined ? [] : [{ location, message }];
      }),
    }));
}

/** All diagnostics of the policy, as far as they are known. */
export function collectDiagnostics(
  analysis: PolicyAnalysis,
  withAdvice: boolean,
): readonly Found[] {
  const { diagnostics, advice } = analysis.isComplete ? analysis.complete() : analysis;
  return withAdvice ? sortDiagnostics([...diagnostics, ...advice]) : diagnostics;
}

function formatMessage({ message, label, help }: Found): string {
  const first = label === undefined ? message : `${message}: ${label}`;
  return help === undefined ? first : `${first}\n${help}`;
}

/** The fixes of the diagnostics in a range, and one for all of the file if there are several. */
export function listCodeActions(
  analysis: PolicyAnalysis,
  file: string,
  range: Range,
  positions: DocumentPositions,
): CodeAction[] {
  const [start, end] = [positions.toOffset(file, range.start), positions.toOffset(file, range.end)];
  const fileDiagnostics = analysis
    .complete()
    .diagnostics.filter(({ span, fix }) => span.file === file && fix !== undefined);
  const here = fileDiagnostics.filter(({ span }) => span.start <= end && start <= span.end);
  return here.flatMap(({ code, fix, span }) =>
    fix === undefined
      ? []
      : [
          {
            title: capitalize(fix.title),
            kind: CodeActionKind.QuickFix,
            isPreferred: true,
            diagnostics: [{ code, range: positions.toRange(span), message: '', source: 'nhipol' }],
            edit: { changes: toChanges(fix, positions) },
          },
        ],
  );
}

function toChanges({ edits }: Fix, positions: DocumentPositions): Record<string, TextEdit[]> {
  const changes: Record<string, TextEdit[]> = {};
  for (const { span, text } of edits) {
    const uri = positions.toUri(span.file);
    changes[uri] = [...(changes[uri] ?? []), { range: positions.toRange(span), newText: text }];
  }
  return changes;
}

function capitalize(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
