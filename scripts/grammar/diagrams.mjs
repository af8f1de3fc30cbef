// Draws serialized productions of chevrotain as one SVG with a railroad diagram for each, under its name.
// A diagram wider than a page continues in the next row, after `…`.

import railroad from 'railroad-diagrams';
import { spelling } from './ebnf.mjs';

const {
  Choice,
  Comment,
  Diagram,
  NonTerminal,
  Optional,
  Sequence,
  Terminal,
  ZeroOrMore,
  OneOrMore,
} = railroad;

const rowWidth = 820;
const titleHeight = 22;
const margin = 10;

const style = `
    svg { background: #fff }
    path { stroke: #333; stroke-width: 1.5; fill: none }
    rect { stroke: #333; stroke-width: 1.5; fill: #eef3fb }
    .terminal rect { fill: #e9f5e6 }
    text { font: 13px ui-monospace, Menlo, Consolas, monospace; text-anchor: middle; fill: #111 }
    text.title { font-weight: bold; text-anchor: start }
    text.comment { fill: #666 }`;

export function drawDiagrams(title, productions) {
  let y = margin;
  let maxWidth = 0;
  const parts = [];
  for (const { name, definition } of productions) {
    parts.push(`<text class="title" x="${margin}" y="${y + 14}">${escapeText(name)}</text>`);
    y += titleHeight;
    for (const row of splitRows(definition)) {
      const { width, height } = row.attrs;
      parts.push(`<g transform="translate(0 ${y})">${drawContent(row)}</g>`);
      y += height;
      maxWidth = Math.max(maxWidth, width);
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${maxWidth}" height="${y}" viewBox="0 0 ${maxWidth} ${y}">`,
    `<title>${escapeText(title)}</title>`,
    `<style>${style}\n  </style>`,
    `<rect width="100%" height="100%" style="fill: #fff; stroke: none"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function splitRows(definition) {
  const rows = [[]];
  let width = 0;
  for (const item of definition.map(toItem)) {
    const row = rows.at(-1);
    if (row.length > 0 && width + item.width > rowWidth) {
      row.push(Comment('…'));
      rows.push([Comment('…')]);
      width = 0;
    }
    rows.at(-1).push(item);
    width += item.width;
  }
  return rows.map((items) => Diagram(...items).format(margin));
}

function toItem(node) {
  switch (node.type) {
    case 'Terminal':
      return terminal(node);
    case 'NonTerminal':
      return NonTerminal(node.name);
    case 'Alternation':
      return Choice(0, ...node.definition.map(toItem));
    case 'Option':
      return Optional(inSequence(node));
    case 'Repetition':
      return ZeroOrMore(inSequence(node));
    case 'RepetitionMandatory':
      return OneOrMore(inSequence(node));
    default:
      return inSequence(node);
  }
}

function inSequence({ definition }) {
  return definition.length === 1 ? toItem(definition[0]) : Sequence(...definition.map(toItem));
}

function terminal({ name, label }) {
  const item = Terminal(spelling(label) ?? name);
  item.attrs.class = 'terminal';
  return item;
}

/** The content of the `svg` element of a diagram. */
function drawContent(diagram) {
  return diagram
    .toString()
    .replace(/^<svg[^>]*>\n?/, '')
    .replace(/<\/svg>\s*$/, '')
    .trimEnd();
}

function escapeText(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
