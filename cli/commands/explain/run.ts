// Implements `nhipol explain`: prints the description of one diagnostic, or a list of all diagnostics.

import { type DiagnosticCode, groups, messages } from '@nhipol/language';
import { explainCode, isCode } from '@nhipol/language/explain-code';
import { didYouMean, displayText, formatSentence, suggest, wrap } from '@nhipol/language/support';
import type { Colors, Console } from '../../io/console.ts';
import { type ExitCode, exitCode } from '../../io/exit-codes.ts';

const width = 100;
const margin = '  ';

export async function explainCommand(
  code: string | undefined,
  console: Console,
): Promise<ExitCode> {
  if (code === undefined) {
    await console.out(list(console.outColors));
    return exitCode.fine;
  }
  const bare = /^(?:error|warning)\[(.*)\]$/.exec(code)?.[1] ?? code;
  if (!isCode(bare)) {
    console.err(describeUnknownCode(bare));
    return exitCode.usage;
  }
  await console.out(page(bare, console.outColors));
  return exitCode.fine;
}

function describeUnknownCode(code: string): string {
  const near = suggest(code, Object.keys(messages));
  const suggestion = near.length === 0 ? '' : `; ${didYouMean(near)}`;
  const all = near.length === 0 ? ' (see nhipol explain for a list)' : '';
  return `nhipol: unknown diagnostic \`${displayText(code)}\`${suggestion}${all}\n`;
}

function page(code: DiagnosticCode, colors: Colors): string {
  const { severity, message, why, help, avoid, rendered, prefer } = explainCode(code, colors);
  const paint = colors[severity];
  const sections = [
    `${paint(`${severity}[${code}]`)}: ${colors.strong(displayText(message))}\n`,
    formatParagraph(why),
    ...(help === undefined
      ? []
      : [formatSection('What to do', formatParagraph(formatSentence(help)), colors)]),
    formatSection('Avoid', indentText(avoid), colors),
    indentText(rendered),
    formatSection('Prefer', indentText(prefer), colors),
  ];
  return sections.join('\n');
}

function formatSection(title: string, text: string, colors: Colors): string {
  return `${colors.strong(title)}\n\n${text}`;
}

function formatParagraph(text: string): string {
  return wrap(displayText(text), width)
    .map((line) => `${line}\n`)
    .join('');
}

function indentText(text: string): string {
  return text.replace(/^(?=.)/gm, margin);
}

function list(colors: Colors): string {
  const codes = groups.flatMap((group) => group.codes) as readonly DiagnosticCode[];
  const column = Math.max(...codes.map((code) => code.length)) + margin.length;
  const lines = groups.map((group) => {
    const rows = (group.codes as readonly DiagnosticCode[]).map((code) => {
      const name = colors[messages[code].severity](code.padEnd(column));
      return `${margin}${name}${cut(displayText(explainCode(code).message), width - column - margin.length)}\n`;
    });
    return `${colors.strong(group.title)}\n\n${rows.join('')}`;
  });
  return lines.join('\n');
}

function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
}
