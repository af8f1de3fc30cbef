// Downloads and the copy of a policy by URL: what a server sends cannot take memory or time without a limit, lead elsewhere or
// be read by others, and a copy that was changed is not used.

import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { download } from '@nhipol/service';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { KeptPolicy } from '../../../cli/commands/serve/versions/kept-policy.ts';
import { attack } from '../../attacks/attack.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/policy.wasm`);
}

const maxBytes = 1_000_000;
const from = (url: URL, timeout = 20_000) => download({ url, maxBytes, timeout });

describe('a download', () => {
  test('returns the file and its tag, and nothing for the tag that is known', async () => {
    const url = await serve(({ headers }, response) => {
      const isKnown = headers['if-none-match'] === '"1"';
      response.writeHead(isKnown ? 304 : 200, { etag: '"1"' }).end(isKnown ? undefined : 'abc');
    });
    const found = await from(url);
    expect([Buffer.from(found?.bytes ?? []).toString(), found?.tag]).toEqual(['abc', '"1"']);
    expect(await download({ url, maxBytes, timeout: 20_000, tag: '"1"' })).toBeUndefined();
  });

  attack('http-policy-flood', async () => {
    let sent = 0;
    const flood = await serve((_, response) => {
      const chunk = Buffer.alloc(65_536);
      const more = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more);
      more();
    });
    const before = process.memoryUsage().rss;
    await expect(from(flood)).rejects.toThrow('it is longer than 1000000 bytes');
    expect(sent).toBeLessThan(50_000_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
    const announced = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 700_000_000 }).flushHeaders();
    });
    await expect(from(announced)).rejects.toThrow('it is longer than');
    const bomb = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(maxBytes)));
    });
    await expect(from(bomb)).rejects.toThrow('it is encoded as gzip');
    const slow = await serve((_, response) => {
      response.write('a');
      const timer = setInterval(() => response.write('a'), 50);
      response.on('close', () => clearInterval(timer));
    });
    await expect(from(slow, 400)).rejects.toThrow('it was not complete after 0.4 seconds');
    const short = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('abc', () => response.destroy());
    });
    await expect(from(short)).rejects.toThrow();
  });

  attack('http-policy-elsewhere', async () => {
    let visits = 0;
    const other = await serve((_, response) => {
      visits += 1;
      response.end('abc');
    });
    for (const location of [other.href, 'http://example.com/', 'file:///etc/passwd', '//x/', '']) {
      const url = await serve((_, response) => response.writeHead(302, { location }).end());
      await expect(from(url)).rejects.toThrow(/redirects to another origin|redirects too often/);
    }
    expect(visits).toBe(0);
    const own = await serve(({ url }, response) => {
      if (url === '/moved') response.end('abc');
      else response.writeHead(307, { location: '/moved' }).end();
    });
    expect((await from(own))?.bytes).toHaveLength(3);
    await expect(from(new URL('http://policies.example/p'))).rejects.toThrow('with https');
    await expect(from(new URL('https://me:secret@policies.example/p'))).rejects.toThrow(
      'without a user',
    );
  });

  test.each([404, 500, 401])('status %i is an error', async (status) => {
    const url = await serve((_, response) => response.writeHead(status).end('abc'));
    await expect(from(url)).rejects.toThrow(`status ${status}`);
  });
});

describe('the copy of a policy', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nhipol-kept-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const url = 'https://policies.example/p.wasm';
  const module = new Uint8Array([0, 97, 10, 109, 10, 255]);
  const files = { facts: ['{}'], entities: ['[]', '{}'], mapping: [], signals: [] };

  test('is that of its URL, and the latest', async () => {
    const kept = new KeptPolicy(join(folder, 'a.db'), url);
    expect(await kept.read()).toBeUndefined();
    const tables = new Map([['owners', '{"f":"ann"}']]);
    kept.write({ module: new Uint8Array([1]), tables: new Map(), files });
    kept.write({ module, tables, files });
    expect(await kept.read()).toEqual({ module, tables, files });
    expect(await new KeptPolicy(join(folder, 'a.db'), `${url}2`).read()).toBeUndefined();
  });

  attack('http-policy-copy', async () => {
    const kept = new KeptPolicy(join(folder, 'b.db'), url);
    kept.write({ module, tables: new Map([['owners', '{"f":"ann"}']]), files });
    const whole = readFileSync(kept.path);
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(kept.path, changed);
      const read = await kept.read().catch((error: Error) => error);
      expect(read instanceof Error || read === undefined).toBe(true);
    }
    for (const length of [0, 1, whole.length - 1]) {
      writeFileSync(kept.path, whole.subarray(0, length));
      await expect(kept.read()).rejects.toThrow('is damaged');
    }
    rmSync(kept.path);
    writeFileSync(join(folder, 'target'), whole);
    symlinkSync(join(folder, 'target'), kept.path);
    await expect(kept.read()).rejects.toThrow();
  });
});
