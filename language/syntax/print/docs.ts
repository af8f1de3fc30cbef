// Building blocks of layouts, and printing. In a string leaf, single spaces separate the words, and a
// quoted word is a separate leaf, so that comments can be inserted between words (format/weave.ts).
// Commas are layout: they may differ from those in the source.

import { builders, printer } from 'prettier/doc';

export type Doc = builders.Doc;

export const { breakParent, group, hardline, ifBreak, indent, join, line, lineSuffix, softline } =
  builders;
const { fill, label } = builders;

const lineWidth = 100;

/** Prints a layout, with line breaks by width. */
export function printDoc(doc: Doc): string {
  return printer.printDocToString(doc, { printWidth: lineWidth, tabWidth: 2, useTabs: false })
    .formatted;
}

/** Prints a layout on one line, whatever its width. */
export function printOnOneLine(doc: Doc): string {
  const printWidth = Number.POSITIVE_INFINITY;
  return printer.printDocToString(doc, { printWidth, tabWidth: 2, useTabs: false }).formatted;
}

/** A line break at which a blank line of the source is preserved. */
export const between: Doc = label('between', hardline);
const betweenParts: Doc = label('between', line);

/** The place for comments directly before `closer`; '' is the end of the file. */
export function markCloser(closer: '}' | ')' | ']' | ''): Doc {
  return { type: 'label', label: { closer }, contents: '' };
}

/** The closer, if a label is from `markCloser`. */
export function readCloser(mark: unknown): string | undefined {
  return typeof mark === 'object' && mark !== null && 'closer' in mark
    ? String(mark.closer)
    : undefined;
}

/** Items in braces, each on its own lines. */
export function block(items: readonly Doc[]): Doc {
  if (items.length === 0) return printEmptyBrackets('{', '}');
  return ['{', indent([between, join(between, [...items]), markCloser('}')]), hardline, '}'];
}

interface Brackets {
  /** Whether to use several lines even if the parts fit on one. */
  readonly opened?: boolean;
  /** The separator of parts on separate lines. */
  readonly comma?: Doc;
}

/** `{ a: 1, b: 2 }`, or each part on its own line. */
export function printBraces(
  parts: readonly Doc[],
  { opened = false, comma = ',' }: Brackets = {},
): Doc {
  if (parts.length === 0) return printEmptyBrackets('{', '}');
  const inside = join([comma, betweenParts], [...parts]);
  return group(['{', indent([betweenParts, inside, markCloser('}')]), line, '}'], {
    shouldBreak: opened,
  });
}

/** `{ a, b, c }`, or lines filled with parts. */
export function fillBraces(parts: readonly Doc[]): Doc {
  if (parts.length === 0) return printEmptyBrackets('{', '}');
  return group(['{', indent([line, fillParts(parts), markCloser('}')]), line, '}']);
}

export function fillBrackets(parts: readonly Doc[]): Doc {
  if (parts.length === 0) return printEmptyBrackets('[', ']');
  return group(['[', indent([softline, fillParts(parts), markCloser(']')]), softline, ']']);
}

/** `[a, b]` or `(a, b)`, or each part on its own line. */
export function printBrackets(open: '(' | '[', parts: readonly Doc[]): Doc {
  const close = open === '(' ? ')' : ']';
  if (parts.length === 0) return printEmptyBrackets(open, close);
  const inside = join([',', line], [...parts]);
  return group([open, indent([softline, inside, markCloser(close)]), softline, close]);
}

/** Empty brackets, which can contain comments. */
export function printEmptyBrackets(open: '{' | '[' | '(', close: '}' | ']' | ')'): Doc {
  return group([open, indent(markCloser(close)), softline, close]);
}

/** Fills lines with parts. */
export function fillParts(parts: readonly Doc[]): Doc {
  return fill(
    parts.flatMap((part, index) => (index + 1 < parts.length ? [[part, ','], line] : [part])),
  );
}
