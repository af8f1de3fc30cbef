// Starts the worker, and connects the client of the language server and the functions of the panels with it.

import { LSPClient, type LSPClientExtension, type Transport } from '@codemirror/lsp-client';
import type { Extension } from '@codemirror/state';
import { type Remote, wrap } from 'comlink';
import type { PolicyService } from '../worker/contract.ts';
import { nhipolLanguage } from './language.ts';
import { sanitizeHtml } from './sanitizer.ts';

export interface Connection {
  readonly client: LSPClient;
  readonly service: Remote<PolicyService>;
}

/** The server computes diagnostics of large policies, and runs their tests, in this time in milliseconds. */
const timeout = 60_000;

export function connect(extensions: readonly (Extension | LSPClientExtension)[]): Connection {
  const worker = new Worker(new URL('worker.js', import.meta.url), { type: 'module' });
  const [editor, panels] = [new MessageChannel(), new MessageChannel()];
  worker.postMessage(undefined, [editor.port2, panels.port2]);
  const client = new LSPClient({
    rootUri: 'file:///',
    timeout,
    sanitizeHTML: sanitizeHtml,
    highlightLanguage: (name) => (name === 'nhipol' ? nhipolLanguage : null),
    extensions,
  });
  client.connect(createPortTransport(editor.port1));
  return { client, service: wrap<PolicyService>(panels.port1) };
}

/** The worker has messages as objects, and the client as JSON. */
function createPortTransport(port: MessagePort): Transport {
  const handlers = new Set<(message: string) => void>();
  port.onmessage = ({ data }) => {
    for (const handler of handlers) handler(JSON.stringify(data));
  };
  return {
    send: (message) => port.postMessage(JSON.parse(message)),
    subscribe: (handler) => handlers.add(handler),
    unsubscribe: (handler) => handlers.delete(handler),
  };
}
