// The editor of JSON: requests and payloads.

import { json, jsonParseLinter } from '@codemirror/lang-json';
import { linter } from '@codemirror/lint';
import { EditorView } from '@codemirror/view';
import { basics } from './policy-editor.ts';

export interface JsonEditorOptions {
  readonly label: string;
  readonly text: string;
  readonly parent: HTMLElement;
  readonly onChange: (text: string) => void;
}

export function openJsonEditor({ label, text, parent, onChange }: JsonEditorOptions): EditorView {
  return new EditorView({
    parent,
    doc: text,
    extensions: [...basics(label, onChange), json(), linter(jsonParseLinter(), { delay: 100 })],
  });
}

/** Replaces the text, if it is another one. */
export function replaceText(view: EditorView, text: string): void {
  const { doc } = view.state;
  if (doc.toString() === text) return;
  view.dispatch({ changes: { from: 0, to: doc.length, insert: text } });
}
