// The console in Chromium: a service with sessions, and pages of its console that must not report an error or request
// anything from elsewhere.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConsoleRoutes, type ServiceOptions } from '@nhipol/service';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { buildConsole } from '../../scripts/build/console.mjs';
import { type Harness, openHarness } from '../service/decisions/service-harness.ts';
import { sessionPolicy } from '../service/decisions/sessions/session-policy.ts';
import { launchChromium, watchPage } from '../support/pages/browser-page.ts';

/** Reading is also denied while the risk is high or unknown. */
export const consolePolicy = sessionPolicy
  .replace('test.sessions', 'acme.agents')
  .replace('deny too_often', 'deny risky when context.risk.level is HIGH\n  deny too_often');

export const agent = { type: 'ai_agent', id: 'a-1', properties: { team: 'ops' } };
const file = { type: 'file', id: 'f-1' };
export const read = { action: { name: 'read' }, resource: file };
export const pay = { action: { name: 'pay', properties: { amount: 5 } }, resource: file };

/** A context with a risk that was observed now. */
export function risk(level: 'LOW' | 'MEDIUM') {
  return { context: { risk: { level, observed_at: new Date().toISOString() } } };
}

/** The files of the console, built once, and a browser. */
export class ConsoleBrowser {
  readonly folder: string;
  readonly #browser: Browser;
  readonly #contexts: (() => Promise<void>)[] = [];
  readonly problems: string[] = [];

  private constructor(folder: string, browser: Browser) {
    this.folder = folder;
    this.#browser = browser;
  }

  static async start(): Promise<ConsoleBrowser> {
    const folder = mkdtempSync(join(tmpdir(), 'nhipol-console-'));
    await buildConsole(folder);
    return new ConsoleBrowser(folder, await launchChromium());
  }

  /** A service with the console. */
  serve(service: Partial<ServiceOptions> = {}): Promise<Harness> {
    const addRoutes = createConsoleRoutes(this.folder);
    return openHarness({
      policy: consolePolicy,
      holdAbove: 0.05,
      service: { addRoutes, ...service },
    });
  }

  async open(url: string, options: BrowserContextOptions = {}, path = '/ui'): Promise<Page> {
    const page = await watchPage(this.#browser, url, this.problems, options);
    this.#contexts.push(() => page.context().close());
    await page.goto(`${url}${path}`);
    return page;
  }

  async closePages(): Promise<void> {
    for (const close of this.#contexts.splice(0)) await close();
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The row of a session in the list. */
export function locateRow(page: Page, id: string) {
  return page.getByRole('row').filter({ has: page.getByRole('button', { name: id, exact: true }) });
}

/** Shows a session from the list. */
export async function show(page: Page, id: string): Promise<void> {
  await page.getByRole('button', { name: id, exact: true }).click();
  await page.locator('.session .answer').waitFor();
}

/** The row of something that the answer read. */
export function locateFact(page: Page, path: string) {
  return page
    .locator('.depends tr')
    .filter({ has: page.locator('th').getByText(path, { exact: true }) });
}
