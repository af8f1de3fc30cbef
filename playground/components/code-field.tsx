// An editor of JSON as a component.

import type { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'preact/hooks';
import { openJsonEditor, replaceText } from '../editor/json-editor.ts';

export interface CodeFieldProps {
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

export function CodeField({ label, text, onChange }: CodeFieldProps) {
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const latest = useRef(onChange);
  latest.current = onChange;
  // The editor is opened once, and then gets each text.
  useEffect(() => {
    if (parent.current === null) return;
    const change = (changed: string) => latest.current(changed);
    const opened = openJsonEditor({ label, text, parent: parent.current, onChange: change });
    view.current = opened;
    return () => opened.destroy();
  }, [label]);
  useEffect(() => {
    if (view.current !== undefined) replaceText(view.current, text);
  }, [text]);
  return <div class="code-field" ref={parent} />;
}
