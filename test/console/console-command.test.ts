// `nhipol serve` as a process: when it shows the console. Needs `dist/bin/` and `dist/console/`.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService } from '../service/decisions/service-process.ts';
import { sessionPolicy } from '../service/decisions/sessions/session-policy.ts';
import { compileForGuard } from '../service/guard/guard-policy.ts';

const folder = mkdtempSync(join(tmpdir(), 'nhipol-console-'));
const policy = join(folder, 'policy.wasm');
beforeAll(async () => writeFileSync(policy, await compileForGuard(sessionPolicy)));
afterAll(() => rmSync(folder, { recursive: true }));

/** The status and the type of each file. */
async function listStateFiles(mode: readonly string[]) {
  const state = join(folder, `${mode.join('')}.db`);
  const service = await startService([policy, '--state', state, '--drain', '0', ...mode]);
  try {
    const paths = ['/ui', '/ui/', '/ui/main.js', '/ui/style.css', '/ui/other.js'];
    const responses = await Promise.all(paths.map((path) => fetch(`${service.url}${path}`)));
    return responses.map(({ status, headers }) => [status, headers.get('content-type')]);
  } finally {
    service.child.kill();
    await service.ended;
  }
}

test('a service on a loopback address shows the console', async () => {
  expect(await listStateFiles([])).toEqual([
    [200, 'text/html; charset=utf-8'],
    [200, 'text/html; charset=utf-8'],
    [200, 'text/javascript; charset=utf-8'],
    [200, 'text/css; charset=utf-8'],
    [404, 'application/problem+json; charset=utf-8'],
  ]);
});

test('--console off hides it', async () => {
  const missing = [404, 'application/problem+json; charset=utf-8'];
  expect(await listStateFiles(['--console', 'off'])).toEqual(Array(5).fill(missing));
});
