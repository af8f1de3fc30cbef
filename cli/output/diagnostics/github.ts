// Workflow commands, which GitHub shows as annotations beside the lines of a change. Their escaping is
// that of GitHub's toolkit: percent signs and line ends, in properties colons and commas as well.

import type { Diagnostic } from '../../../language/index.ts';
import { type Format, type Report, regionOf } from './report.ts';

export const github: Format = (report) =>
  report.diagnostics.map((diagnostic) => `${command(report, diagnostic)}\n`).join('');

function command(report: Report, diagnostic: Diagnostic): string {
  const { severity, code, span } = diagnostic;
  const { file, start, end } = regionOf(report, span);
  const columns = start.line === end.line ? { col: start.column, endColumn: end.column } : {};
  const properties = Object.entries({
    file,
    line: start.line,
    endLine: end.line,
    ...columns,
    title: code,
  }).map(([name, value]) => `${name}=${escapeProperty(`${value}`)}`);
  return `::${severity} ${properties.join(',')}::${escapeData(told(report, diagnostic))}`;
}

/** An annotation has no second place: others are named in its text. */
function told(report: Report, { message, label, help, related }: Diagnostic): string {
  const others = related.map(({ span, message: what }) => {
    const { file, start } = regionOf(report, span);
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
