// The test explorer and the lenses of rules in VS Code, in a window of its own: tests that run after each change, and the
// tests of a rule.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { sampleWorkspace } from './web/sample-workspace.ts';
import { missing } from './web/site.ts';
import { Workbench } from './web/workbench.ts';

// Other tests run at the same time.
const patience = 120_000;
const title = `tests in VS Code${missing ? ` (${missing})` : ''}`;

describe.skipIf(missing !== undefined)(title, { timeout: patience }, () => {
  let workbench: Workbench;

  beforeAll(async () => {
    workbench = await Workbench.start({ files: sampleWorkspace, theme: 'dark' });
    await workbench.open('policy.nhipol');
  }, patience);
  afterAll(() => workbench?.stop());

  const see = (what: () => Promise<unknown>, expected: unknown) =>
    vi.waitFor(async () => expect(await what()).toEqual(expected), patience / 2);
  const states = async () =>
    (await workbench.tests()).map((label) => /\((Passed|Failed)\)/.exec(label)?.[1]);
  const choose = (text: string) =>
    workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
  const position = () => workbench.page.locator('[id="status.editor.selection"]').textContent();
  /** Replaces the end of a text that occurs first in the editor. */
  const replaceEnd = async (text: string, end: string, by: string) => {
    await workbench.placeCursor(text);
    for (let left = end.length; left > 0; left -= 1)
      await workbench.page.keyboard.press('Backspace');
    await workbench.page.keyboard.type(by);
  };

  test('a lens leads to the only test that fires a rule', async () => {
    await workbench.chooseLens('deny risk_high', 'Fired by 1 test');
    await see(position, expect.stringMatching(/^Ln 48, /));
  });

  test('a lens offers the tests that fire a rule', async () => {
    await workbench.chooseLens('permit tool_allowed', 'Fired by 2 tests');
    await choose('an allowed tool');
    await see(position, expect.stringMatching(/^Ln 42, /));
  });

  test('a click on a lens does the same', async () => {
    await workbench.placeCursor('deny risk_high');
    const lens = workbench.page.locator('.codelens-decoration a', { hasText: 'Fired by 1 test' });
    await lens.last().click();
    await see(position, expect.stringMatching(/^Ln 48, /));
  });

  test('tests run after each change, until that is turned off', async () => {
    await workbench.command('Testing: Focus on Test Explorer View');
    await workbench.page.locator('.test-explorer .monaco-tl-twistie.collapsed').click();
    await workbench.command('Test: Start Continuous Run');
    await choose('Run');
    await workbench.page.keyboard.press('Enter');
    await see(states, ['Passed', 'Passed', 'Passed', 'Passed']);
    await replaceEnd('expect permit because tool_allowed', 'permit because tool_allowed', 'deny');
    await see(states, ['Failed', 'Failed', 'Passed', 'Passed']);
    await workbench.command('Test: Stop Continuous Run');
    await replaceEnd('  expect deny', 'deny', 'permit');
    await workbench.page.waitForTimeout(2_000);
    expect(await states()).toEqual(['Failed', 'Failed', 'Passed', 'Passed']);
    await workbench.command('Test: Run All Tests');
    await see(states, ['Passed', 'Passed', 'Passed', 'Passed']);
  });

  test('a lens watches one test, until its item in the status bar is clicked', async () => {
    await workbench.chooseLens('test "a high risk', 'Watch');
    const watched = workbench.page.locator('.statusbar-item', { hasText: 'a high risk' });
    await watched.waitFor();
    await replaceEnd(
      'expect deny because risk_high',
      ' because risk_high',
      ' because default_deny',
    );
    await see(states, ['Failed', 'Passed', 'Failed', 'Passed']);
    await watched.click();
    await watched.waitFor({ state: 'hidden' });
  });

  test('an invariant shows whether it is proved, and a click shows what refutes it', async () => {
    await workbench.page.locator('.editor-instance .view-lines').first().click();
    await workbench.page.keyboard.press('Control+End');
    await workbench.page.keyboard.insertText(`
invariant "high risk never acts" for any
  subject.risk is HIGH implies effect >= deny
invariant "nobody acts" for any
  effect >= deny
`);
    const lens = (text: string) =>
      workbench.page.locator('.codelens-decoration', { hasText: text });
    await lens('Proved for every request').waitFor();
    const opened = workbench.page.locator('.view-line', { hasText: '"request":' });
    await lens('Refuted: ').waitFor();
    // VS Code draws the lenses again when the prover has answered for all, and loses a click meanwhile.
    const open = async () => {
      if ((await opened.count()) > 0) return true;
      await lens('Refuted: ').locator('a').click({ timeout: 5_000 });
      return (await opened.count()) > 0;
    };
    const isOpen = () => open().catch(() => false);
    await expect.poll(isOpen, { timeout: 50_000, interval: 2_000 }).toBe(true);
    await workbench.page.waitForTimeout(1_000);
    expect(await workbench.page.locator('.squiggly-error').count()).toBe(0);
  });
});
