// An editor that speaks with `nhipol lsp` over a pipe, and measures how long it waits.

import { spawn } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';

const main = fileURLToPath(new URL('../../dist/bin/nhipol.js', import.meta.url));

/** @typedef {import('./policies.mjs').Opened} Opened */

/** @param {Opened} opened */
export async function openEditor({ files, typed, at }) {
  const server = spawn(process.execPath, [main, 'lsp'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const uri = pathToFileURL(typed).href;
  const text = files.get(typed) ?? '';
  const lines = text.slice(0, text.indexOf(at) + at.length).split('\n');
  const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  let version = 1;
  /** The number of publications that are still expected. */
  let expected = 0;
  /** @type {(() => void) | undefined} */
  let arrived;
  connection.onNotification('textDocument/publishDiagnostics', (published) => {
    if (published.uri !== uri || published.version !== version) return;
    expected -= 1;
    if (expected === 0) arrived?.();
  });
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
  });
  await connection.sendNotification('initialized', {});

  /** @param {() => Promise<unknown>} action */
  const measureTime = async (action) => {
    const started = performance.now();
    await action();
    return performance.now() - started;
  };
  /** A text without errors is published twice: without errors, and with warnings. */
  const awaitDiagnostics = (isFirst = false) =>
    new Promise((resolve) => {
      expected = isFirst || version % 2 === 0 ? 1 : 2;
      arrived = () => resolve(undefined);
    });
  const type = () => {
    version += 1;
    // A character is typed after the name, and removed again by the next keystroke.
    const isTyped = version % 2 === 0;
    const end = { ...position, character: position.character + (isTyped ? 0 : 1) };
    return connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ range: { start: position, end }, text: isTyped ? 'x' : '' }],
    });
  };
  /** @param {string} method @param {object} more */
  const request = (method, more = {}) =>
    connection.sendRequest(`textDocument/${method}`, { textDocument: { uri }, ...more });
  const requests = {
    completion: () => request('completion', { position }),
    hover: () => request('hover', { position }),
    'semantic tokens': () => request('semanticTokens/full'),
    'code lenses': () => request('codeLens'),
  };
  return {
    requests,
    /** From the opened files to the diagnostics. */
    open: () =>
      measureTime(async () => {
        for (const [path, own] of files) {
          const textDocument = {
            uri: pathToFileURL(path).href,
            languageId: 'nhipol',
            version: 1,
            text: own,
          };
          await connection.sendNotification('textDocument/didOpen', { textDocument });
        }
        await awaitDiagnostics(true);
      }),
    /** From a keystroke that makes an error to its diagnostics, and from the next one, which removes it, to those. */
    diagnostics: async () => {
      const [appears, disappears, warnings] = [
        await measureTime(async () => {
          await type();
          await awaitDiagnostics();
        }),
        await measureTime(async () => {
          await type();
          await awaitDiagnostics(true);
        }),
        await measureTime(() => awaitDiagnostics(true)),
      ];
      return { appears, disappears, warnings: disappears + warnings };
    },
    /** A request alone, and one that is sent with a keystroke. @param {() => Promise<unknown>} send */
    alone: (send) => measureTime(send),
    /** @param {() => Promise<unknown>} send */
    afterKeystroke: async (send) => {
      await type();
      const elapsed = await measureTime(send);
      await awaitDiagnostics();
      return elapsed;
    },
    close: async () => {
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      connection.dispose();
    },
  };
}
