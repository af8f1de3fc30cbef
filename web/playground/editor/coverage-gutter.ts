// Marks the lines of the editor by the coverage of their conditions: covered, or which of the three outcomes no test had.

import { type Extension, RangeSet, StateEffect, StateField } from '@codemirror/state';
import { EditorView, GutterMarker, gutter } from '@codemirror/view';
import type { FileCoverage, OutcomeCounts } from '@nhipol/language-server/protocol';
import { toDocOffset } from './positions.ts';

type Marks = RangeSet<GutterMarker>;

const setMarks = StateEffect.define<Marks>();

const marksField = StateField.define<Marks>({
  create: () => RangeSet.empty,
  update: (marks, transaction) => {
    const set = transaction.effects.find((effect) => effect.is(setMarks));
    // Marks are about the text that was tested.
    return set?.value ?? (transaction.docChanged ? RangeSet.empty : marks);
  },
});

const words: Readonly<Record<keyof OutcomeCounts, string>> = {
  holds: 'true',
  not: 'false',
  unknown: 'unknown',
};

class Mark extends GutterMarker {
  readonly #missing: readonly string[];
  readonly #isFired: boolean;

  constructor(missing: readonly string[], isFired: boolean) {
    super();
    this.#missing = missing;
    this.#isFired = isFired;
  }

  override toDOM(): Node {
    const span = document.createElement('span');
    const isCovered = this.#isFired && this.#missing.length === 0;
    span.className = isCovered ? 'covered' : this.#isFired ? 'partly' : 'uncovered';
    span.textContent = isCovered ? '✓' : this.#isFired ? '◐' : '✗';
    span.title = isCovered
      ? 'covered by tests'
      : [
          ...(this.#isFired ? [] : ['no test makes this rule fire']),
          ...(this.#missing.length === 0 ? [] : [`never ${this.#missing.join(', ')} in a test`]),
        ].join('; ');
    return span;
  }
}

/** Whether there have been marks: then the gutter stays while its marks wait for the next run. */
const hasMarks = StateField.define<boolean>({
  create: () => false,
  update: (had, { state }) => had || state.field(marksField).size > 0,
});

export const coverageGutter: Extension = [
  marksField,
  hasMarks,
  EditorView.editorAttributes.from(
    hasMarks,
    (has): Record<string, string> => (has ? { class: 'has-coverage' } : {}),
  ),
  gutter({ class: 'cm-coverage', markers: (view) => view.state.field(marksField) }),
];

/** `undefined` removes the marks. */
export function showCoverage(view: EditorView, coverage: FileCoverage | undefined): void {
  view.dispatch({ effects: setMarks.of(collectMarks(view, coverage)) });
}

function collectMarks(view: EditorView, coverage: FileCoverage | undefined): Marks {
  const { doc } = view.state;
  const lines = new Map<number, { missing: Set<string>; isFired: boolean }>();
  const getLine = (position: { readonly line: number; readonly character: number }) => {
    const { from } = doc.lineAt(toDocOffset(doc, position));
    const line = lines.get(from) ?? { missing: new Set<string>(), isFired: true };
    lines.set(from, line);
    return line;
  };
  for (const { range, firedBy } of coverage?.rules ?? []) {
    const line = getLine(range.start);
    line.isFired &&= firedBy.length > 0;
  }
  for (const { range, missing } of coverage?.conditions ?? []) {
    const line = getLine(range.start);
    for (const outcome of missing) line.missing.add(words[outcome]);
  }
  const marks = [...lines]
    .sort(([a], [b]) => a - b)
    .map(([from, { missing, isFired }]) => new Mark([...missing], isFired).range(from));
  return RangeSet.of(marks);
}
