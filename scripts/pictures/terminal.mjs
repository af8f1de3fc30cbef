// Draws the output of a command, with its ANSI colors, as an SVG picture of a terminal. The picture
// has its own background, so that it is readable on light and dark pages, and loads nothing.
// Each text is stretched to its columns, so that underlines are in the right place in any font.

import anser from 'anser';

const fontSize = 13;
const columnWidth = 7.8;
const rowHeight = 17;
const margin = 16;
const barHeight = 32;
const minColumns = 80;

const style = `
    text { font: ${fontSize}px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #d8dee9; white-space: pre }
    .bold { font-weight: bold; fill: #fff }
    .prompt { fill: #98a2b3 }
    .ansi-red { fill: #ff8a80 }
    .ansi-green { fill: #6fdd8b }
    .ansi-yellow { fill: #f0c24f }
    .ansi-blue { fill: #82b4ff }
    .ansi-cyan { fill: #5fd7e0 }`;

/** Characters that take one column in every font that contains them. */
const oneColumn = /^[\x20-\x7e─│┌├·…✓✗→×▁▂▄▆█]*$/;

/** Returns the classes of anser. `style` defines each class that the command line uses. */
function listClasses({ fg, decorations }) {
  const classes = [...decorations, ...(fg === null ? [] : [fg])].join(' ');
  if (!classes.split(' ').every((name) => name === '' || style.includes(`.${name} {`)))
    throw new Error(`no color for ${classes}`);
  return classes;
}

/** Returns the texts of one color in one row, each with its first column. */
function splitPieces(output) {
  const pieces = [];
  let [row, column] = [0, 0];
  for (const chunk of anser.ansiToJson(output, { use_classes: true, remove_empty: true })) {
    for (const [index, text] of chunk.content.split('\n').entries()) {
      if (index > 0) [row, column] = [row + 1, 0];
      if (!oneColumn.test(text)) throw new Error(`a character of unknown width in: ${text}`);
      const blanks = text.length - text.trimStart().length;
      const shown = text.trim();
      if (shown !== '')
        pieces.push({ row, column: column + blanks, text: shown, name: listClasses(chunk) });
      column += text.length;
    }
  }
  return pieces;
}

export function terminalPicture(command, output) {
  const typed = [
    { row: 0, column: 0, text: '$', name: 'prompt' },
    { row: 0, column: 2, text: command, name: 'bold' },
  ];
  const printed = splitPieces(output.trimEnd()).map((piece) => ({ ...piece, row: piece.row + 1 }));
  const pieces = [...typed, ...printed];
  const columns = Math.max(minColumns, ...pieces.map(({ column, text }) => column + text.length));
  const width = Math.ceil(columns * columnWidth + 2 * margin);
  const height = barHeight + (pieces.at(-1).row + 1) * rowHeight + margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeText(command)}</title>`,
    `<style>${style}\n  </style>`,
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8" fill="#1b2130" stroke="#4a5366"/>`,
    ...['#ff5f57', '#febc2e', '#28c840'].map(
      (fill, index) =>
        `<circle cx="${margin + 4 + index * 18}" cy="${barHeight / 2}" r="5.5" fill="${fill}"/>`,
    ),
    ...pieces.map(drawText),
    '</svg>\n',
  ].join('\n');
}

function drawText({ row, column, text, name }) {
  const x = round(margin + column * columnWidth);
  const y = barHeight + row * rowHeight + fontSize;
  const length = round(text.length * columnWidth);
  const look = name === '' ? '' : ` class="${name}"`;
  return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs" xml:space="preserve"${look}>${escapeText(text)}</text>`;
}

function round(number) {
  return Number(number.toFixed(1));
}

function escapeText(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
