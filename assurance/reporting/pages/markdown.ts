// Renders a page as GitHub-flavored Markdown. Text from policies is escaped, so that it never becomes markup.

import { displayText } from '@nhipol/language/support';
import { renderChartLines } from './chart.ts';
import { html } from './html-template.ts';
import { renderListingLines } from './listing.ts';
import type { Item, Page, PageBlock, PageTable } from './page.ts';
import { type Inline, type Phrase, readPlainText } from './phrase.ts';

/** The width of a chart in characters. */
const chartWidth = 88;

export function renderMarkdown(page: Page): string {
  const head = [`# ${escapeMarkdown(page.title)}`, inline(page.lead)];
  const blocks = [...head, ...page.blocks.map((block) => renderBlock(block, ''))];
  return `${blocks.join('\n\n')}\n`;
}

/** `indent` precedes each line except the first. */
function renderBlock(block: PageBlock, indent: string): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${inline(block.text)}`;
    case 'paragraph':
      return inline(block.text);
    case 'items':
      return block.items.map((item) => renderItem(item, indent)).join(`\n${indent}`);
    case 'table':
      return renderTable(block).join(`\n${indent}`);
    case 'chart':
      return ['```', ...renderChartLines(block, chartWidth), '```'].join(`\n${indent}`);
    case 'listing': {
      const lines = renderListingLines(block);
      const fence = '`'.repeat(Math.max(3, findMaxRun(lines.join('\n')) + 1));
      return [fence, ...lines, fence].join(`\n${indent}`);
    }
    case 'source':
      return writeFence(block.text, block.language).join(`\n${indent}`);
    // Within HTML, Markdown starts after a blank line.
    case 'details': {
      const inner = block.blocks.map((pageBlock) => renderBlock(pageBlock, indent));
      const { text } =
        html`<details${block.isOpen ? ' open' : ''}><summary>${readPlainText(block.summary)}</summary>`;
      return [text, ...inner, '</details>'].join(`\n\n${indent}`);
    }
  }
}

function renderItem({ text, below }: Item, indent: string): string {
  const inner = `${indent}  `;
  const blocks = below.map((block) => {
    const gap = block.kind === 'items' ? '' : '\n';
    return `${gap}\n${inner}${renderBlock(block, inner)}`;
  });
  return `- ${inline(text)}${blocks.join('')}`;
}

function renderTable({ caption, head, rows }: PageTable): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `**${escapeMarkdown(caption)}**`,
    '',
    line(head.map(escapeMarkdown)),
    line(head.map(() => '---')),
    ...rows.map((cells) => line(cells.map(formatCell))),
  ];
}

/** A block of code. */
export function writeFence(text: string, language: string): readonly string[] {
  const fence = '`'.repeat(Math.max(3, findMaxRun(text) + 1));
  return [`${fence}${language}`, ...text.split('\n').map(displayText), fence];
}

/** Renders a cell; a bar would end it even in code. */
function formatCell(phrase: Phrase): string {
  const parts = phrase.map((part) => {
    const shown = render(part);
    return typeof part === 'object' && 'code' in part ? shown.replaceAll('|', '\\|') : shown;
  });
  return parts.join('');
}

function inline(phrase: Phrase): string {
  return phrase.map(render).join('');
}

function render(part: Inline): string {
  if (typeof part === 'string') return escapeMarkdown(part);
  if ('code' in part) return formatCodeSpan(part.code);
  if ('strong' in part) return `**${escapeMarkdown(part.strong)}**`;
  if ('percent' in part) return '';
  return 'mark' in part ? `**${escapeMarkdown(part.text)}**` : '<br>';
}

function formatCodeSpan(text: string): string {
  const shown = displayText(text.replace(/\s*\n\s*/g, ' '));
  if (shown.trim() === '') return '` `';
  const ticks = '`'.repeat(findMaxRun(shown) + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${shown}${pad}${ticks}`;
}

function findMaxRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

/** Escapes text, including a number or dash at the start of a line, which would start a list. */
function escapeMarkdown(text: string): string {
  return displayText(text.replace(/\s*\n\s*/g, ' '))
    .replace(/[\\`*_[\]<>#|~&!]/g, '\\$&')
    .replace(/^(\s*)([-+])(?=\s)/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])(?=\s)/, '$1\\$2')
    .replace(/:\/\//g, '\\://')
    .replace(/@/g, '&#64;');
}
