// The hints about the end of answers, and the setting that turns them off. Needs `dist/bin/`.

import { expect, test } from 'vitest';
import type { InlayHint } from 'vscode-languageserver';
import { Editor } from './editor.ts';

const uri = 'file:///policy.nhipol';
const policy = `policy acme.shift version "1.0.0"

subject ai_agent {}
context { time: Timestamp }
window shift = Mon..Fri 09:00..17:30 in "UTC"

for ai_agent {
  permit works when context.time in shift
}

test "works" {
  request {
    subject: { type: "ai_agent", id: "a" },
    action: { name: "open" },
    resource: { type: "door", id: "d" },
    context: { time: "2026-06-01T10:00:00Z" }
  }
  expect permit
  then with { context.time = 2026-06-01T20:00:00Z }
  expect deny because default_deny
  then with { context.time = 2026-06-02T20:00:00Z }
  expect deny until 2026-06-03T09:00:00Z
}

test "rows" {
  request {
    subject: { type: "ai_agent", id: "a" },
    action: { name: "open" },
    resource: { type: "door", id: "d" },
    context: {}
  }
  each at {
    2026-06-01T10:00:00Z expect permit
    2026-06-01T17:00:00Z expect permit
  }
}
`;
const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
const expected = [
  ['  expect permit', 'valid until 17:30'],
  ['  expect deny because default_deny', 'valid until 2026-06-02T09:00:00Z'],
  ['    2026-06-01T10:00:00Z expect permit', 'valid until 17:30'],
  ['    2026-06-01T17:00:00Z expect permit', 'valid until 17:30'],
];

async function listHints(editor: Editor) {
  const found = await editor.request<InlayHint[]>('inlayHint', uri, { range });
  const lines = policy.split('\n');
  return found.map(({ position, label }) => {
    const line = lines[position.line] ?? '';
    expect(position.character).toBe(line.length);
    return [line, label];
  });
}

test('the end of answers, unless the test says it', async () => {
  const editor = new Editor();
  await editor.start();
  await editor.open(uri, policy);
  expect(await editor.diagnostics(uri)).toEqual([]);
  expect(await listHints(editor)).toEqual(expected);
  await editor.stop();
});

test('a client that can refresh hints gets them when the tests are done', async () => {
  const editor = new Editor();
  const refreshed = new Promise<void>((resolve) =>
    editor.serves('workspace/inlayHint/refresh', () => {
      resolve();
      return null;
    }),
  );
  await editor.start({ workspace: { inlayHint: { refreshSupport: true } } });
  await editor.open(uri, policy);
  expect(await listHints(editor)).toEqual([]);
  await refreshed;
  expect(await listHints(editor)).toEqual(expected);
  await editor.stop();
});

test('a setting turns them off, and on again', async () => {
  const editor = new Editor();
  let validUntil = false;
  editor.serves('workspace/configuration', () => [{ inlayHints: { validUntil } }]);
  await editor.start({ workspace: { configuration: true } });
  await editor.open(uri, policy);
  await editor.diagnostics(uri);
  expect(await listHints(editor)).toEqual([]);
  validUntil = true;
  await editor.notify('workspace/didChangeConfiguration', { settings: null });
  await editor.send('workspace/symbol', { query: '' });
  expect(await listHints(editor)).toEqual(expected);
  await editor.stop();
});
