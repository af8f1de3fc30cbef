// The parts that layouts are put together from, and the layout itself. In a text leaf words are
// separated by single blanks, and a word with quotes is a leaf of its own: so comments find their
// places between the words (format/weave.ts). Commas are punctuation, which an author may have
// left out or doubled.

import { builders, printer } from 'prettier/doc';

export type Doc = builders.Doc;

export const {
  breakParent,
  fill,
  group,
  hardline,
  ifBreak,
  indent,
  join,
  line,
  lineSuffix,
  softline,
} = builders;
const { label } = builders;

const lineWidth = 100;

export function layOut(doc: Doc): string {
  return printer.printDocToString(doc, { printWidth: lineWidth, tabWidth: 2, useTabs: false })
    .formatted;
}

/** On one line, however wide. */
export function onOneLine(doc: Doc): string {
  const printWidth = Number.POSITIVE_INFINITY;
  return printer.printDocToString(doc, { printWidth, tabWidth: 2, useTabs: false }).formatted;
}

/** A line's end at which a blank line of the author's is kept. */
export const between: Doc = label('between', hardline);
const betweenParts: Doc = label('between', line);

/** Where comments stand that nothing follows before `closer`; '' is the end of the file. */
export function endOf(closer: '}' | ')' | ']' | ''): Doc {
  return { type: 'label', label: { closer }, contents: '' };
}

/** The closer where a label is such an end. */
export function closerOf(mark: unknown): string | undefined {
  return typeof mark === 'object' && mark !== null && 'closer' in mark
    ? String(mark.closer)
    : undefined;
}

/** Items in braces, a line for each at least. */
export function block(items: readonly Doc[]): Doc {
  if (items.length === 0) return nothingIn('{', '}');
  return ['{', indent([between, join(between, [...items]), endOf('}')]), hardline, '}'];
}

interface Brackets {
  /** Over several lines even where one would do. */
  readonly opened?: boolean;
  /** Between parts that have a line each. */
  readonly comma?: Doc;
}

/** `{ a: 1, b: 2 }`, or a line for each part. */
export function braces(parts: readonly Doc[], { opened = false, comma = ',' }: Brackets = {}): Doc {
  if (parts.length === 0) return nothingIn('{', '}');
  const inside = join([comma, betweenParts], [...parts]);
  return group(['{', indent([betweenParts, inside, endOf('}')]), line, '}'], {
    shouldBreak: opened,
  });
}

/** `{ a, b, c }`, or as many in a line as there is room for. */
export function filledBraces(parts: readonly Doc[]): Doc {
  if (parts.length === 0) return nothingIn('{', '}');
  return group(['{', indent([line, filled(parts), endOf('}')]), line, '}']);
}

export function filledBrackets(parts: readonly Doc[]): Doc {
  if (parts.length === 0) return nothingIn('[', ']');
  return group(['[', indent([softline, filled(parts), endOf(']')]), softline, ']']);
}

/** `[a, b]` or `(a, b)`, or a line for each part. */
export function brackets(open: '(' | '[', parts: readonly Doc[]): Doc {
  const close = open === '(' ? ')' : ']';
  if (parts.length === 0) return nothingIn(open, close);
  const inside = join([',', line], [...parts]);
  return group([open, indent([softline, inside, endOf(close)]), softline, close]);
}

export function nothingIn(open: '{' | '[' | '(', close: '}' | ']' | ')'): Doc {
  return group([open, indent(endOf(close)), softline, close]);
}

/** As many in a line as there is room for. */
export function filled(parts: readonly Doc[]): Doc {
  return fill(parts.flatMap((part, at) => (at + 1 < parts.length ? [[part, ','], line] : [part])));
}
