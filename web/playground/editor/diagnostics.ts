// Shows the diagnostics of the language server in the editor, with its quick fixes as buttons.

import { type Action, type Diagnostic as Shown, setDiagnostics } from '@codemirror/lint';
import { type LSPClient, type LSPClientExtension, LSPPlugin } from '@codemirror/lsp-client';
import { type EditorView, ViewPlugin } from '@codemirror/view';
import type {
  CodeAction,
  CodeActionParams,
  Diagnostic,
  PublishDiagnosticsParams,
  Range,
  TextEdit,
} from 'vscode-languageserver';
import { toDocOffset } from './positions.ts';

/** A keystroke is followed by others within this time, in milliseconds. */
const pause = 50;

/** Sends each change to the server, which answers with diagnostics. */
const sending = ViewPlugin.define((view) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    update: ({ docChanged }) => {
      if (!docChanged) return;
      clearTimeout(timer);
      timer = setTimeout(() => LSPPlugin.get(view)?.client.sync(), pause);
    },
    destroy: () => clearTimeout(timer),
  };
});

export function createServerDiagnostics(): LSPClientExtension {
  return {
    editorExtension: sending,
    clientCapabilities: { textDocument: { publishDiagnostics: { versionSupport: true } } },
    notificationHandlers: {
      'textDocument/publishDiagnostics': (client, params: PublishDiagnosticsParams) => {
        void show(client, params);
        return true;
      },
    },
  };
}

async function show(
  client: LSPClient,
  { uri, version, diagnostics }: PublishDiagnosticsParams,
): Promise<void> {
  const file = client.workspace.getFile(uri);
  const view = file?.getView();
  if (file === null || view === undefined || view === null) return;
  if (version !== undefined && version !== file.version) return;
  const actions = diagnostics.length === 0 ? [] : await loadActions(client, uri, view);
  // The document can have changed meanwhile; the next diagnostics are on their way then.
  if (client.workspace.getFile(uri)?.version !== file.version) return;
  const { doc } = view.state;
  const shown = diagnostics.map((diagnostic): Shown => {
    const { message, severity, range, source = 'nhipol', code } = diagnostic;
    return {
      from: toDocOffset(doc, range.start),
      to: toDocOffset(doc, range.end),
      severity: severity === 1 ? 'error' : severity === 2 ? 'warning' : 'info',
      message: typeof message === 'string' ? message : message.value,
      source: code === undefined ? source : `${source} ${code}`,
      actions: actions
        .filter((action) => hasDiagnostic(action, diagnostic))
        .map((action) => toAction(action, uri)),
    };
  });
  view.dispatch(setDiagnostics(view.state, shown));
}

async function loadActions(
  client: LSPClient,
  uri: string,
  view: EditorView,
): Promise<readonly CodeAction[]> {
  const { lines } = view.state.doc;
  const range: Range = { start: { line: 0, character: 0 }, end: { line: lines, character: 0 } };
  const params: CodeActionParams = {
    textDocument: { uri },
    range,
    context: { diagnostics: [] },
  };
  const found = await client
    .request<CodeActionParams, CodeAction[] | null>('textDocument/codeAction', params)
    .catch(() => null);
  return found ?? [];
}

function hasDiagnostic({ diagnostics = [] }: CodeAction, { range, code }: Diagnostic): boolean {
  return diagnostics.some(
    (diagnostic) =>
      diagnostic.code === code &&
      diagnostic.range.start.line === range.start.line &&
      diagnostic.range.start.character === range.start.character,
  );
}

function toAction({ title, edit }: CodeAction, uri: string): Action {
  return {
    name: title,
    apply: (view) => apply(view, edit?.changes?.[uri] ?? []),
  };
}

function apply(view: EditorView, edits: readonly TextEdit[]): void {
  const { doc } = view.state;
  view.dispatch({
    changes: edits.map(({ range, newText }) => ({
      from: toDocOffset(doc, range.start),
      to: toDocOffset(doc, range.end),
      insert: newText,
    })),
  });
}
