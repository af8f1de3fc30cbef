// Diagnostics as workflow commands, which GitHub shows as annotations of the changed lines. As in GitHub's toolkit,
// percent signs and line ends are escaped, and in properties also colons and commas.

import type { Diagnostic, Severity } from '@nhipol/language';
import { type Format, findRegion, type Report } from './report.ts';

const commands: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  advice: 'notice',
};

export const formatGithub: Format = (report) =>
  report.diagnostics.map((diagnostic) => `${formatCommand(report, diagnostic)}\n`).join('');

function formatCommand(report: Report, diagnostic: Diagnostic): string {
  const { severity, code, span } = diagnostic;
  const { file, start, end } = findRegion(report, span);
  const columns = start.line === end.line ? { col: start.column, endColumn: end.column } : {};
  const properties = Object.entries({
    file,
    line: start.line,
    endLine: end.line,
    ...columns,
    title: code,
  }).map(([name, value]) => `${name}=${escapeProperty(`${value}`)}`);
  return `::${commands[severity]} ${properties.join(',')}::${escapeData(formatMessage(report, diagnostic))}`;
}

/** The message with the related places, since an annotation has only one place. */
function formatMessage(report: Report, { message, label, help, related }: Diagnostic): string {
  const others = related.map(({ span, message: what }) => {
    const { file, start } = findRegion(report, span);
    return `${what}: ${file}:${start.line}:${start.column}`;
  });
  return [message, label, ...others, help === undefined ? undefined : `help: ${help}`]
    .filter((line) => line !== undefined)
    .join('\n');
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
