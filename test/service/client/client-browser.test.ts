// The client as a bundler delivers it: in Chromium, where it follows a session until it is revoked, and without anything of
// Node in it. The middleware with decisions of a service needs nothing of Node either.

import { serviceItself } from '@nhipol/service';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from '../../support/pages/chromium.ts';
import { bundle } from './client-bundle.ts';
import { compileShop, type Running, runService, shopRequest } from './client-harness.ts';

describe('a bundle', () => {
  test.each(['client', 'middleware'])('of the %s has nothing of Node', async (name) => {
    const { imports, code, modules } = await bundle(`service/${name}/index.ts`);
    expect(imports).toEqual([]);
    expect(code).not.toMatch(/\bprocess\.|\bBuffer\b|\brequire\(/);
    expect(modules.filter((module) => /service\/(?:pdp|http|store|log)\//.test(module))).toEqual(
      [],
    );
  });

  test('of the client is small', async () => {
    const { code } = await bundle('service/client/index.ts');
    expect(code.length).toBeLessThan(60_000);
  });
});

describe.runIf(chromiumPath !== undefined)('in Chromium', () => {
  let running: Running;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    const { code } = await bundle('service/client/index.ts');
    // A page must have the origin of the service.
    running = await runService(
      await compileShop(),
      {},
      {
        addRoutes: (app) => {
          app.get('/page', (_, reply) =>
            reply.type('text/html').send('<!doctype html><title>t</title>'),
          );
          app.get('/client.js', (_, reply) => reply.type('text/javascript').send(code));
        },
      },
    );
    browser = await chromium.launch({
      executablePath: chromiumPath ?? '',
      args: ['--no-sandbox'],
    });
    page = await browser.newPage();
    page.on('pageerror', ({ message }) => problems.push(message));
    await page.goto(`${running.service.url}/page`);
  });
  afterAll(async () => {
    await browser?.close();
    await running?.end();
    expect(problems).toEqual([]);
  });

  /** Runs a program in the page with the exports of the client. */
  function run(program: string): Promise<unknown> {
    const { url } = running.service;
    return page.evaluate(
      `(async () => {
        const { ServiceClient, ServiceError, RevokedError } = await import('/client.js');
        const client = new ServiceClient({ url: '${url}' });
        const request = ${JSON.stringify(shopRequest('read'))};
        ${program}
      })()`,
    );
  }

  test('evaluates, and fails closed', async () => {
    expect(
      await run(`
        const nowhere = new ServiceClient({ url: 'http://127.0.0.1:9' });
        const denied = await nowhere.evaluate(request);
        return [(await client.evaluate(request)).decision, denied.decision, denied.context.reasons];
      `),
    ).toEqual([true, false, ['unreachable']]);
  });

  test('follows a session, and aborts when it is revoked', async () => {
    const result = run(`
      const { session } = await client.open({ ...request, id: 'in-a-page' });
      const watch = session.watch();
      await watch.ready;
      document.title = 'watching';
      await new Promise((resolve) => watch.signal.addEventListener('abort', resolve));
      return [watch.signal.reason instanceof RevokedError, watch.signal.reason.message];
    `);
    await page.waitForFunction(`document.title === 'watching'`);
    await running.point.sessions.signal(
      serviceItself,
      'in-a-page',
      'session-revoked',
      {},
      undefined,
    );
    expect(await result).toEqual([true, 'the session was ended']);
  });

  test('connects again after the network was away', async () => {
    const context = page.context();
    const result = run(`
      const { session } = await client.open({ ...request, id: 'offline' });
      const kinds = [];
      const watch = session.watch({ onEvent: ({ kind }) => kinds.push(kind) });
      await watch.ready;
      document.title = 'offline';
      await new Promise((resolve) => watch.signal.addEventListener('abort', resolve));
      return kinds;
    `);
    await page.waitForFunction(`document.title === 'offline'`);
    await context.setOffline(true);
    await running.point.sessions.signal(serviceItself, 'offline', 'session-revoked', {}, undefined);
    await context.setOffline(false);
    expect(await result).toEqual(expect.arrayContaining(['state', 'revoked']));
  });
});
