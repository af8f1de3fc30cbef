// The playground in Chromium: builds the site, serves it on this machine, and opens pages that must not report an error or
// request anything from elsewhere.

import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sirv from 'sirv';
import { launchChromium, watchPage } from '../support/pages/browser-page.ts';

export const site = 'dist/playground';

export class Playground {
  readonly #server: Server;
  readonly #browser: Browser;
  /** The errors that pages reported, and the addresses elsewhere that they requested. */
  readonly problems: string[] = [];
  /** The paths of the files that pages and their workers requested. */
  readonly requested: string[] = [];

  private constructor(server: Server, browser: Browser) {
    this.#server = server;
    this.#browser = browser;
    server.on('request', ({ url = '' }) => this.requested.push(url));
  }

  static async start(): Promise<Playground> {
    execFileSync(process.execPath, ['scripts/build/playground.mjs'], { stdio: 'inherit' });
    const server = createServer(sirv(site, { dev: true }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Playground(server, await launchChromium());
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves when the first decision is shown. */
  async open(fragment = '', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await watchPage(this.#browser, this.origin, this.problems, {
      permissions: ['clipboard-read', 'clipboard-write'],
      ...options,
    });
    await page.goto(`${this.origin}/${fragment}`);
    await page.locator('#panel-decision :is(.answer, .note)').first().waitFor();
    return page;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** The line of the decision. */
export function locateAnswer(page: Page) {
  return page.locator('#panel-decision .answer');
}

/** Chooses a tab, on a wide or a narrow screen. */
export async function choose(page: Page, title: string): Promise<void> {
  await page.getByRole('tab', { name: title, exact: true }).click();
}

export function locatePolicy(page: Page) {
  return page.locator('.policy-field .cm-content');
}

/** Replaces a text in the policy, as a person does: selects it, and types. */
export async function replaceInPolicy(page: Page, from: string, to: string): Promise<void> {
  const line = page.locator('.policy-field .cm-line', { hasText: from }).first();
  await line.click();
  await page.keyboard.press('Home');
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+End');
  const text = (await line.textContent()) ?? '';
  await page.keyboard.insertText(text.replace(from, to));
}

/** Moves the mouse over a word in the line of the policy that contains `text`. */
export async function hoverWord(page: Page, text: string, word: string): Promise<void> {
  const line = page.locator('.policy-field .cm-line', { hasText: text }).first();
  await line.scrollIntoViewIfNeeded();
  const place = await line.evaluate((element, wanted) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const at = node.textContent?.indexOf(wanted) ?? -1;
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 2);
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    }
    return undefined;
  }, word);
  if (place === undefined) throw new Error(`${word} is not in a line with ${text}`);
  await page.mouse.move(place.x, place.y);
}
