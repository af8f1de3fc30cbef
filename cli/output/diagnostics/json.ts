// Diagnostics as JSON. Each place has a line, a column in code points and an offset in UTF-16 code units.

import { diagnosticLimit } from '@nhipol/language';
import type { Span } from '@nhipol/language/support';
import { type Format, findRegion, type Report } from './report.ts';

export const formatDiagnosticsJson: Format = (report) =>
  `${JSON.stringify(buildDiagnosticsJson(report), undefined, 2)}\n`;

export function buildDiagnosticsJson(report: Pick<Report, 'diagnostics' | 'sources'>) {
  const { diagnostics } = report;
  const place = (span: Span) => {
    const { file, start, end } = findRegion(report, span);
    return {
      file,
      start: { ...start, offset: span.start },
      end: { ...end, offset: span.end },
    };
  };
  const shown = diagnostics.slice(0, diagnosticLimit).map((diagnostic) => ({
    code: diagnostic.code,
    severity: diagnostic.severity,
    message: diagnostic.message,
    label: diagnostic.label,
    help: diagnostic.help,
    ...place(diagnostic.span),
    related: diagnostic.related.map(({ span, message }) => ({ message, ...place(span) })),
    fix: diagnostic.fix && {
      title: diagnostic.fix.title,
      edits: diagnostic.fix.edits.map(({ span, text }) => ({ ...place(span), text })),
    },
  }));
  const count = (severity: string) =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const counts = {
    errors: count('error'),
    warnings: count('warning'),
    advice: count('advice'),
  };
  return { diagnostics: shown, ...counts };
}
