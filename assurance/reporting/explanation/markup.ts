// The explanation of an answer as Markdown and as HTML, with the same lines as in a terminal.

import { type Explanation, type Palette, renderExplanation } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { type Html, html } from '../pages/html-template.ts';
import { writeFence } from '../pages/markdown.ts';

type Sources = PolicyModel['sources'];

/** A block of code. */
export function renderExplanationMarkdown(explanation: Explanation, sources: Sources): string {
  return writeFence(renderExplanation(explanation, sources).trimEnd(), 'text').join('\n');
}

/** An element without styles; the classes of its spans are the names of the palette. */
export function renderExplanationHtml(explanation: Explanation, sources: Sources): string {
  const text = renderExplanation(explanation, sources, { palette: marking }).trimEnd();
  const parts = text.split(marks).map((part) => tags.get(part) ?? html`${part}`);
  return html`<pre class="explanation">${parts}</pre>`.text;
}

const paints = ['error', 'warning', 'strong', 'frame', 'related'] as const;

/** Control characters mark where a color starts and ends: rendered text contains none. */
const end = '\u0000';
const starts = new Map(paints.map((name, index) => [name, String.fromCharCode(index + 1)]));
const marks = new RegExp(`([${end}${[...starts.values()].join('')}])`);

const tags: ReadonlyMap<string, Html> = new Map([
  [end, html`</span>`],
  ...[...starts].map(([name, start]) => [start, html`<span class="${name}">`] as const),
]);

const marking = Object.fromEntries(
  [...starts].map(([name, start]) => [name, (text: string) => `${start}${text}${end}`]),
) as unknown as Palette;
