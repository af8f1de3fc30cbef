// Advice in the editor: shown as information, and the setting that turns it off. Needs `dist/bin/`.

import { expect, test } from 'vitest';
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import { Editor } from './editor.ts';

const uri = 'file:///policy.nhipol';
const policy = `policy acme.hosts version "1.0.0"

subject ai_agent {}
action fetch { host: String }

for ai_agent doing fetch {
  permit own when action.host ends_with "acme.test"
}
`;

test('is information with a link to its page', async () => {
  const editor = new Editor();
  await editor.start();
  await editor.open(uri, policy);
  const [found] = await editor.diagnostics(uri, ({ length }) => length > 0);
  expect(found).toMatchObject({
    code: 'no-separator',
    severity: DiagnosticSeverity.Information,
    codeDescription: { href: expect.stringMatching(/no-separator\.md$/) },
  });
  await editor.stop();
});

test('a setting turns it off, and on again', async () => {
  const editor = new Editor();
  let advice = false;
  editor.serves('workspace/configuration', () => [{ advice }]);
  await editor.start({ workspace: { configuration: true } });
  await editor.open(uri, policy.replace('action.host', 'action.hots'));
  await editor.diagnostics(uri, ({ length }) => length === 1);
  await editor.edit(uri, 'action.hots', 'action.host');
  expect(await editor.diagnostics(uri, (found) => !found.some(isError))).toEqual([]);
  advice = true;
  await editor.notify('workspace/didChangeConfiguration', { settings: null });
  expect(await editor.diagnostics(uri, ({ length }) => length > 0)).toHaveLength(1);
  await editor.stop();
});

function isError({ severity }: Diagnostic): boolean {
  return severity === DiagnosticSeverity.Error;
}
