// Activates the extension, on a desktop and in a browser: starts the language client and registers what uses it. Everything
// is disposed with the extension; a changed setting of the server starts it again.

import type { InitializationOptions } from '@nhipol/language-server/protocol';
import { commands, type ExtensionContext, workspace } from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';
import { registerChecks } from './checks.ts';
import { registerExplanation } from './explanation.ts';
import { readFile } from './files.ts';
import { registerSample } from './sample.ts';
import { Server } from './server.ts';
import { registerTests } from './tests/register.ts';

export interface Extension {
  stop(): Promise<void>;
}

const initializationOptions: InitializationOptions = { commands: 'client' };

type Start = (options: LanguageClientOptions) => BaseLanguageClient;

export async function activateClient(context: ExtensionContext, start: Start): Promise<Extension> {
  const create = () => {
    const client = start({
      documentSelector: [
        { language: 'nhipol' },
        { language: 'json', pattern: '**/*.json' },
        { pattern: '**/nhipol.toml' },
      ],
      initializationOptions,
      synchronize: { fileEvents: workspace.createFileSystemWatcher('**/*.{nhipol,json,csv}') },
    });
    client.onRequest('nhipol/readFile', readFile);
    return client;
  };
  const server = new Server(create);
  context.subscriptions.push(
    commands.registerCommand('nhipol.restartServer', () => server.restart()),
    commands.registerCommand('nhipol.showOutput', () => server.showOutput()),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('nhipol.server')) void server.restart();
    }),
    ...registerChecks(server),
    ...registerExplanation(server, context.extensionUri),
    ...registerSample(context.extensionUri),
    ...registerTests(server),
  );
  await server.start();
  return { stop: () => server.stop() };
}
