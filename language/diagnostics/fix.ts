// Fixes that are certain, as edits of source texts: created with the diagnostic, applied by the tool that has
// the texts. Overlapping or adjacent edits are not applied together; the tool checks the new text again.

import type { Span } from '../support/source.ts';

export interface Edit {
  readonly span: Span;
  /** The replacement. */
  readonly text: string;
}

export interface Fix {
  /** An imperative description: `write \`active\``. */
  readonly title: string;
  /** Edits of one or several files; they do not overlap. */
  readonly edits: readonly Edit[];
}

export function proposeReplacement(span: Span, text: string, title = `write \`${text}\``): Fix {
  return { title, edits: [{ span, text }] };
}

export function proposeRemoval(span: Span, title: string): Fix {
  return { title, edits: [{ span, text: '' }] };
}

export function proposeInsertion(file: string, offset: number, text: string, title: string): Fix {
  return { title, edits: [{ span: { file, start: offset, end: offset }, text }] };
}

/** Inserts `before` and `after` around the span. */
export function proposeEnclosure(span: Span, before: string, after: string, title: string): Fix {
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
  /** The contents of the changed files, by path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly applied: number;
}

/** Applies the fixes in order, each completely; skips a fix that touches an edit of an earlier one. */
export function applyFixes(
  fixes: readonly Fix[],
  findText: (file: string) => string | undefined,
): Fixed {
  const taken: Edit[] = [];
  let applied = 0;
  for (const { edits } of fixes) {
    const free = edits.every(
      (edit) =>
        findText(edit.span.file) !== undefined && !taken.some((other) => touch(edit, other)),
    );
    if (!free || edits.length === 0) continue;
    taken.push(...edits);
    applied += 1;
  }
  const texts = new Map<string, string>();
  for (const { span, text } of taken.sort((a, b) => b.span.start - a.span.start)) {
    const before = texts.get(span.file) ?? findText(span.file) ?? '';
    texts.set(span.file, before.slice(0, span.start) + text + before.slice(span.end));
  }
  return { texts, applied };
}

/** Adjacent edits also touch: which of them comes first is not known. */
function touch(a: Edit, b: Edit): boolean {
  return a.span.file === b.span.file && a.span.start <= b.span.end && b.span.start <= a.span.end;
}
