// The editor of JSON: requests and payloads.

import { json, jsonParseLinter } from '@codemirror/lang-json';
import { linter } from '@codemirror/lint';
import { EditorView } from '@codemirror/view';
import { createBasics } from './policy-editor.ts';

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
    extensions: [
      ...createBasics(label, onChange),
      json(),
      linter(jsonParseLinter(), { delay: 100 }),
    ],
  });
}
