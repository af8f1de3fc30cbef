// The editor of policies: CodeMirror with the language server.

import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentUnit } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import {
  findReferencesKeymap,
  formatKeymap,
  hoverTooltips,
  jumpToDefinitionKeymap,
  type LSPClient,
  renameKeymap,
  serverCompletion,
  signatureHelp,
} from '@codemirror/lsp-client';
import type { Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { coverageGutter } from './coverage-gutter.ts';
import { coloring, nhipol } from './language.ts';
import { loadSanitizerOnUse } from './sanitizer.ts';

export interface PolicyEditorOptions {
  readonly client: LSPClient;
  readonly uri: string;
  readonly text: string;
  readonly parent: HTMLElement;
  readonly onChange: (text: string) => void;
}

/** Features of the client that editors have, besides diagnostics. */
export const editorFeatures = [serverCompletion(), hoverTooltips(), signatureHelp()];

export function openPolicyEditor({
  client,
  uri,
  text,
  parent,
  onChange,
}: PolicyEditorOptions): EditorView {
  loadSanitizerOnUse(parent);
  return new EditorView({
    parent,
    doc: text,
    extensions: [
      ...createBasics('Policy', onChange),
      nhipol(),
      lintGutter(),
      coverageGutter,
      autocompletion(),
      keymap.of([
        ...jumpToDefinitionKeymap,
        ...findReferencesKeymap,
        ...renameKeymap,
        ...formatKeymap,
        { key: 'Tab', run: acceptCompletion },
        // Tab indents; Escape and then Tab leaves the editor, as CodeMirror's documentation on accessibility describes.
        indentWithTab,
      ]),
      client.plugin(uri, 'nhipol'),
    ],
  });
}

/** The extensions of every editor of the playground. `label`: its name for assistive technology. */
export function createBasics(
  label: string,
  onChange: (text: string) => void,
): readonly Extension[] {
  return [
    lineNumbers(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    indentUnit.of('  '),
    coloring,
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) onChange(state.doc.toString());
    }),
    keymap.of([...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
  ];
}
