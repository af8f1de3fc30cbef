// Renders a page as a self-contained HTML file without scripts, fonts or network requests, for light and dark color
// schemes, narrow screens and paper.

import { renderChartHtml } from './chart-html.ts';
import { highlightSource } from './color.ts';
import { type Html, html } from './html-template.ts';
import { renderListingHtml } from './listing.ts';
import type { Heading, Item, Page, PageBlock, PageTable } from './page.ts';
import { type Inline, type Phrase, readPlainText } from './phrase.ts';
import { style } from './style.ts';

/** The minimum number of sections for a table of contents. */
const minSectionsForContents = 4;

export function renderHtml(page: Page): string {
  const anchors = assignAnchors(page.blocks);
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${page.title}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<h1>${page.title}</h1>
<p>${renderPhrase(page.lead)}</p>
</header>
${renderContents(anchors)}${page.blocks.map((block) => renderBlock(block, anchors))}</main>
</body>
</html>
`;
  return document.text;
}

/** The lead and the blocks of a page, for a document with the same style. */
export function renderFragment({ lead, blocks }: Page): string {
  const anchors = assignAnchors(blocks);
  return html`<p>${renderPhrase(lead)}</p>
${blocks.map((block) => renderBlock(block, anchors))}`.text;
}

type Anchors = ReadonlyMap<PageBlock, string>;

/** Assigns a unique id to each heading and table. */
function assignAnchors(blocks: readonly PageBlock[]): Anchors {
  const anchors = new Map<PageBlock, string>();
  const used = new Set<string>();
  const add = (block: PageBlock, text: string): void => {
    const slug = text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '');
    let name = slug === '' ? 'section' : slug;
    for (let count = 2; used.has(name); count += 1) name = `${slug}-${count}`;
    used.add(name);
    anchors.set(block, name);
  };
  const walk = (inner: readonly PageBlock[]): void => {
    for (const block of inner) {
      if (block.kind === 'heading') add(block, readPlainText(block.text));
      if (block.kind === 'table') add(block, `table-${block.caption}`);
      if (block.kind === 'items') for (const item of block.items) walk(item.below);
      if (block.kind === 'details') walk(block.blocks);
    }
  };
  walk(blocks);
  return anchors;
}

function renderContents(anchors: Anchors): Html {
  const sections = [...anchors].filter(
    (entry): entry is [Heading, string] => entry[0].kind === 'heading' && entry[0].level === 2,
  );
  if (sections.length < minSectionsForContents) return html``;
  const links = sections.map(
    ([{ text }, anchor]) => html`<li><a href="#${anchor}">${renderPhrase(text)}</a></li>
`,
  );
  return html`<nav aria-label="Contents">
<ul>
${links}</ul>
</nav>
`;
}

function renderBlock(block: PageBlock, anchors: Anchors): Html {
  switch (block.kind) {
    case 'heading':
      return renderHeading(block, anchors.get(block) ?? '');
    case 'paragraph':
      return html`<p>${renderPhrase(block.text)}</p>
`;
    case 'items':
      return html`<ul>
${block.items.map((item) => renderItem(item, anchors))}</ul>
`;
    case 'table':
      return renderTable(block, anchors.get(block) ?? '');
    case 'chart':
      return renderChartHtml(block);
    case 'listing':
      return renderListingHtml(block, renderPhrase);
    case 'source':
      return html`<pre><code>${highlightSource(block)}</code></pre>
`;
    case 'details':
      return html`<details${block.isOpen ? html` open` : ''}><summary>${renderPhrase(block.summary)}</summary>
${block.blocks.map((pageBlock) => renderBlock(pageBlock, anchors))}</details>
`;
  }
}

function renderHeading({ level, text }: Heading, anchor: string): Html {
  const inner = renderPhrase(text);
  if (level === 2)
    return html`<h2 id="${anchor}">${inner}</h2>
`;
  if (level === 3)
    return html`<h3 id="${anchor}">${inner}</h3>
`;
  return html`<h4 id="${anchor}">${inner}</h4>
`;
}

function renderItem({ text, below }: Item, anchors: Anchors): Html {
  const inner = below.map((block) => renderBlock(block, anchors));
  return below.length === 0
    ? html`<li>${renderPhrase(text)}</li>
`
    : html`<li>${renderPhrase(text)}
${inner}</li>
`;
}

/** A wide table scrolls separately, also with the keyboard. */
function renderTable({ caption, head, rows, stacks }: PageTable, anchor: string): Html {
  return html`<section class="table${stacks ? ' stacks' : ''}" aria-labelledby="${anchor}" tabindex="0">
<table>
<caption id="${anchor}">${caption}</caption>
<thead><tr>${head.map((text) => html`<th scope="col">${text}</th>`)}</tr></thead>
<tbody>
${rows.map(renderRow)}</tbody>
</table>
</section>
`;
}

function renderRow(cells: readonly Phrase[]): Html {
  const inner = cells.map((cell, index) =>
    index === 0
      ? html`<th scope="row">${renderPhrase(cell)}</th>`
      : html`<td>${renderPhrase(cell)}</td>`,
  );
  return html`<tr>${inner}</tr>
`;
}

function renderPhrase(parts: Phrase): readonly Html[] {
  return parts.map(renderInline);
}

function renderInline(part: Inline): Html {
  if (typeof part === 'string') return html`${part}`;
  if ('code' in part) return html`<code>${part.code}</code>`;
  if ('strong' in part) return html`<strong>${part.strong}</strong>`;
  if ('percent' in part) {
    return html`<span class="share" aria-hidden="true"><i style="width:${part.percent}%"></i></span>`;
  }
  return 'mark' in part ? html`<span class="mark ${part.mark}">${part.text}</span>` : html`<br>`;
}
