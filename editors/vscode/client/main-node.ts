// The entry of the extension on a desktop: the language server is a process. It is the one in the extension, or the one that
// the setting `nhipol.server.path` names.

import { type ExtensionContext, workspace } from 'vscode';
import {
  type Executable,
  LanguageClient,
  type LanguageClientOptions,
  type NodeModule,
  TransportKind,
} from 'vscode-languageclient/node';
import { activateClient, type Extension } from './activate.ts';

let extension: Extension | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const start = (options: LanguageClientOptions) =>
    new LanguageClient('nhipol', 'nhipol', findServer(context), options);
  extension = await activateClient(context, start);
}

export async function deactivate(): Promise<void> {
  await extension?.stop();
}

function findServer(context: ExtensionContext): NodeModule | Executable {
  const path = workspace.getConfiguration('nhipol').get<string>('server.path', '').trim();
  if (path === '') {
    const module = context.asAbsolutePath('dist/server.mjs');
    return { module, transport: TransportKind.stdio };
  }
  const resolved = resolvePath(path);
  return /\.[cm]?js$/.test(resolved)
    ? { module: resolved, args: ['lsp'], transport: TransportKind.stdio }
    : { command: resolved, args: ['lsp', '--stdio'] };
}

/** A path with a separator is relative to the first folder of the workspace; any other is a command. */
function resolvePath(path: string): string {
  const [folder] = workspace.workspaceFolders ?? [];
  const isAbsolute = /^(?:\/|[A-Za-z]:[\\/])/.test(path);
  if (isAbsolute || folder === undefined || !/[\\/]/.test(path)) return path;
  return `${folder.uri.fsPath}/${path}`;
}
