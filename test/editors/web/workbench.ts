// Drives VS Code in Chromium as a user does: with the keyboard, the mouse and what is on the screen.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BrowserContext,
  chromium,
  type Frame,
  type Locator,
  type Page,
} from 'playwright-core';
import { chromiumPath } from '../../support/pages/chromium.ts';
import { Site } from './site.ts';

export interface WorkbenchOptions {
  /** The files of the workspace by their paths. */
  readonly files: Readonly<Record<string, string>>;
  readonly theme: 'dark' | 'light';
}

export class Workbench {
  readonly page: Page;
  readonly #browser: BrowserContext;
  readonly #site: Site;
  readonly #profile: string;

  private constructor(page: Page, browser: BrowserContext, site: Site, profile: string) {
    this.page = page;
    this.#browser = browser;
    this.#site = site;
    this.#profile = profile;
  }

  static async start({ files, theme }: WorkbenchOptions): Promise<Workbench> {
    const site = new Site(files, {
      'workbench.startupEditor': 'none',
      'workbench.colorTheme': theme === 'dark' ? 'Dark 2026' : 'Light 2026',
      'window.autoDetectColorScheme': false,
      'editor.minimap.enabled': false,
      'testing.automaticallyOpenPeekView': 'never',
    });
    const address = await site.start();
    const profile = newProfile();
    const browser = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath ?? '',
      args: ['--no-sandbox'],
      viewport: { width: 1280, height: 800 },
      colorScheme: theme,
    });
    const page = browser.pages()[0] ?? (await browser.newPage());
    page.setDefaultTimeout(60_000);
    await page.goto(address);
    const workbench = new Workbench(page, browser, site, profile);
    await workbench.#row('.explorer-folders-view', /./).waitFor();
    return workbench;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.#site.stop();
    rmSync(this.#profile, { recursive: true, force: true });
  }

  #row(view: string, text: RegExp | string) {
    return this.page.locator(`${view} .monaco-list-row`, { hasText: text }).first();
  }

  async open(name: string): Promise<void> {
    await this.#row('.explorer-folders-view', name).dblclick();
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await this.page.locator('.view-line').first().waitFor();
  }

  /** Runs a command of the palette by its title. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget input[type="text"]');
    await input.fill(`>${title}`);
    await this.page
      .locator('.quick-input-list .monaco-list-row.focused', { hasText: title })
      .waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** Puts the cursor after the first occurrence of a text in the editor, which is searched from its start. */
  async placeCursor(text: string): Promise<void> {
    await this.page.locator('.editor-instance .view-lines').first().click();
    await this.page.keyboard.press('Control+Home');
    await this.page.keyboard.press('Control+f');
    const input = this.page.locator('.find-widget textarea').first();
    const matches = this.page.locator('.find-widget .matchesCount');
    // The result of an earlier search is not that of this one.
    await input.fill('');
    await matches.filter({ hasText: 'No results' }).waitFor();
    await input.fill(text);
    await matches.filter({ hasText: /^1 of/ }).waitFor();
    await this.page.keyboard.press('Escape');
    await this.page.locator('.find-widget.visible').first().waitFor({ state: 'detached' });
    await this.page.keyboard.press('ArrowRight');
  }

  /**
   * Accepts the completion whose row contains all texts, and waits until the editor shows what it inserts. The list is
   * filled again while completions arrive, which can swallow a click.
   */
  async complete(texts: readonly string[], inserted: string): Promise<void> {
    const line = this.page.locator('.view-line', { hasText: inserted }).first();
    let row = this.page.locator('.suggest-widget.visible .monaco-list-row');
    for (const hasText of texts) row = row.filter({ hasText });
    for (let attempt = 0; attempt < 20 && !(await line.isVisible()); attempt += 1) {
      if (!(await row.first().isVisible())) await this.page.keyboard.press('Control+Space');
      if (await isClicked(row, 5_000))
        await line.waitFor({ timeout: 2_000 }).catch(() => undefined);
    }
    await line.waitFor();
  }

  /** Chooses a lens of the line of a text; it is not listed while the editor resolves it again. */
  async chooseLens(text: string, lens: string): Promise<void> {
    await this.placeCursor(text);
    const listed = this.page.locator('.quick-input-list .monaco-list-row', { hasText: lens });
    for (let attempt = 0; ; attempt += 1) {
      await this.command('Show CodeLens Commands for Current Line');
      if (await isClicked(listed, 3_000)) return;
      if (attempt === 20) throw new Error(`there is no lens ${lens} at ${text}`);
    }
  }

  /** The colors of the words of the line that contains a text. */
  async readColors(text: string): Promise<ReadonlyMap<string, string>> {
    const line = this.page.locator('.view-line', { hasText: text }).first();
    const found = await line
      .locator('span span')
      .evaluateAll((spans) =>
        spans.map((span): [string, string] => [
          (span.textContent ?? '').trim(),
          getComputedStyle(span).color,
        ]),
      );
    return new Map(found);
  }

  /** The labels of the tree of tests, with the state of each. */
  async tests(): Promise<readonly string[]> {
    const rows = this.page.locator('.test-explorer .monaco-list-row');
    return rows.evaluateAll((all) => all.map((row) => row.getAttribute('aria-label') ?? ''));
  }

  /** The frame of the webview that contains an element. */
  async webview(selector: string): Promise<Frame> {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      for (const frame of this.page.frames()) {
        if (
          (await frame
            .locator(selector)
            .count()
            .catch(() => 0)) > 0
        )
          return frame;
      }
      await this.page.waitForTimeout(200);
    }
    throw new Error(`no webview contains ${selector}`);
  }
}

/** Clicks the first match. Resolves with whether there was one before the time was over. */
function isClicked(matches: Locator, timeout: number): Promise<boolean> {
  return matches
    .first()
    .click({ timeout })
    .then(
      () => true,
      () => false,
    );
}

/** A profile in which frames of other origins may have service workers, which webviews need. */
function newProfile(): string {
  const profile = mkdtempSync(join(tmpdir(), 'nhipol-chromium-'));
  mkdirSync(join(profile, 'Default'));
  const preferences = { profile: { cookie_controls_mode: 0, block_third_party_cookies: false } };
  writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify(preferences));
  return profile;
}
