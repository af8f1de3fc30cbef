// How the server registers its formatter: for policies only, if the client lets it say so.

import { expect, test } from 'vitest';
import { Editor } from './editor.ts';

test('a client that takes registrations gets the formatter for policies only', async () => {
  const editor = new Editor();
  const registered: unknown[] = [];
  editor.serves('client/registerCapability', (params) => {
    registered.push(params);
    return null;
  });
  const formatting = { dynamicRegistration: true };
  const started = await editor.start({ textDocument: { formatting } });
  expect(started).toMatchObject({ capabilities: { documentFormattingProvider: false } });
  await expect
    .poll(() => registered, { timeout: 30_000 })
    .toMatchObject([
      {
        registrations: [
          {
            method: 'textDocument/formatting',
            registerOptions: { documentSelector: [{ language: 'nhipol' }] },
          },
        ],
      },
    ]);
  await editor.stop();
});

test('for another client it formats the documents of the server', async () => {
  const editor = new Editor();
  const started = await editor.start();
  expect(started).toMatchObject({ capabilities: { documentFormattingProvider: true } });
  await editor.stop();
});
