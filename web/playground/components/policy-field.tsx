// The editor of the policy as a component. It opens again for another file, and keeps its text otherwise.

import type { LSPClient } from '@codemirror/lsp-client';
import type { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'preact/hooks';
import { openPolicyEditor } from '../editor/policy-editor.ts';

export interface PolicyFieldProps {
  readonly client: LSPClient;
  readonly uri: string;
  /** The text when the editor opens. */
  readonly text: string;
  /** Identifies what is opened: with another one, the editor opens again. */
  readonly opening: number;
  readonly onChange: (text: string) => void;
  readonly onView: (view: EditorView) => void;
}

export function PolicyField({ client, uri, text, opening, onChange, onView }: PolicyFieldProps) {
  const parent = useRef<HTMLDivElement>(null);
  const latest = useRef(onChange);
  latest.current = onChange;
  // The editor has the text from then on.
  useEffect(() => {
    if (parent.current === null) return;
    const change = (changed: string) => latest.current(changed);
    const view = openPolicyEditor({ client, uri, text, parent: parent.current, onChange: change });
    onView(view);
    return () => view.destroy();
  }, [client, uri, opening]);
  return <div class="policy-field" ref={parent} />;
}
