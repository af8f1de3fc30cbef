// The entry of the extension in a browser, where the language server is a web worker that reads files through the client.

import { type ExtensionContext, Uri } from 'vscode';
import { LanguageClient, type LanguageClientOptions } from 'vscode-languageclient/browser';
import { activateClient, type Extension } from './activate.ts';

let extension: Extension | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const url = Uri.joinPath(context.extensionUri, 'dist/server-browser.js').toString(true);
  const start = (options: LanguageClientOptions) =>
    new LanguageClient('nhipol', 'nhipol', new Worker(url), options);
  extension = await activateClient(context, start);
}

export async function deactivate(): Promise<void> {
  await extension?.stop();
}
