// The running language server: sends its own requests, and shows what they fail with.

import {
  type CancellationToken,
  CancellationTokenSource,
  type Uri,
  window,
  workspace,
} from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';

/** The error codes of requests that ended early: the policy changed, the user canceled, or the server did. */
const early: ReadonlySet<unknown> = new Set([-32801, -32800, -32802]);

export class Server {
  readonly #create: () => BaseLanguageClient;
  #client: BaseLanguageClient | undefined;

  constructor(create: () => BaseLanguageClient) {
    this.#create = create;
  }

  async start(): Promise<void> {
    this.#client ??= this.#create();
    await this.#client.start();
  }

  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.dispose();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  showOutput(): void {
    this.#client?.outputChannel.show();
  }

  /**
   * Sends a request about the policy of a document, which it opens, because the server knows open documents only. Throws
   * what the server answers with.
   */
  async request<Result>(
    method: string,
    uri: Uri,
    params: object = {},
    token: CancellationToken = new CancellationTokenSource().token,
  ): Promise<Result> {
    const client = this.#client;
    if (client === undefined) throw new Error('the language server does not run');
    await client.start();
    await workspace.openTextDocument(uri);
    const textDocument = { uri: client.code2ProtocolConverter.asUri(uri) };
    return client.sendRequest<Result>(method, { textDocument, ...params }, token);
  }
}

/** Shows why a request failed, but not that it ended early. */
export function showFailure(title: string, error: unknown): void {
  if (isEarlyEnd(error)) return;
  const message = error instanceof Error ? error.message : String(error);
  void window.showErrorMessage(`${title}: ${message}`);
}

export function isEarlyEnd(error: unknown): boolean {
  return error instanceof Error && 'code' in error && early.has(error.code);
}
