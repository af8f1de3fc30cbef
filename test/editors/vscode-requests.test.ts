// Requests in JSON files, and nhipol.toml, in VS Code, in a window of its own: VS Code's service for JSON runs next to the
// extension.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { sampleWorkspace } from './web/sample-workspace.ts';
import { missing } from './web/site.ts';
import { Workbench } from './web/workbench.ts';

const config = '[check]\nformat = "json"\n';
const screenshots = process.env.NHIPOL_SCREENSHOTS;

// Other tests run at the same time.
const patience = 120_000;
const title = `requests in VS Code${missing ? ` (${missing})` : ''}`;

describe.skipIf(missing !== undefined)(title, { timeout: patience }, () => {
  let workbench: Workbench;

  beforeAll(async () => {
    workbench = await Workbench.start({
      files: { ...sampleWorkspace, '/nhipol.toml': config },
      theme: 'light',
    });
    await workbench.open('request.json');
  }, patience);
  afterAll(() => workbench?.stop());

  const see = (what: () => Promise<unknown>, expected: unknown) =>
    vi.waitFor(async () => expect(await what()).toEqual(expected), patience / 2);
  const warnings = () => workbench.page.locator('.squiggly-warning').count();
  /** Texts end with their closing quotes: VS Code adds these only to lines that it has colored. */
  const type = (text: string) => workbench.page.keyboard.type(text);
  const picture = async (name: string) => {
    if (screenshots) await workbench.page.screenshot({ path: `${screenshots}/${name}.png` });
  };
  const erase = async (count: number) => {
    for (let left = count; left > 0; left -= 1) await workbench.page.keyboard.press('Backspace');
  };

  test('underlines each error', async () => {
    await workbench.placeCursor('"name');
    await type('X');
    await see(warnings, 1);
    await workbench.placeCursor('"id": "a"');
    await erase('"a"'.length);
    await type('7');
    await see(warnings, 2);
    await picture('request-errors');
    await erase(1);
    await type('"a"');
    await workbench.placeCursor('"nameX');
    await erase(1);
    await see(warnings, 0);
  });

  test('completes values and members from the declarations', async () => {
    const rows = workbench.page.locator('.suggest-widget .monaco-list-row');
    await workbench.placeCursor('"risk": "MEDIUM"');
    await erase('"MEDIUM"'.length);
    await workbench.page.keyboard.press('Control+Space');
    await rows.filter({ hasText: 'HIGH' }).waitFor();
    await picture('request-completion');
    await workbench.complete(['HIGH'], '"HIGH"');
    await workbench.placeCursor('"tool": "search"');
    await erase('"tool": "search"'.length);
    await see(warnings, 1);
    await workbench.complete(['tool', 'a string, required'], '"tool":');
    await type('"search"');
    await see(warnings, 0);
  });

  test('formats as VS Code does', async () => {
    await workbench.command('Format Document');
    // VS Code would report two formatters by this notification.
    expect(await workbench.page.getByText('multiple formatters').count()).toBe(0);
  });

  test('checks and completes the keys of nhipol.toml', async () => {
    await workbench.command('View: Show Explorer');
    await workbench.open('nhipol.toml');
    await workbench.placeCursor('format = "json"');
    await type('x');
    await see(() => workbench.page.locator('.squiggly-error').count(), 1);
    await erase('"json"x'.length);
    await workbench.complete(['sarif'], 'sarif');
    await see(() => workbench.page.locator('.squiggly-error').count(), 0);
    await picture('config');
  });
});
