// Text as terminal cells: a tab is two spaces, a wide character takes two cells, a combining character
// none. Characters that are invisible or could control the terminal are shown as `\u{…}`.

/** A displayed line and its underlined cells `[from, to)`, at least one. */
export interface Displayed {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const tab = '  ';
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const combining = /[\p{Mn}\p{Me}]/u;
const wide =
  /[\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{4dbf}\u{4e00}-\u{a4cf}\u{a960}-\u{a97f}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

interface Cell {
  readonly shown: string;
  readonly width: number;
}

function makeCell(character: string): Cell {
  if (character >= ' ' && character <= '~') return { shown: character, width: 1 };
  if (character === '\t') return { shown: tab, width: tab.length };
  if (hidden.test(character)) {
    const shown = `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
    return { shown, width: shown.length };
  }
  if (combining.test(character)) return { shown: character, width: 0 };
  return { shown: character, width: wide.test(character) ? 2 : 1 };
}

/** Makes a message safe to print on one line. */
export function displayText(text: string): string {
  return [...text].map((character) => makeCell(character).shown).join('');
}

/**
 * Wraps text into lines of at most `width` characters. Text in backticks counts as one word; a longer
 * word has a line of its own. Spaces within a line are preserved.
 */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const [, blanks, word = ''] of text.matchAll(/(\s*)((?:`[^`]*`|\S)+)/g)) {
    const longer = line === '' ? word : `${line}${blanks}${word}`;
    if (line !== '' && longer.length > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** The maximum number of characters that are examined on either side of the start of the underline. */
const reach = 400;

/**
 * Cuts a line to at most `width` cells, which include the start of the underlined part. `start` and
 * `end` are UTF-16 offsets into `line`.
 */
export function display(line: string, start: number, end: number, width: number): Displayed {
  const first = Math.max(0, start - reach);
  const last = Math.min(line.length, start + reach);
  const before = splitCells(line.slice(first, start));
  const marked = splitCells(line.slice(start, Math.min(end, last)));
  const cells = [...before, ...marked, ...splitCells(line.slice(Math.max(start, end), last))];
  const whole = first === 0 && last === line.length && measureWidth(cells) <= width;
  const markedFits = first === 0 && measureWidth([...before, ...marked]) < width;
  const skipped =
    whole || markedFits ? 0 : before.length - countFitting([...before].reverse(), width / 3);
  const left = skipped > 0 || first > 0 ? '…' : '';
  const rest = cells.slice(skipped);
  const kept = whole ? rest : rest.slice(0, countFitting(rest, width - left.length - 1));
  const right = kept.length < rest.length || last < line.length ? '…' : '';
  const from = left.length + measureWidth(before.slice(skipped));
  const markedAt = before.length - skipped;
  const shownMarked = kept.slice(markedAt, markedAt + marked.length);
  return {
    text: left + kept.map((cell) => cell.shown).join('') + right,
    from,
    to: from + Math.max(1, measureWidth(shownMarked)),
  };
}

function splitCells(text: string): readonly Cell[] {
  return [...text].map(makeCell);
}

function measureWidth(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}

/** The number of leading cells that fit into `width`. */
function countFitting(cells: readonly Cell[], width: number): number {
  let taken = 0;
  const over = cells.findIndex((cell) => {
    taken += cell.width;
    return taken > width;
  });
  return over === -1 ? cells.length : over;
}
