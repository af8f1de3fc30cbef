// Repairs that are certain, as edits of texts: made where a mistake is reported, applied by whoever
// has the texts. Edits that meet are not applied together; the text is then looked at once more.

import type { Span } from '../support/source.ts';

export interface Edit {
  readonly span: Span;
  /** What stands there instead. */
  readonly text: string;
}

export interface Fix {
  /** What it does, as an order: `write \`active\``. */
  readonly title: string;
  /** In one file or in several; they do not overlap. */
  readonly edits: readonly Edit[];
}

export function replacing(span: Span, text: string, title = `write \`${text}\``): Fix {
  return { title, edits: [{ span, text }] };
}

export function removing(span: Span, title: string): Fix {
  return { title, edits: [{ span, text: '' }] };
}

export function insertingAt(file: string, offset: number, text: string, title: string): Fix {
  return { title, edits: [{ span: { file, start: offset, end: offset }, text }] };
}

/** `before` and `after` are put around what stands there. */
export function enclosing(span: Span, before: string, after: string, title: string): Fix {
  const at = (offset: number): Span => ({ file: span.file, start: offset, end: offset });
  return {
    title,
    edits: [
      { span: at(span.start), text: before },
      { span: at(span.end), text: after },
    ],
  };
}

export interface Fixed {
  /** The files that differ. */
  readonly texts: ReadonlyMap<string, string>;
  readonly applied: number;
}

/** As many of the fixes as do not meet, in the order given; each whole or not at all. */
export function applyFixes(
  fixes: readonly Fix[],
  textOf: (file: string) => string | undefined,
): Fixed {
  const taken: Edit[] = [];
  let applied = 0;
  for (const { edits } of fixes) {
    const free = edits.every(
      (edit) => textOf(edit.span.file) !== undefined && !taken.some((other) => meet(edit, other)),
    );
    if (!free || edits.length === 0) continue;
    taken.push(...edits);
    applied += 1;
  }
  const texts = new Map<string, string>();
  for (const { span, text } of taken.sort((a, b) => b.span.start - a.span.start)) {
    const before = texts.get(span.file) ?? textOf(span.file) ?? '';
    texts.set(span.file, before.slice(0, span.start) + text + before.slice(span.end));
  }
  return { texts, applied };
}

/** Also where one ends and the other begins: what comes first there would be a guess. */
function meet(a: Edit, b: Edit): boolean {
  return a.span.file === b.span.file && a.span.start <= b.span.end && b.span.start <= a.span.end;
}
