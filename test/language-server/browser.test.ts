// The language server in a worker without Node's globals, as in a browser: the bundle of its entry is small, and it reads
// files that are not open through its client.

import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PortMessageReader, PortMessageWriter } from 'vscode-jsonrpc/node';
import type { CompletionItem } from 'vscode-languageserver';
import { Editor } from './editor.ts';

/** Gives a thread the messages of a web worker, and removes what browsers do not have. */
const asWebWorker = `
const { parentPort, workerData } = require('node:worker_threads');
Object.assign(globalThis, {
  self: globalThis,
  addEventListener: () => {},
  postMessage: (message) => parentPort.postMessage(message),
});
for (const name of ['process', 'Buffer', 'setImmediate', 'require', 'module']) {
  globalThis[name] = undefined;
}
parentPort.on('message', (data) => globalThis.onmessage({ data }));
(0, eval)(workerData);
`;

const uri = 'vscode-vfs://github/acme/policies/my%20policy.nhipol';
const levelsUri = 'vscode-vfs://github/acme/policies/levels%201.nhipol';
const policy = `policy acme.web version "1.0.0"
use { Level } from "levels 1.nhipol"
use { other } from "missing.nhipol"
subject ai_agent { level: Level }
for ai_agent { permit low when subject.level is LOW }
`;

let code = '';
let editor: Editor;
const requested: string[] = [];
beforeAll(async () => {
  code = await bundleServer();
  const worker = new Worker(asWebWorker, { eval: true, workerData: code });
  editor = new Editor({
    reader: new PortMessageReader(worker),
    writer: new PortMessageWriter(worker),
    ended: Promise.resolve(0),
  });
  editor.serves('nhipol/readFile', (params: { readonly uri: string }) => {
    requested.push(params.uri);
    return params.uri === levelsUri ? { text: 'enum Level { LOW < HIGH }\n' } : null;
  });
  await editor.start();
  await editor.open(uri, policy);
});
afterAll(() => editor.stop());

async function bundleServer(): Promise<string> {
  const bundle = await rolldown({
    input: 'editors/language-server/browser.ts',
    platform: 'browser',
    resolve: { conditionNames: ['nhipol-source', 'browser', 'import'] },
  });
  const { output } = await bundle.generate({ format: 'iife', minify: true });
  await bundle.close();
  expect(output.length).toBe(1);
  return output[0].code;
}

test('the bundle, with proofs, has less than 530 kB after compression', () => {
  expect(gzipSync(code, { level: 9 }).length).toBeLessThan(530_000);
});

test('files that are not open are read by the client', async () => {
  const [found, ...others] = await editor.diagnostics(uri);
  expect(others).toEqual([]);
  expect(found?.message).toContain('missing.nhipol');
  expect(requested).toEqual([levelsUri, levelsUri.replace('levels%201', 'missing')]);
});

test('completion uses what was read', async () => {
  const found = await editor.at<CompletionItem[]>('completion', uri, 'level is |LOW');
  expect(found.slice(0, 2).map(({ label }) => label)).toEqual(['LOW', 'HIGH']);
});
