// A policy without the rules and tests that cannot matter to the text at the cursor: only declarations, and the item there.

import { type Analysis, type ParsedFiles, Reporter } from '@nhipol/language';
import type { SourceMap } from '@nhipol/language/support';
import type { AstNode } from '@nhipol/language/syntax';

/** Items that declare no name that others use. */
const others: ReadonlySet<AstNode['kind']> = new Set([
  ...(['Group', 'Given', 'Score', 'Rule', 'Invariant', 'Test'] as const),
]);

type Known = Pick<Analysis, 'files'>;

/**
 * The text of a file in which spaces replace the other items, so that offsets stay the same. Items that changed since the
 * analysis remain.
 */
export function reduceText({ files }: Known, file: string, text: string, offset: number): string {
  const before = files.get(file);
  if (before === undefined) return text;
  const [start, end] = countUnchanged(before.text, text);
  const shift = text.length - before.text.length;
  const parts: string[] = [];
  let at = 0;
  const visit = (node: AstNode) => {
    const { span } = node;
    const isBefore = span.end <= start;
    const isAfter = !isBefore && span.start >= before.text.length - end;
    const [from, to] = isAfter ? [span.start + shift, span.end + shift] : [span.start, span.end];
    const isThere = (!isBefore && !isAfter) || (from <= offset && offset <= to);
    if (isThere) for (const inner of listInnerItems(node)) visit(inner);
    else if (others.has(node.kind) && from >= at) {
      parts.push(text.slice(at, from), text.slice(from, to).replace(/[^\n]/g, ' '));
      at = to;
    }
  };
  for (const item of before.node.items) visit(item);
  return [...parts, text.slice(at)].join('');
}

function listInnerItems(node: AstNode): readonly AstNode[] {
  switch (node.kind) {
    case 'Group':
    case 'Otherwise':
      return node.items;
    case 'Given':
      return node.otherwise === undefined ? node.items : [...node.items, node.otherwise];
    default:
      return [];
  }
}

/** The number of characters at the start and at the end that two texts have in common. */
function countUnchanged(before: string, after: string): readonly [start: number, end: number] {
  const length = Math.min(before.length, after.length);
  let start = 0;
  while (start < length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return [start, end];
}

/** The trees of the unchanged files, without the other items. */
export function reduceToDeclarations({ files }: Known, sources: SourceMap): ParsedFiles {
  const parsed: ParsedFiles = new Map();
  for (const [path, { text, node }] of files) {
    if (sources.get(path) !== text) continue;
    const items = node.items.filter(({ kind }) => !others.has(kind));
    parsed.set(path, { text, node: { ...node, items }, found: new Reporter() });
  }
  return parsed;
}
