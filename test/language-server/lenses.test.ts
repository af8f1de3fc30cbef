// Code lenses and their commands, as an editor without an extension uses them. Needs `dist/bin/`.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CodeLens, ShowDocumentParams, ShowMessageParams } from 'vscode-languageserver';
import { Folder } from '../support/system/run-cli.ts';
import { Editor } from './editor.ts';

const policy = `policy acme.door version "1.0.0"

subject ai_agent { badge: String }
action open {}
resource door {}
context { risk: Int(0..100) }

for ai_agent doing open on door {
  permit badge when subject.badge is "blue"
  deny risky when context.risk > 50
  deny stolen when subject.badge is "red"
}

test "opens" {
  request {
    subject: { type: "ai_agent", id: "a", properties: { badge: "blue" } },
    action: { name: "open" },
    resource: { type: "door", id: "d" },
    context: { risk: 1 }
  }
  each context.risk {
    10 expect permit because badge
    60 expect deny because risky
  }
}

invariant "high risk is denied" for ai_agent
  context.risk > 60 implies effect is deny
invariant "a red badge opens" for ai_agent
  subject.badge is "red" implies effect is permit
`;

const folder = new Folder({ 'policy.nhipol': policy });
const uri = pathToFileURL(`${folder.path}/policy.nhipol`).href;
const editor = new Editor();
const messages: string[] = [];
const shown: string[] = [];
const opened: string[] = [];
let refreshed = 0;
beforeAll(async () => {
  editor.onNotification('window/showMessage', ({ message }: ShowMessageParams) =>
    messages.push(message),
  );
  editor.serves('window/showDocument', (params: ShowDocumentParams) => {
    shown.push(params.uri);
    opened.push(params.uri);
    return { success: true };
  });
  editor.serves('workspace/codeLens/refresh', () => {
    refreshed += 1;
    return null;
  });
  await editor.start({
    window: { showDocument: { support: true } },
    workspace: { codeLens: { refreshSupport: true } },
  });
  await editor.open(uri, policy);
  await editor.diagnostics(uri);
}, 60_000);
afterAll(async () => {
  expect(await editor.stop()).toBe(0);
  folder[Symbol.dispose]();
  for (const each of opened) expect(existsSync(fileURLToPath(each))).toBe(false);
});

const resolveLenses = async () => {
  const lenses = await editor.request<CodeLens[]>('codeLens', uri);
  return Promise.all(
    lenses.map((lens) =>
      lens.command === undefined ? editor.send<CodeLens>('codeLens/resolve', lens) : lens,
    ),
  );
};
const run = <Result>(command: string, ...given: readonly unknown[]) =>
  editor.send<Result>('workspace/executeCommand', { command, arguments: given });
const collectMessages = async (action: () => Promise<unknown>) => {
  messages.length = 0;
  await action();
  return [...messages];
};

test('lenses on tests, on rules the tests that fire them, and on invariants their verdicts', async () => {
  const found = (await resolveLenses()).map(({ range, command }) => [
    range.start.line,
    command?.title,
    command?.command,
    command?.arguments?.slice(1),
  ]);
  const line = (part: string) => policy.slice(0, policy.indexOf(part)).split('\n').length - 1;
  const rows = ['opens: context.risk = 10', 'opens: context.risk = 60'];
  expect(found).toEqual([
    [line('test "opens"'), 'Run', 'nhipol.runTest', ['opens']],
    [line('test "opens"'), 'Watch', 'nhipol.watchTest', ['opens']],
    [line('test "opens"'), 'Explain', 'nhipol.explainTest', ['opens']],
    [line('permit badge'), 'Fired by 2 tests', 'nhipol.showTests', ['badge', rows]],
    [line('deny risky'), 'Fired by 1 test', 'nhipol.showTests', ['risky', rows.slice(1)]],
    [line('deny stolen'), 'Never fired by a test', 'nhipol.showTests', ['stolen', []]],
    [line('invariant "high'), 'Proved for every request', '', undefined],
    [
      line('invariant "a red'),
      expect.stringMatching(/^Refuted: deny because /),
      'nhipol.showCounterexample',
      ['a red badge opens'],
    ],
  ]);
});

describe('commands', () => {
  test('run: a message, and diagnostics of failed expectations', async () => {
    expect(await collectMessages(() => run('nhipol.runTest', uri, 'opens'))).toEqual([
      'All 2 rows of the test "opens" passed.',
    ]);
    await editor.edit(uri, '60 expect deny because risky', '60 expect deny because stolen');
    await editor.diagnostics(uri, (all) => all.length === 0);
    expect(await collectMessages(() => run('nhipol.runTest', uri, 'opens'))).toEqual([
      '1 of 2 rows of the test "opens" failed.',
    ]);
    const [failed] = await editor.diagnostics(uri, (all) => all.length > 0);
    expect(failed).toMatchObject({
      source: 'nhipol test',
      severity: 1,
      message: 'reasons: expected stolen, found risky',
    });
    await editor.edit(uri, 'because stolen', 'because risky');
    expect(await editor.diagnostics(uri, (all) => all.length === 0)).toEqual([]);
  });

  test('watch: a message when the result changes, until it is stopped', async () => {
    const awaitMessage = async (text: string) => {
      while (!messages.includes(text)) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    messages.length = 0;
    expect(await run('nhipol.watchTest', uri, 'opens')).toBe(true);
    await editor.edit(uri, 'context.risk > 50', 'context.risk > 70');
    await awaitMessage('1 of 2 rows of the test "opens" failed.');
    await editor.diagnostics(uri, (all) => all.some(({ source }) => source === 'nhipol test'));
    messages.length = 0;
    await editor.edit(uri, 'context.risk > 70', 'context.risk > 50');
    await awaitMessage('All 2 rows of the test "opens" passed.');
    expect(await run('nhipol.watchTest', uri, 'opens')).toBe(false);
  });

  test('explain: a document, which is removed at the end', async () => {
    await run('nhipol.explainTest', uri, 'opens');
    const [document = ''] = shown;
    expect(readFileSync(fileURLToPath(document), 'utf8')).toContain('permit because badge');
  });

  test('show what refutes an invariant: a document', async () => {
    shown.length = 0;
    await run('nhipol.showCounterexample', uri, 'a red badge opens');
    const [document = ''] = shown;
    const { request, response } = JSON.parse(readFileSync(fileURLToPath(document), 'utf8'));
    expect(request.subject.properties.badge).toBe('red');
    expect(response.decision).toBe(false);
    expect(await run('nhipol.showCounterexample', uri, 'high risk is denied')).toBeNull();
  });

  test.each([
    ['stolen', [], 'No test fires `stolen`.'],
    ['badge', ['a', 'b'], '`badge` is fired by "a", "b".'],
  ])('the tests of %s', async (rule, tests, message) => {
    expect(await collectMessages(() => run('nhipol.showTests', uri, rule, tests))).toEqual([
      message,
    ]);
  });

  test('a test that does not exist', async () => {
    expect(await collectMessages(() => run('nhipol.runTest', uri, 'closes'))).toEqual([
      'There is no test "closes".',
    ]);
    expect(await collectMessages(() => run('nhipol.explainTest', uri, 'closes'))).toEqual([
      'There is no test "closes".',
    ]);
  });
});

test('lenses are refreshed after a change', () => {
  expect(refreshed).toBeGreaterThan(2);
});

test('a client that carries out the commands registers them itself', async () => {
  const own = new Editor();
  const result = await own.start({}, { commands: 'client' });
  expect(JSON.stringify(result)).not.toContain('executeCommandProvider');
  await own.stop();
});
