// "Explain this decision": a view next to the editor with the explanation of a decision, of a test or of a request in a file.
// It is computed again when the policy changes. The page contains no scripts, and its colors are those of the theme.

import type { ExplainParams, ExplainResult, TestsResult } from '@nhipol/language-server/protocol';
import {
  commands,
  type Disposable,
  type TextDocument,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
  workspace,
} from 'vscode';
import { renderFailurePage, renderResultPage } from './explanation-page.ts';
import { isPolicy, readWorkspaceFiles } from './files.ts';
import { toRange } from './ranges.ts';
import { type Server, showFailure } from './server.ts';

/** For how long changes are collected, in milliseconds. */
const delay = 300;

/** A decision to explain. */
interface Subject {
  readonly policy: Uri;
  readonly title: string;
  readonly params: Omit<ExplainParams, 'textDocument'>;
}

export function registerExplanation(server: Server, extension: Uri): readonly Disposable[] {
  const view = new ExplanationView(server, extension);
  return [
    view,
    commands.registerCommand('nhipol.explainTest', (uri: string, test: string) =>
      view.show({ policy: Uri.parse(uri), title: test, params: { test } }),
    ),
    commands.registerCommand('nhipol.explain', async () => {
      const subject = await chooseSubject(server).catch((error) => showFailure('Explain', error));
      if (subject !== undefined) await view.show(subject);
    }),
    workspace.onDidChangeTextDocument(() => view.updateLater()),
  ];
}

/** The test at the cursor, or the one that the user picks. */
async function chooseSubject(server: Server): Promise<Subject | undefined> {
  const editor = window.activeTextEditor;
  if (editor?.document.languageId === 'json') return readSubject(editor.document);
  if (editor?.document.languageId !== 'nhipol') {
    void window.showInformationMessage('Open a policy, or a request as JSON, first.');
    return undefined;
  }
  const policy = editor.document.uri;
  const { tests } = await server.request<TestsResult>('nhipol/tests', policy);
  const here = tests.find(
    ({ uri, range }) =>
      Uri.parse(uri).toString() === policy.toString() &&
      toRange(range).contains(editor.selection.active),
  );
  const names = tests.map(({ name }) => name);
  const test =
    here?.name ??
    (await window.showQuickPick(names, { placeHolder: 'The test whose decision to explain' }));
  return test === undefined ? undefined : { policy, title: test, params: { test } };
}

/** The request in a document of JSON, decided by a policy that the user picks. */
async function readSubject(document: TextDocument): Promise<Subject | undefined> {
  const policies = (await readWorkspaceFiles()).filter(({ text }) => isPolicy(text));
  const rows = policies.map(({ uri }) => ({ label: workspace.asRelativePath(uri), uri }));
  const placeHolder = 'The policy that decides';
  const picked = rows.length === 1 ? rows[0] : await window.showQuickPick(rows, { placeHolder });
  if (picked === undefined) return undefined;
  const title = workspace.asRelativePath(document.uri);
  return { policy: picked.uri, title, params: { request: document.getText() } };
}

class ExplanationView implements Disposable {
  readonly #server: Server;
  readonly #media: Uri;
  #panel: WebviewPanel | undefined;
  #subject: Subject | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(server: Server, extension: Uri) {
    this.#server = server;
    this.#media = Uri.joinPath(extension, 'media');
  }

  async show(subject: Subject): Promise<void> {
    this.#subject = subject;
    this.#panel ??= this.#open();
    this.#panel.title = `Decision: ${subject.title}`;
    this.#panel.reveal(undefined, true);
    await this.#update();
  }

  updateLater(): void {
    if (this.#panel === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#update(), delay);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#panel?.dispose();
  }

  #open(): WebviewPanel {
    const column = { viewColumn: ViewColumn.Beside, preserveFocus: true };
    const panel = window.createWebviewPanel('nhipol.explanation', 'Decision', column, {
      enableFindWidget: true,
      localResourceRoots: [this.#media],
    });
    panel.onDidDispose(() => {
      this.#panel = undefined;
      clearTimeout(this.#timer);
    });
    return panel;
  }

  async #update(): Promise<void> {
    const [panel, subject] = [this.#panel, this.#subject];
    if (panel === undefined || subject === undefined) return;
    const { webview } = panel;
    const frame = {
      title: subject.title,
      source: webview.cspSource,
      style: webview.asWebviewUri(Uri.joinPath(this.#media, 'explanation.css')).toString(),
    };
    try {
      const { policy, params } = subject;
      const result = await this.#server.request<ExplainResult>('nhipol/explain', policy, params);
      webview.html =
        'error' in result
          ? renderFailurePage(frame, result.error)
          : renderResultPage(frame, result);
    } catch (error) {
      webview.html = renderFailurePage(
        frame,
        error instanceof Error ? error.message : String(error),
      );
    }
  }
}
