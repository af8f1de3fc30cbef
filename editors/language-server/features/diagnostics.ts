// Diagnostics of a file, and the fixes that are certain as quick fixes.

import { type Fix, type Diagnostic as Found, inOrder, type Severity } from '@nhipol/language';
import {
  type CodeAction,
  CodeActionKind,
  type Diagnostic,
  DiagnosticSeverity,
  type Range,
  type TextEdit,
} from 'vscode-languageserver';
import type { PolicyAnalysis } from '../analysis.ts';
import type { Positions } from '../positions.ts';

/** Where each diagnostic is explained. */
const pages = 'https://github.com/nhipol/nhipol/blob/main/docs/errors';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  advice: DiagnosticSeverity.Information,
};

/** With warnings, and advice if it is wanted, if the analysis has them. */
export function diagnosticsIn(
  analysis: PolicyAnalysis,
  file: string,
  positions: Positions,
  withAdvice: boolean,
): Diagnostic[] {
  return foundIn(analysis, withAdvice)
    .filter(({ span }) => span.file === file)
    .map((found) => ({
      range: positions.rangeOf(found.span),
      severity: severities[found.severity],
      code: found.code,
      codeDescription: { href: `${pages}/${found.code}.md` },
      source: 'nhipol',
      message: messageOf(found),
      relatedInformation: found.related.flatMap(({ span, message }) => {
        const location = positions.locationOf(span);
        return location === undefined ? [] : [{ location, message }];
      }),
    }));
}

/** All diagnostics of the policy, as far as they are known. */
export function foundIn(analysis: PolicyAnalysis, withAdvice: boolean): readonly Found[] {
  const { diagnostics, advice } = analysis.isComplete ? analysis.complete() : analysis;
  return withAdvice ? inOrder([...diagnostics, ...advice]) : diagnostics;
}

function messageOf({ message, label, help }: Found): string {
  const first = label === undefined ? message : `${message}: ${label}`;
  return help === undefined ? first : `${first}\n${help}`;
}

/** The fixes of the diagnostics in a range, and one for all of the file if there are several. */
export function codeActions(
  analysis: PolicyAnalysis,
  file: string,
  range: Range,
  positions: Positions,
): CodeAction[] {
  const [start, end] = [positions.offsetAt(file, range.start), positions.offsetAt(file, range.end)];
  const own = analysis
    .complete()
    .diagnostics.filter(({ span, fix }) => span.file === file && fix !== undefined);
  const here = own.filter(({ span }) => span.start <= end && start <= span.end);
  return here.flatMap(({ code, fix, span }) =>
    fix === undefined
      ? []
      : [
          {
            title: capitalized(fix.title),
            kind: CodeActionKind.QuickFix,
            isPreferred: true,
            diagnostics: [{ code, range: positions.rangeOf(span), message: '', source: 'nhipol' }],
            edit: { changes: changesOf(fix, positions) },
          },
        ],
  );
}

function changesOf({ edits }: Fix, positions: Positions): Record<string, TextEdit[]> {
  const changes: Record<string, TextEdit[]> = {};
  for (const { span, text } of edits) {
    const uri = positions.uriOf(span.file);
    changes[uri] = [...(changes[uri] ?? []), { range: positions.rangeOf(span), newText: text }];
  }
  return changes;
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
