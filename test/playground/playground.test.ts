// The playground as its users see it, in Chromium: every panel, links, samples, phones, the keyboard and accessibility.
// With NHIPOL_SCREENSHOTS, a folder, it keeps pictures of all panels.

import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { load } from '@nhipol/runtime';
import moment from 'moment-timezone';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  eventually,
  expectAccessible,
  expectFitting,
  looks,
  readText,
} from '../support/pages/browser-page.ts';
import { chromiumPath } from '../support/pages/chromium.ts';
import {
  choose,
  hoverWord,
  locateAnswer,
  locatePolicy,
  Playground,
  replaceInPolicy,
  site,
} from './page.ts';

const pictures = process.env.NHIPOL_SCREENSHOTS;
let playground: Playground;

describe.skipIf(chromiumPath === undefined)('the playground (needs Chromium)', () => {
  beforeAll(async () => {
    if (pictures !== undefined) mkdirSync(pictures, { recursive: true });
    playground = await Playground.start();
  }, 120_000);
  afterAll(() => playground?.stop());
  afterEach(() => {
    expect(playground.problems.splice(0)).toEqual([]);
  });

  test('a new visitor sees the first policy and its decision', async () => {
    const page = await playground.open();
    await eventually(() => readText(locateAnswer(page))).toContain('permit own_team');
    expect(await readText(locateAnswer(page))).toContain('until 2026-03-03 10:03:00.001 UTC');
    expect(await readText(page.locator('#panel-decision .why'))).toContain(
      'valid until 2026-03-03T10:03:00.001Z',
    );
    expect(await page.title()).toBe('acme.first – nhipol playground');
    await page.context().close();
  });

  test('the form and the JSON show and change the same request', async () => {
    const page = await playground.open();
    await page.getByLabel('external').selectOption('true');
    await eventually(() => readText(locateAnswer(page))).toContain('challenge external_mail');
    await page.getByRole('button', { name: 'JSON' }).click();
    const json = page.getByRole('textbox', { name: 'Request' });
    expect(await readText(json)).toContain('"external": true');
    await json.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText('{ "subject": 1 }');
    await eventually(() => readText(locateAnswer(page))).toContain('deny invalid_request');
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText('no JSON');
    await page.getByRole('button', { name: 'Form' }).click();
    expect(await readText(page.locator('#panel-decision .note'))).toContain('not a JSON object');
    await page.context().close();
  });

  test('errors are shown while typing, with a fix, and the decision returns', async () => {
    const page = await playground.open();
    await replaceInPolicy(page, 'subject.team is resource.team', 'subject.teem is resource.team');
    const mark = page.locator('.cm-lintRange-error');
    await mark.waitFor();
    await eventually(() => readText(page.locator('#panel-decision .note').first())).toContain(
      'The policy has errors',
    );
    await mark.hover();
    await page.locator('.cm-diagnosticAction').first().click();
    await eventually(() => mark.count()).toBe(0);
    expect(await readText(locatePolicy(page))).toContain('subject.team is resource.team');
    await locateAnswer(page).waitFor();
    await page.context().close();
  });

  test('the editor completes members and shows types', async () => {
    const page = await playground.open();
    await replaceInPolicy(page, 'subject.team is resource.team', 'subject.team is resource.');
    await page.keyboard.press('Control+Space');
    const options = page.locator('.cm-tooltip-autocomplete li');
    await options.first().waitFor();
    expect(await options.allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringContaining('team')]),
    );
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Z');
    await hoverWord(page, 'context.risk.level >= high', 'risk.');
    await eventually(() => page.locator('.cm-lsp-hover-tooltip').allInnerTexts()).toEqual([
      expect.stringContaining('older than 300 s'),
    ]);
    await page.context().close();
  });

  test('invariants are proved, or refuted with a request', async () => {
    const page = await playground.open();
    await locatePolicy(page).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText(`
invariant "high risk never mails" for agent doing send_mail
  context.risk.level is high implies effect >= deny
invariant "nobody acts" for any
  effect >= deny
`);
    await choose(page, 'Tests');
    await page.getByRole('button', { name: 'Prove 2 invariants' }).click();
    const panel = page.locator('#panel-tests');
    await eventually(() => readText(panel)).toContain('refuted nobody acts');
    await panel.getByText('Why').last().click();
    expect(await readText(panel)).toContain('"decision": true');
    await panel.getByRole('button', { name: 'nobody acts' }).click();
    await eventually(() => readText(page.locator('.policy-field .cm-activeLine'))).toContain(
      'nobody acts',
    );
    await page.context().close();
  });

  test('tests run, and a failure leads to its line', async () => {
    const page = await playground.open();
    await choose(page, 'Tests');
    await page.getByRole('button', { name: 'Run 2 tests' }).click();
    const panel = page.locator('#panel-tests');
    await eventually(() => readText(panel)).toContain('2 passed, 0 failed');
    expect(await page.locator('.cm-coverage .covered').count()).toBeGreaterThan(0);
    expect(await page.locator('.cm-coverage .partly').count()).toBeGreaterThan(0);
    await replaceInPolicy(page, 'challenge external_mail', 'deny external_mail');
    expect(await page.locator('.cm-coverage .covered').count()).toBe(0);
    await page.getByRole('button', { name: 'Run 2 tests' }).click();
    await eventually(() => readText(panel)).toContain('1 passed, 1 failed');
    expect(await readText(panel)).toContain('expected challenge, found deny');
    await panel
      .getByRole('button', { name: /^line \d+$/ })
      .first()
      .click();
    await eventually(() => readText(page.locator('.policy-field .cm-activeLine'))).toContain(
      'expect challenge',
    );
    await page.context().close();
  });

  test('a session continues with decisions, signals and time', async () => {
    const page = await playground.open();
    await choose(page, 'Session');
    const moments = page.locator('.moment');
    await page.getByRole('button', { name: 'Decide the request' }).click();
    await eventually(() => moments.allInnerTexts()).toEqual([
      expect.stringMatching(/opens\s+permit/),
      expect.stringMatching(/send_mail\s+permit/),
    ]);
    await page.getByRole('button', { name: 'Until the answer ends' }).click();
    await eventually(() => readText(moments.last())).toMatch(/\+180001 ms\s+deny/);
    const panel = page.locator('#panel-session');
    await eventually(() => readText(panel)).toContain('`context.risk` is stale');
    await page.getByText('Send a signal').click();
    await panel.getByRole('button', { name: 'Send', exact: true }).click();
    await eventually(() => readText(moments.last())).toMatch(/credential_leaked\s+revoke/);
    await moments.first().click();
    await eventually(() => readText(panel.locator('h3'))).toBe('2026-03-03 10:00:00 UTC');
    await page.getByRole('button', { name: 'Undo' }).click();
    await eventually(() => moments.count()).toBe(3);
    await page.getByRole('button', { name: 'Restart' }).click();
    await eventually(() => moments.count()).toBe(1);
    await page.context().close();
  });

  test('changes are compared with the version that was opened', async () => {
    const page = await playground.open();
    await replaceInPolicy(page, 'context.risk.level >= high', 'context.risk.level > high');
    await choose(page, 'Changes');
    const panel = page.locator('#panel-compare');
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await eventually(() => readText(panel)).toContain('looser');
    await page.getByRole('button', { name: 'Keep this version' }).click();
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await eventually(() => readText(panel)).toContain('the same policy');
    await page.context().close();
  }, 120_000);

  test('the compiled module decides as the page does', async () => {
    const page = await playground.open();
    await choose(page, 'Module');
    await page.getByRole('button', { name: 'Compile' }).click();
    const link = page.getByRole('link', { name: 'acme.first.wasm' });
    await link.waitFor({ timeout: 120_000 });
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const module = load(readFileSync(await download.path()));
    const request = readFileSync('web/playground/samples/first-request.json');
    const { effect, reasons } = module.decideJson(request, { now: 'request' });
    // Without a session, nobody knows whether the credential was reported.
    expect([effect, reasons]).toEqual(['deny', ['leaked']]);
    await page.context().close();
  }, 180_000);

  test('a link contains the policy, the request and the session', async () => {
    const page = await playground.open();
    await replaceInPolicy(page, 'it is a ticket of', 'one more ticket of');
    await page.getByLabel('external').selectOption('true');
    await choose(page, 'Session');
    await page.getByRole('button', { name: '+1 h' }).click();
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByText('Link copied').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toContain(`${playground.origin}/#1.`);
    const other = await playground.open(new URL(link).hash);
    expect(await readText(locatePolicy(other))).toContain('one more ticket of');
    await eventually(() => readText(locateAnswer(other))).toContain('challenge');
    await choose(other, 'Session');
    await eventually(() => other.locator('.moment').count()).toBe(2);
    await page.context().close();
    await other.context().close();
  });

  test('a damaged link is reported, and the first policy opens', async () => {
    for (const fragment of ['#1.AAAA', '#1.%%%', '#1.']) {
      const page = await playground.open(fragment);
      expect(await readText(page.getByRole('alert'))).toContain('This link is damaged');
      await eventually(() => readText(locateAnswer(page))).toContain('permit own_team');
      await page.context().close();
    }
  });

  test('markup in the policy of a link is text', async () => {
    const page = await playground.open();
    const evil = '<img src=x onerror=alert(1)>';
    await replaceInPolicy(
      page,
      '// What the risk engine says',
      `// ${evil} What the risk engine says`,
    );
    await replaceInPolicy(page, 'it is a ticket of', `${evil} a ticket of`);
    await eventually(() => readText(page.locator('#panel-decision .why'))).toContain(evil);
    await hoverWord(page, 'context.risk.level >= high', 'risk.');
    await page.locator('.cm-lsp-hover-tooltip').waitFor();
    expect(await page.locator('img').count()).toBe(0);
    await page.context().close();
  });

  test('the page about the first policy follows the playground', async () => {
    const guide = readFileSync('docs/first-policy.md', 'utf8');
    const page = await playground.open();
    const source = await page.evaluate(() => fetch('main.js').then((found) => found.text()));
    const names = [...guide.matchAll(/\*\*([^*`]+)\*\*/g)].map(([, name = '']) => name);
    expect(new Set(names).size).toBeGreaterThan(10);
    // `Run 2 tests` has the number of tests.
    for (const name of names) expect(source).toContain(name.replace(/ \d.*/, ''));
    expect(sampleText('first-policy').split('\n')[20]).toContain('subject.team');
    await page.getByLabel('level').selectOption('missing');
    await eventually(() => readText(locateAnswer(page))).toContain('deny risky');
    const [, added = ''] = /```nhipol-part\n(.*?)```/s.exec(guide) ?? [];
    await locatePolicy(page).click();
    for (const key of ['Control+End', 'ArrowUp', 'Home']) await page.keyboard.press(key);
    await page.keyboard.insertText(added);
    await choose(page, 'Tests');
    await page.getByRole('button', { name: 'Run 2 tests' }).click();
    const panel = page.locator('#panel-tests');
    await eventually(() => readText(panel)).toContain('2 passed, 0 failed');
    const row = (rule: string) => panel.getByRole('row', { name: rule });
    expect(await row('external_mail').allInnerTexts()).toEqual([
      expect.stringMatching(/external_mail\s+2\s+1\s+0/),
    ]);
    expect(await row('risky').allInnerTexts()).toEqual([
      expect.stringMatching(/risky\s+1\s+2\s+0/),
    ]);
    await page.context().close();
  });

  test('each sample opens without errors, and its tests pass', async () => {
    const samples: readonly { readonly id: string; readonly title: string }[] = JSON.parse(
      readFileSync(join(site, 'samples/index.json'), 'utf8'),
    );
    expect(samples.length).toBeGreaterThan(12);
    const page = await playground.open();
    for (const { id } of samples) {
      await choose(page, 'Decision');
      await page.getByLabel('Sample').selectOption(id);
      const name = /^policy ([\w.]+)/m.exec(sampleText(id))?.[1] ?? expect.fail(id);
      await eventually(() => page.title()).toContain(name);
      await eventually(() => page.locator('#panel-decision .note').count()).toBe(0);
      expect(await page.locator('.cm-lintRange-error').count(), id).toBe(0);
      await choose(page, 'Tests');
      await page.getByRole('button', { name: /^Run \d+ tests?$/ }).click();
      const panel = page.locator('#panel-tests');
      await eventually(() => readText(panel)).toMatch(/\d+ passed, 0 failed/);
    }
    await page.context().close();
  }, 300_000);

  test('the keyboard reaches everything, and leaves the editor', async () => {
    const page = await playground.open();
    await page.getByRole('tab', { name: 'Decision' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await readText(page.locator(':focus'))).toBe('Tests');
    await page.keyboard.press('End');
    expect(await readText(page.locator(':focus'))).toBe('Module');
    await page.keyboard.press('Tab');
    expect(await readText(page.locator(':focus'))).toBe('Compile');
    await locatePolicy(page).click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').getAttribute('role')).toBe('tab');
    await page.context().close();
  });

  test.each(looks)(
    'every panel is accessible and fits the screen: %s',
    async (look, options) => {
      const page = await playground.open('', options);
      const isPhone = options.isMobile === true;
      for (const title of [...(isPhone ? ['Policy'] : []), ...panelTitles]) {
        await choose(page, title);
        await use(page, title);
        await expectAccessible(page);
        await expectFitting(page);
        if (pictures !== undefined) {
          await page.screenshot({ path: join(pictures, `${look}-${title.toLowerCase()}.png`) });
        }
      }
      await page.context().close();
    },
    120_000,
  );

  test('a chosen color scheme is kept, against that of the system', async () => {
    const page = await playground.open('', { colorScheme: 'light' });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.getByLabel('Colors').selectOption('dark');
    expect(await ground()).not.toBe(light);
    await expectAccessible(page);
    await page.reload();
    await locateAnswer(page).waitFor();
    expect(await ground()).not.toBe(light);
    await page.context().close();
  });

  test('the first load has less than 525 kB after compression', async () => {
    playground.requested.length = 0;
    const page = await playground.open();
    const names = playground.requested.map((path) => (path === '/' ? '/index.html' : path));
    const files = names.map((name) => readFileSync(join(site, name)));
    const measureSize = (compress: (file: Buffer) => Buffer) =>
      files.reduce((sum, file) => sum + compress(file).length, 0);
    expect(names).toEqual(expect.arrayContaining(['/index.html', '/main.js', '/worker.js']));
    for (const name of ['/compiler.js', '/time-zones.json']) expect(names).not.toContain(name);
    expect(measureSize((file) => brotliCompressSync(file))).toBeLessThan(447_000);
    expect(measureSize((file) => gzipSync(file, { level: 9 }))).toBeLessThan(525_000);
    await page.context().close();
  });

  test('a policy that names a time zone loads the data of all zones', async () => {
    const page = await playground.open();
    playground.requested.length = 0;
    await page.getByLabel('Sample').selectOption('payment-bot');
    await eventually(() => page.title()).toContain('payment');
    expect(playground.requested).toContain('/time-zones.json');
    await page.context().close();
  });

  test('without the data of time zones, it says what is missing, and then tries again', async () => {
    const page = await playground.open();
    await page.context().route('**/time-zones.json', (route) => route.fulfill({ status: 503 }));
    await page.getByLabel('Sample').selectOption('payment-bot');
    await eventually(() => readText(page.locator('#panel-decision .note').first())).toBe(
      'The policy names a time zone, and time-zones.json could not be loaded: 503.',
    );
    await page.context().unroute('**/time-zones.json');
    await locatePolicy(page).click();
    await page.keyboard.type(' ');
    await locateAnswer(page).waitFor();
    playground.problems.length = 0;
    await page.context().close();
  });

  test('the zones that it loads are those of the checker', async () => {
    const zonesNow = () => import('../../language/types/time/zones.ts');
    const { findZone: zoneOf } = await zonesNow();
    vi.resetModules();
    vi.doMock('moment-timezone', () => import('../../web/playground/worker/time-zones.ts'));
    vi.stubGlobal('timeZoneRelease', moment.tz.dataVersion);
    vi.stubGlobal('XMLHttpRequest', FileRequest);
    vi.stubGlobal('location', new URL('worker.js', playground.origin));
    const loaded = await zonesNow();
    vi.doUnmock('moment-timezone');
    expect(loaded.zoneRelease).toBe(moment.tz.dataVersion);
    for (const name of moment.tz.names()) expect(loaded.findZone(name)).toEqual(zoneOf(name));
    expect(loaded.findZone('constructor')).toBeUndefined();
    vi.unstubAllGlobals();
  });

  test('hidden panels wait until they are shown', async () => {
    const page = await playground.open();
    await locateAnswer(page).waitFor();
    await choose(page, 'Tests');
    await replaceInPolicy(page, 'permit own_team', 'permit same_team');
    await eventually(() => page.locator('.cm-lintRange-error').count()).toBeGreaterThan(0);
    await replaceInPolicy(page, 'because own_team', 'because same_team');
    await eventually(() => page.getByRole('button', { name: 'Run 2 tests' }).isEnabled()).toBe(
      true,
    );
    const hidden = page.locator('#panel-decision .answer');
    expect(await hidden.textContent()).toContain('own_team');
    expect(await page.locator('#panel-session').textContent()).toBe('');
    await choose(page, 'Decision');
    await eventually(() => readText(locateAnswer(page))).toContain('permit same_team');
    await page.context().close();
  });
});

/** Requests of a worker: for files of the site, from the disk. */
class FileRequest {
  readonly status = 200;
  responseText = '';

  open(_method: string, url: URL): void {
    this.responseText = readFileSync(join(site, basename(url.pathname)), 'utf8');
  }

  send(): void {}
}

const panelTitles = ['Decision', 'Tests', 'Session', 'Changes', 'Module'] as const;

/** Fills the panel with a result. */
async function use(page: Page, title: string): Promise<void> {
  if (title === 'Tests') {
    await page.getByRole('button', { name: 'Run 2 tests' }).click();
    await page.getByText('2 passed').waitFor();
  }
  if (title === 'Session') {
    await page.getByRole('button', { name: 'Decide the request' }).click();
    await page.getByRole('button', { name: '+5 min' }).click();
    await eventually(() => page.locator('.moment').count()).toBe(3);
  }
  if (title === 'Changes') {
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByText('the same policy').waitFor({ timeout: 60_000 });
  }
}

function sampleText(id: string): string {
  const { policy } = JSON.parse(readFileSync(join(site, 'samples', `${id}.json`), 'utf8'));
  return policy.files[policy.entry];
}
