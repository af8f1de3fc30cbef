// The console as operators see it, in Chromium: sessions and their changes, explanations, policies, keys, phones and
// accessibility. With NHIPOL_SCREENSHOTS, a folder, it keeps pictures.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createAccess } from '@nhipol/service';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Harness } from '../service/decisions/service-harness.ts';
import { compileForGuard } from '../service/guard/guard-policy.ts';
import {
  eventually,
  expectAccessible,
  expectFitting,
  looks,
  readText,
} from '../support/pages/browser-page.ts';
import { chromiumPath } from '../support/pages/chromium.ts';
import {
  agent,
  ConsoleBrowser,
  consolePolicy,
  locateFact,
  locateRow,
  pay,
  read,
  risk,
  show,
} from './page.ts';

const pictures = process.env.NHIPOL_SCREENSHOTS;
/** The next version of the policy, which changes the answer to each session that reads. */
const stricter = consolePolicy
  .replace('version "1.0.0"', 'version "1.1.0"')
  .replace('permit reads when', 'permit reads when subject.team is "sales" and');

let browser: ConsoleBrowser;
let harness: Harness;

describe.skipIf(chromiumPath === undefined)('the console (needs Chromium)', () => {
  beforeAll(async () => {
    if (pictures !== undefined) mkdirSync(pictures, { recursive: true });
    browser = await ConsoleBrowser.start();
  }, 120_000);
  afterAll(() => browser?.stop());
  beforeEach(async () => {
    harness = await browser.serve();
  });
  afterEach(async () => {
    await browser.closePages();
    await harness.close();
    expect(browser.problems.splice(0)).toEqual([]);
  });

  const open = async (id: string, facts: object) => {
    expect((await harness.post('/sessions', { id, subject: agent, ...facts })).status).toBe(201);
  };
  const signal = (id: string, name: string) =>
    harness.post(`/sessions/${id}/signals`, { signal: name, payload: {} });
  const openSome = async () => {
    await open('build-7', { ...risk('LOW'), ...read });
    await open('mail-3', { ...risk('MEDIUM'), ...read });
    await open('pay-1', pay);
    await open('stale', read);
  };

  test('shows a fresh session as undecided, a revoke as final, and hidden characters', async () => {
    await open('fresh', {});
    await open('gone-\u202e1', read);
    await signal(encodeURIComponent('gone-\u202e1'), 'leaked');
    const page = await browser.open(harness.url);
    await eventually(() => readText(locateRow(page, 'fresh'))).toMatch(/no decision yet/);
    await eventually(() => readText(page.locator('.sessions'))).toMatch(
      /gone-\\u\{202e\}1\s+revoke\s+\w+\s+final/,
    );
  });

  test('lists the sessions with effect, reasons and the end of the answer', async () => {
    await openSome();
    const page = await browser.open(harness.url);
    await eventually(() => readText(locateRow(page, 'build-7'))).toMatch(
      /^build-7\s+permit\s+reads\s+4 min/,
    );
    expect(await readText(locateRow(page, 'mail-3'))).toContain('narrow');
    expect(await readText(locateRow(page, 'pay-1'))).toMatch(/challenge\s+over/);
    expect(await readText(locateRow(page, 'stale'))).toMatch(/deny\s+risky\s+until a change/);
    expect(page.url()).toBe(`${harness.url}/ui/`);
    await eventually(() => page.title()).toBe('acme.agents – nhipol console');
    expect(await readText(page.locator('.policies'))).toContain('acme.agents 1.0.0');
  });

  test('filters by effect and by id, and reads a session by its whole id', async () => {
    await openSome();
    const page = await browser.open(harness.url);
    await locateRow(page, 'build-7').waitFor();
    await page.getByLabel('Effect').selectOption('challenge');
    await eventually(() => page.locator('tbody tr').count()).toBe(1);
    expect(await readText(page.locator('.sessions .row'))).toContain('1 of 4 sessions');
    await page.getByLabel('Effect').selectOption('');
    await page.getByLabel('Id').fill('l');
    await eventually(() => page.locator('tbody th').allInnerTexts()).toEqual([
      'build-7',
      'mail-3',
      'stale',
    ]);
    await page.getByLabel('Id').fill('elsewhere');
    await page.getByRole('button', { name: 'Read the session' }).click();
    await eventually(() => readText(page.locator('.session'))).toContain(
      'no session with this id is open',
    );
    browser.problems.length = 0;
  });

  test('shows a change and a revocation at once', async () => {
    await openSome();
    const page = await browser.open(harness.url);
    await show(page, 'build-7');
    await harness.call('PATCH', '/sessions/build-7', risk('MEDIUM'));
    const status = page.locator('header [role=status]');
    await expect.poll(() => readText(status), { timeout: 3_000 }).toBe('build-7: permit → narrow');
    expect(await readText(locateRow(page, 'build-7'))).toContain('narrow');
    await signal('build-7', 'leaked');
    await expect.poll(() => readText(status), { timeout: 3_000 }).toBe('build-7: narrow → revoke');
    await eventually(() => readText(page.locator('.session .answer'))).toContain('revoke leaked');
    expect(await readText(page.locator('.session'))).toContain('a credential has leaked');
    const moments = page.locator('.moment');
    expect(await moments.allInnerTexts()).toEqual([
      ...['permit', 'narrow', 'revoke'].map((effect) => expect.stringContaining(effect)),
    ]);
    await moments.first().click();
    await eventually(() => readText(page.locator('.session .answer'))).toContain('permit reads');
    await moments.last().click();
    await eventually(() => readText(page.locator('.session .answer'))).toContain('revoke leaked');
  });

  test('lists sessions that open, and drops those that close', async () => {
    const page = await browser.open(harness.url);
    await page.getByText('No session is open.').waitFor();
    await open('late', { ...risk('LOW'), ...read });
    await locateRow(page, 'late').waitFor();
    await show(page, 'late');
    await harness.call('DELETE', '/sessions/late');
    await page.getByText('No session is open.').waitFor();
    await eventually(() => readText(page.locator('.session'))).toContain(
      'no session with this id is open',
    );
    browser.problems.length = 0;
  });

  test('explains an answer by places in the source, facts read and facts unknown', async () => {
    await openSome();
    const page = await browser.open(harness.url, {}, '/ui/#stale');
    const session = page.locator('.session');
    await session.locator('.answer').waitFor();
    expect(await readText(session.locator('h2'))).toBe('stale');
    const whole = await readText(session);
    const line = 1 + consolePolicy.split('\n').findIndex((each) => each.includes('deny risky'));
    expect(whole).toContain(`deny risky p.nhipol:${line}:8`);
    expect(whole).toContain(
      'Its condition is unknown, because these are missing or stale: context.risk',
    );
    expect(await readText(locateFact(page, 'context.risk.level'))).toContain('missing');
    expect(await readText(locateFact(page, 'once(signal "leaked")'))).toContain('the history');
    await page.getByRole('button', { name: 'mail-3', exact: true }).click();
    await eventually(() => readText(session.locator('h2'))).toBe('mail-3');
    await eventually(() => readText(session)).toContain('"max_rows": 10');
    expect(await readText(locateFact(page, 'context.risk.level'))).toContain('"MEDIUM"');
    expect(await readText(session)).toContain('"team": "ops"');
    await show(page, 'pay-1');
    await eventually(() => readText(locateFact(page, 'action.amount'))).toContain('5');
    expect(await readText(locateFact(page, 'context.approvals'))).toMatch(/missing\s+unknown/);
    await page.getByText('Response (AuthZEN)').click();
    expect(await readText(session.locator('.response').first())).toContain('"decision": false');
  });

  test('activates a policy that was held back', async () => {
    await openSome();
    const { activation } = harness;
    expect(activation.offer(await compileForGuard(stricter)).kind).toBe('held');
    const page = await browser.open(harness.url);
    const held = page.locator('.held');
    await eventually(() => readText(held)).toContain(
      'acme.agents 1.1.0 is held back: it changes the answers to 25.0 % of the sessions',
    );
    await page.getByRole('button', { name: 'Activate 1.1.0' }).click();
    await eventually(() => readText(page.locator('.policies'))).toContain(
      'Activated: 1 permit → deny',
    );
    await eventually(() => held.count()).toBe(0);
    await eventually(() => readText(page.locator('.policies'))).toContain('acme.agents 1.1.0');
    await eventually(() => readText(locateRow(page, 'build-7'))).toContain('deny');
  });

  test('a page of another origin activates nothing', async () => {
    await openSome();
    harness.activation.offer(await compileForGuard(stricter));
    const shown = harness.activation.held?.digest;
    const activate = (origin: string) =>
      harness.post('/policy/activate', { digest: shown }, { origin });
    expect((await activate('https://pages.example')).status).toBe(403);
    expect((await activate('null')).status).toBe(403);
    expect((await activate(harness.url)).status).toBe(200);
  });

  test('names of sessions and messages are text', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    await open(evil, { ...risk('LOW'), ...read });
    const page = await browser.open(harness.url);
    await show(page, evil);
    expect(await readText(page.locator('.session h2'))).toBe(evil);
    expect(await page.locator('img').count()).toBe(0);
  });

  describe('with a key', () => {
    const sha256 = createHash('sha256').update('secret').digest('hex');
    const access = createAccess({ keys: [{ id: 'ops', sha256, roles: ['sessions', 'operate'] }] });

    test('it is required, and forgotten when the page is loaded again', async () => {
      const closed = await browser.serve({ access });
      const headers = { 'x-api-key': 'secret' };
      const body = { id: 's', subject: agent, ...risk('LOW'), ...read };
      expect((await closed.post('/sessions', body, headers)).status).toBe(201);
      const page = await browser.open(closed.url);
      const key = page.getByLabel('API key');
      await key.fill('wrong');
      await page.getByRole('button', { name: 'Use the key' }).click();
      await page.getByText('The service did not accept the key.').waitFor();
      await expectAccessible(page);
      await keepPicture(page, 'key');
      await key.fill('secret');
      await key.press('Enter');
      await locateRow(page, 's').waitFor();
      expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).toBe(
        '[{},{}]',
      );
      await closed.post('/sessions/s/signals', { signal: 'leaked', payload: {} }, headers);
      await eventually(() => readText(locateRow(page, 's'))).toContain('revoke');
      await page.reload();
      await key.waitFor();
      await closed.close();
      // Chromium reports each response with 401.
      const expected = /status of 401/;
      expect(browser.problems.splice(0).filter((each) => !expected.test(each))).toEqual([]);
    });
  });

  test.each(looks)('is accessible and fits the screen: %s', async (look, options) => {
    await openSome();
    harness.activation.offer(await compileForGuard(stricter));
    const page = await browser.open(harness.url, options);
    await page.locator('.held').waitFor();
    await locateRow(page, 'build-7').waitFor();
    await expectAccessible(page);
    await expectFitting(page);
    await keepPicture(page, `${look}-list`);
    await harness.call('PATCH', '/sessions/build-7', risk('MEDIUM'));
    await signal('build-7', 'leaked');
    await eventually(() => readText(locateRow(page, 'build-7'))).toContain('revoke');
    for (const id of ['build-7', 'mail-3', 'pay-1', 'stale']) {
      await show(page, id);
      await eventually(() => readText(page.locator('.session h2'))).toBe(id);
      await expectAccessible(page);
      await expectFitting(page);
      expect(await measureOverflow(page.locator('.session'))).toBe(0);
      await keepPicture(page, `${look}-${id}`);
      await page.getByRole('button', { name: 'Close' }).click();
      await page.locator('.session').waitFor({ state: 'detached' });
    }
  });

  test('its policy forbids scripts in the page and requests to elsewhere', async () => {
    const { headers } = await fetch(`${harness.url}/ui/`);
    const policy = headers.get('content-security-policy') ?? '';
    for (const part of ["default-src 'none'", "script-src 'self'", "connect-src 'self'"]) {
      expect(policy).toContain(part);
    }
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain("frame-ancestors 'none'");
  });

  test('its files have less than 40 kB after compression', () => {
    const names = readdirSync(browser.folder);
    expect(names.sort()).toEqual(['index.html', 'main.js', 'style.css']);
    const sizes = names.map((name) => gzipSync(readFileSync(join(browser.folder, name))).length);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(40_000);
  });
});

/** The pixels of the contents that are outside of the element. */
function measureOverflow(locator: Locator): Promise<number> {
  return locator.evaluate((element) => element.scrollWidth - element.clientWidth);
}

async function keepPicture(page: Page, name: string): Promise<void> {
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`) });
}
