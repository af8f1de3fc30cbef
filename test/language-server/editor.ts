// An editor for tests: starts the language server and speaks with it over a pipe.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  type CancellationToken,
  createMessageConnection,
  type MessageConnection,
  type MessageReader,
  type MessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type { Diagnostic, Position, Range } from 'vscode-languageserver';

const main = fileURLToPath(new URL('../../dist/bin/nhipol.js', import.meta.url));

/** A server that is running. */
export interface RunningServer {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  /** Resolves to its exit code. */
  readonly ended: Promise<number | null>;
}

/** Starts `nhipol lsp`. */
function startCommand(): RunningServer {
  const server = spawn(process.execPath, [main, 'lsp', '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return {
    reader: new StreamMessageReader(server.stdout),
    writer: new StreamMessageWriter(server.stdin),
    ended: new Promise((resolve) => server.once('exit', resolve)),
  };
}

export class Editor {
  readonly #ended: Promise<number | null>;
  readonly #connection: MessageConnection;
  readonly #texts = new Map<string, { text: string; version: number }>();
  readonly #diagnostics = new Map<string, Diagnostic[]>();
  readonly #waiting: (() => void)[] = [];

  constructor({ reader, writer, ended }: RunningServer = startCommand()) {
    this.#ended = ended;
    this.#connection = createMessageConnection(reader, writer);
    this.#connection.onNotification(
      'textDocument/publishDiagnostics',
      ({ uri, diagnostics }: { readonly uri: string; readonly diagnostics: Diagnostic[] }) => {
        this.#diagnostics.set(uri, diagnostics);
        for (const wake of this.#waiting.splice(0)) wake();
      },
    );
    this.#connection.listen();
  }

  async start(capabilities = {}, initializationOptions = {}): Promise<unknown> {
    const given = { processId: process.pid, rootUri: null, capabilities, initializationOptions };
    const result = await this.#connection.sendRequest('initialize', given);
    await this.#connection.sendNotification('initialized', {});
    return result;
  }

  /** Answers a request of the server. */
  serves(method: string, answer: (params: never) => unknown): void {
    this.#connection.onRequest(method, answer as (params: unknown) => unknown);
  }

  async open(uri: string, text: string): Promise<void> {
    this.#texts.set(uri, { text, version: 1 });
    const textDocument = { uri, languageId: 'nhipol', version: 1, text };
    await this.#connection.sendNotification('textDocument/didOpen', { textDocument });
  }

  /** Replaces a part of a text, as a keystroke does. */
  async edit(uri: string, from: string, to: string): Promise<void> {
    const known = this.#texts.get(uri);
    if (known === undefined) throw new Error(`${uri} is not open`);
    const start = known.text.indexOf(from);
    if (start < 0) throw new Error(`${uri} does not contain ${JSON.stringify(from)}`);
    const range = this.#range(known.text, start, start + from.length);
    known.text = known.text.slice(0, start) + to + known.text.slice(start + from.length);
    known.version += 1;
    await this.#connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: known.version },
      contentChanges: [{ range, text: to }],
    });
  }

  async close(uri: string): Promise<void> {
    await this.#connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  #range(text: string, start: number, end: number): Range {
    return { start: toPosition(text, start), end: toPosition(text, end) };
  }

  /** Requests something at the first occurrence of `mark`; `|` in it is the place of the cursor. */
  async at<Result>(method: string, uri: string, mark: string, more: object = {}): Promise<Result> {
    const { text = '' } = this.#texts.get(uri) ?? {};
    const found = text.indexOf(mark.replace('|', ''));
    if (found < 0) throw new Error(`${uri} does not contain ${JSON.stringify(mark)}`);
    const position = toPosition(text, found + Math.max(mark.indexOf('|'), 0));
    return this.request(method, uri, { position, ...more });
  }

  async request<Result>(method: string, uri: string, more: object = {}): Promise<Result> {
    const textDocument = { uri };
    return this.#connection.sendRequest(`textDocument/${method}`, { textDocument, ...more });
  }

  /** Requests something that is not about a document. */
  async send<Result>(method: string, params: object, token?: CancellationToken): Promise<Result> {
    const rest = token === undefined ? [] : [token];
    return this.#connection.sendRequest(method, params, ...rest);
  }

  async notify(method: string, params: object): Promise<void> {
    await this.#connection.sendNotification(method, params);
  }

  /** Receives notifications of the server. */
  onNotification(method: string, receive: (params: never) => void): void {
    this.#connection.onNotification(method, receive as (params: unknown) => void);
  }

  /** The next diagnostics of a file that fulfil a condition. */
  async diagnostics(
    uri: string,
    until: (found: readonly Diagnostic[]) => boolean = () => true,
  ): Promise<readonly Diagnostic[]> {
    for (;;) {
      const found = this.#diagnostics.get(uri);
      if (found !== undefined && until(found)) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async stop(): Promise<number | null> {
    await this.#connection.sendRequest('shutdown');
    await this.#connection.sendNotification('exit');
    const code = await this.#ended;
    this.#connection.dispose();
    return code;
  }
}

function toPosition(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}
