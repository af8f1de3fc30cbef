// The extension in VS Code itself, a static build of it in Chromium with a workspace in memory.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { sampleWorkspace as files } from './web/sample-workspace.ts';
import { missing } from './web/site.ts';
import { Workbench } from './web/workbench.ts';

const screenshots = process.env.NHIPOL_SCREENSHOTS;

// Other tests run at the same time.
const patience = 120_000;
const title = `VS Code${missing ? ` (${missing})` : ''}`;

describe.skipIf(missing !== undefined)(title, { timeout: patience }, () => {
  let workbench: Workbench;

  beforeAll(async () => {
    workbench = await Workbench.start({ files, theme: 'light' });
    await workbench.open('policy.nhipol');
  }, patience);
  afterAll(() => workbench?.stop());

  const see = (what: () => Promise<unknown>, expected: unknown) =>
    vi.waitFor(async () => expect(await what()).toEqual(expected), patience / 2);
  const states = async () =>
    (await workbench.tests()).map((label) => /\((Passed|Failed)\)/.exec(label)?.[1]);
  const picture = async (name: string) => {
    if (screenshots) await workbench.page.screenshot({ path: `${screenshots}/${name}.png` });
  };

  test('colors a policy', async () => {
    const words = ['permit', 'tool_allowed', 'in'];
    await see(async () => {
      const colors = await workbench.readColors('tool_allowed');
      return new Set(words.map((word) => colors.get(word))).size;
    }, words.length);
  });

  test('has no diagnostics for a policy whose parts are in two files', async () => {
    await workbench.page.waitForTimeout(1000);
    expect(await workbench.page.locator('.squiggly-error').count()).toBe(0);
  });

  test('underlines a mistake while it is typed', async () => {
    await workbench.placeCursor('when subject.risk');
    await workbench.page.keyboard.type('y');
    await workbench.page.locator('.squiggly-error').first().waitFor();
    await picture('mistake');
    await workbench.page.keyboard.press('Backspace');
    await see(() => workbench.page.locator('.squiggly-error').count(), 0);
  });

  test('completes members of the request', async () => {
    await workbench.placeCursor('action.tool in subject');
    await workbench.page.keyboard.type('.');
    const rows = workbench.page.locator('.suggest-widget .monaco-list-row');
    await rows.filter({ hasText: 'scopes' }).waitFor();
    await picture('completion');
    expect(await rows.filter({ hasText: 'risk' }).count()).toBe(1);
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.press('Backspace');
  });

  test('shows what a member is on hover', async () => {
    await workbench.placeCursor('narrow risk_not_low when subject.ris');
    await workbench.page.keyboard.press('Control+k');
    await workbench.page.keyboard.press('Control+i');
    const hover = workbench.page.locator('.monaco-hover', { hasText: 'RiskLevel' });
    await hover.waitFor();
    await picture('hover');
    await workbench.page.keyboard.press('Escape');
  });

  test('runs a test by its code lens, and says how many tests fire a rule', async () => {
    const lens = workbench.page.locator('.codelens-decoration');
    await workbench.placeCursor('permit tool_allowed');
    await lens.filter({ hasText: 'Fired by 1 test' }).first().waitFor();
    await picture('lenses');
    await workbench.chooseLens('test "an allowed tool', 'Run');
    const passed = workbench.page.locator('.testing-run-glyph.codicon-testing-passed-icon');
    await passed.first().waitFor();
  });

  test('runs the tests of the workspace', async () => {
    await workbench.command('Testing: Focus on Test Explorer View');
    await workbench.page.locator('.test-explorer .monaco-tl-twistie.collapsed').click();
    await workbench.command('Test: Run All Tests with Coverage');
    await see(() => states(), ['Passed', 'Passed', 'Passed', 'Passed']);
    const coverage = workbench.page.locator('.test-coverage-bars').first();
    await coverage.waitFor();
    await picture('tests');
  });

  test('reports a test that fails', async () => {
    await workbench.placeCursor('expect deny because risk_high');
    for (let left = 'risk_high'.length; left > 0; left -= 1)
      await workbench.page.keyboard.press('Backspace');
    await workbench.page.keyboard.type('default_deny');
    await workbench.command('Test: Run All Tests');
    await see(() => states(), ['Failed', 'Passed', 'Failed', 'Passed']);
    await picture('failure');
  });

  test('explains the decision of a test next to it', async () => {
    await workbench.placeCursor('test "a high risk');
    await workbench.command('nhipol: Explain This Decision');
    const frame = await workbench.webview('pre.explanation');
    expect(await frame.locator('.effect').textContent()).toBe('deny');
    expect(await frame.locator('main').textContent()).toContain('risk_high');
    await picture('explanation');
  });

  test('searches for requests that violate an invariant', async () => {
    await workbench.placeCursor('because default_deny');
    await workbench.command('nhipol: What Would Break?');
    await workbench.page.locator('.notification-toast', { hasText: 'No invariant' }).waitFor();
    await workbench.command('Notifications: Clear All Notifications');
  });

  test('underlines changes that no test detects', async () => {
    await workbench.placeCursor('expect deny because default_deny');
    for (let left = 'default_deny'.length; left > 0; left -= 1)
      await workbench.page.keyboard.press('Backspace');
    await workbench.page.keyboard.type('risk_high');
    await workbench.command('nhipol: Show Surviving Mutants');
    await workbench.page.locator('.notification-toast', { hasText: 'do not detect' }).waitFor();
    await workbench.command('View: Focus Problems');
    await picture('mutants');
    const problems = workbench.page.locator('.markers-panel .monaco-list-row');
    await problems.filter({ hasText: 'risk_not_low' }).first().waitFor();
  });

  test('explains the decision of a request in another file', async () => {
    await workbench.command('View: Show Explorer');
    await workbench.open('request.json');
    await workbench.command('nhipol: Explain This Decision');
    const frame = await workbench.webview('strong.narrow');
    expect(await frame.locator('main').textContent()).toContain('risk_not_low');
  });

  test('opens the sample of the walkthrough, whose tests then run with all others', async () => {
    await workbench.command('nhipol: Your First Policy');
    await workbench.page.getByText('Open the sample', { exact: true }).click();
    await workbench.page.locator('.tab.active', { hasText: 'Untitled-1' }).waitFor();
    await workbench.command('Testing: Focus on Test Explorer View');
    await workbench.command('Test: Run All Tests');
    await vi.waitFor(async () => {
      const untitled = (await workbench.tests()).find((label) => label.startsWith('Untitled-1'));
      expect(untitled).toContain('Passed');
    }, patience / 2);
  });
});
