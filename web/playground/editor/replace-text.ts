// Gives an open editor another text.

import type { EditorView } from '@codemirror/view';

/** Replaces the text, if it is another one. */
export function replaceText(view: EditorView, text: string): void {
  const { doc } = view.state;
  if (doc.toString() === text) return;
  view.dispatch({ changes: { from: 0, to: doc.length, insert: text } });
}
