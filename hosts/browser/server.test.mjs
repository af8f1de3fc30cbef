// `node --test hosts/browser`

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { serve } from './server.mjs';

const folder = mkdtempSync(join(tmpdir(), 'nhipol-browser-'));
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

before(async () => {
  writeFileSync(join(folder, 'a.wasm'), '\0asm');
  writeFileSync(join(folder, 'b c.json'), '{}');
  server = await serve({ '/': '<p>page</p>', '/page.js': '1' }, { '/shared/': `${folder}/` });
});

after(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** @type {readonly (readonly [string, number, string | null])[]} */
const paths = [
  ['', 200, 'text/html; charset=utf-8'],
  ['page.js', 200, 'text/javascript; charset=utf-8'],
  ['shared/a.wasm', 200, 'application/wasm'],
  ['shared/b%20c.json', 200, 'application/json'],
  ['shared/none.json', 404, null],
  ['shared/../../etc/passwd', 404, null],
  ['shared/%2e%2e/%2e%2e/etc/passwd', 404, null],
  ['shared/..%2f..%2fetc%2fpasswd', 404, null],
  ['shared/%', 404, null],
  ['other', 404, null],
];

for (const [path, status, type] of paths) {
  test(`/${path} is ${status}`, async () => {
    const response = await fetch(server.url + path);
    assert.equal(response.status, status);
    assert.equal(response.headers.get('content-type'), type);
  });
}
