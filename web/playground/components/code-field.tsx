// An editor of JSON as a component. The code of the editor is loaded when the first one is shown.

import type { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'preact/hooks';
import { replaceText } from '../editor/replace-text.ts';

export interface CodeFieldProps {
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

export function CodeField({ label, text, onChange }: CodeFieldProps) {
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const latest = useRef({ text, onChange });
  latest.current = { text, onChange };
  // The editor is opened once, and then gets each text.
  useEffect(() => {
    let isMounted = true;
    void import('../editor/json-editor.ts').then(({ openJsonEditor }) => {
      if (!isMounted || parent.current === null) return;
      const change = (changed: string) => latest.current.onChange(changed);
      const options = { label, text: latest.current.text, parent: parent.current };
      view.current = openJsonEditor({ ...options, onChange: change });
    });
    return () => {
      isMounted = false;
      view.current?.destroy();
      view.current = undefined;
    };
  }, [label]);
  useEffect(() => {
    if (view.current !== undefined) replaceText(view.current, text);
  }, [text]);
  return <div class="code-field" ref={parent} />;
}
