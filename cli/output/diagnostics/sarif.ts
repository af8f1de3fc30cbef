// Diagnostics as SARIF 2.1.0 for code scanning and editors: one run with a rule for each reported code, and the
// results with their related places and fixes.

import {
  type Diagnostic,
  type DiagnosticCode,
  type Fix,
  messages,
  type Severity,
} from '@nhipol/language';
import { explainCode } from '@nhipol/language/explain-code';
import type { Span } from '@nhipol/language/support';
import { version } from '../../io/version.ts';
import { type Format, findRegion, type Report } from './report.ts';

const schema =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

const levels: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  advice: 'note',
};

export const formatSarif: Format = (report) => {
  const codes = [...new Set(report.diagnostics.map(({ code }) => code))].sort();
  const driver = { name: 'nhipol', semanticVersion: version, rules: codes.map(buildRule) };
  const results = report.diagnostics.map((diagnostic) => buildResult(report, diagnostic, codes));
  const run = { tool: { driver }, columnKind: 'unicodeCodePoints', results };
  return `${JSON.stringify({ $schema: schema, version: '2.1.0', runs: [run] }, undefined, 2)}\n`;
};

function buildRule(code: DiagnosticCode) {
  const { message, why, help, avoid, prefer } = explainCode(code);
  const example = (title: string, text: string) => `${title}:\n\n\`\`\`\n${text}\`\`\``;
  const markdown = [
    why,
    ...(help ? [help] : []),
    example('Avoid', avoid),
    example('Prefer', prefer),
  ];
  return {
    id: code,
    shortDescription: { text: message },
    fullDescription: { text: why },
    help: { text: help === undefined ? why : `${why}\n\n${help}`, markdown: markdown.join('\n\n') },
    defaultConfiguration: { level: levels[messages[code].severity] },
  };
}

function buildResult(report: Report, diagnostic: Diagnostic, codes: readonly DiagnosticCode[]) {
  const { code, severity, message, label, help, span, related, fix } = diagnostic;
  const text = [message, label, help].filter((line) => line !== undefined).join('\n');
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: levels[severity],
    message: { text },
    locations: [{ physicalLocation: buildPlace(report, span) }],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((each, id) => ({
            id,
            physicalLocation: buildPlace(report, each.span),
            message: { text: each.message },
          })),
        }),
    ...(fix === undefined ? {} : { fixes: [toFix(report, fix)] }),
  };
}

function toFix(report: Report, { title, edits }: Fix) {
  const files = [...new Set(edits.map(({ span }) => span.file))];
  const changes = files.map((file) => ({
    artifactLocation: { uri: toFileUri(file) },
    replacements: edits
      .filter(({ span }) => span.file === file)
      .map(({ span, text }) => ({
        deletedRegion: buildPlace(report, span).region,
        insertedContent: { text },
      })),
  }));
  return { description: { text: title }, artifactChanges: changes };
}

function buildPlace(report: Report, span: Span) {
  const { file, start, end } = findRegion(report, span);
  const region = {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
  return { artifactLocation: { uri: toFileUri(file) }, region };
}

/** Returns a file URI for an absolute path, otherwise a reference relative to the working directory. */
function toFileUri(file: string): string {
  const path = file.split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${path}` : path;
}
