// docs/http-client.md and docs/middleware.md: their programs run against a service with the policy of the page, and produce
// the values in their comments.

import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as serviceApi from '@nhipol/service';
import { serviceItself } from '@nhipol/service';
import * as clientApi from '@nhipol/service/client';
import * as middlewareApi from '@nhipol/service/middleware';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Running, runService } from '../../service/client/client-harness.ts';
import { frameworkApis, startFramework } from '../../service/client/middleware-servers.ts';
import { accessWithApprover, approverKey } from '../../service/guard/approvals/approver.ts';
import { compileForGuard } from '../../service/guard/guard-policy.ts';
import { type Block, readPage } from '../../support/pages/pages.ts';

const clientPage = readPage('http-client.md');
const middlewarePage = readPage('middleware.md');
const policy = clientPage.blocks.find(({ language }) => language === 'nhipol')?.text ?? '';

let wasm: Uint8Array;
let running: Running;
beforeAll(async () => {
  wasm = await compileForGuard(policy);
  running = await runService(wasm, {}, { access: accessWithApprover });
});
afterAll(() => running.end());

const AsyncFunction = (async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<unknown>;

/** Runs blocks as one program, whose imports are taken from `given`. Returns the value of `result`. */
function run(blocks: readonly Block[], given: object, result = 'undefined'): Promise<unknown> {
  const lines = blocks.flatMap(({ text, line }) =>
    text.split('\n').map((each, at) => checkLine(each, line + at + 1)),
  );
  const program = [...lines, `return ${result};`]
    .join('\n')
    .replaceAll("'http://127.0.0.1:8181'", JSON.stringify(running.service.url));
  return new AsyncFunction(...Object.keys(given), program)(...Object.values(given));
}

function checkLine(line: string, at: number): string {
  if (line.startsWith('import ')) return '';
  const [, code, value] = /^(\S.*); \/\/ (.*)$/.exec(line) ?? [];
  return code === undefined ? line : `expectLine(${at}, ${code}, ${value});`;
}

test('the programs of the client produce the values on the page', async () => {
  const seen: number[] = [];
  const expectLine = (line: number, value: unknown, expected: unknown) => {
    seen.push(line);
    expect({ line, value }).toEqual({ line, value: expected });
  };
  const blocks = clientPage.blocks.filter(({ language }) => language === 'js');
  const process = { env: { APPROVER_KEY: approverKey } };
  await run(blocks, { ...clientApi, expectLine, process });
  expect(seen.length).toBeGreaterThan(12);
});

test('the page of the client lists the members of errors', () => {
  const error = new clientApi.ServiceError('x');
  for (const member of ['status', 'detail', 'path', 'code', 'isTransient']) {
    expect(member in error).toBe(true);
    expect(clientPage.text).toContain(`| \`${member}\` |`);
  }
});

function block(title: string): readonly Block[] {
  const found = middlewarePage.blocks.filter((each) => each.title === title);
  expect(found).toHaveLength(1);
  return found;
}

const agentOf = (request: middlewareApi.AnyRequest) => ({
  type: 'agent',
  id: 'a-1',
  properties: { team: middlewareApi.getHeader(request, 'x-team') },
});
/** Stands for the claim of a verified token. */
const sessionOf = (request: middlewareApi.AnyRequest) => middlewareApi.getHeader(request, 'x-sid');
const accountsOf = async (team: string, { limit }: { readonly limit?: number }) => ({
  team,
  limit: limit ?? 'none',
});

describe.each(['express', 'fastify', 'hono', 'fetch'])('the program for %s', (framework) => {
  test.each(['remote', 'local'])('refuses and limits with the backend of %s', async (source) => {
    const folder = await mkdtemp(join(tmpdir(), 'nhipol-docs-'));
    const file = join(folder, 'policy.wasm');
    let point: serviceApi.DecisionPoint | undefined;
    writeFileSync(file, wasm);
    const backend = (await run(
      block(source),
      {
        ...clientApi,
        ...middlewareApi,
        DecisionPoint: {
          open: async (options: Parameters<typeof serviceApi.DecisionPoint.open>[0]) => {
            point = await serviceApi.DecisionPoint.open(options);
            return point;
          },
        },
        sqliteStore: () => serviceApi.sqliteStore(join(folder, 'state.db')),
        readFile: async () => wasm,
      },
      'backend',
    )) as middlewareApi.Backend;
    const parts = { backend, agentOf, sessionOf, accountsOf };
    const given = { ...middlewareApi, ...frameworkApis(), ...parts };
    const app = await run(block(framework), given, framework === 'fetch' ? 'handler' : 'app');
    const { url, end } = await startFramework(framework, app);
    const get = async (team: string, session?: string) => {
      const response = await fetch(`${url}/teams/${team}/accounts`, {
        headers: { 'x-team': 'blue', ...(session === undefined ? {} : { 'x-sid': session }) },
      });
      return [response.status, await response.json()] as const;
    };
    const open = async (context = {}) => {
      const subject = { type: 'agent', id: 'a-1', properties: { team: 'blue' } };
      if (point !== undefined)
        return point.sessions.open(serviceItself, undefined, { subject, context });
      const client = new clientApi.ServiceClient({ url: running.service.url });
      return (await client.open({ subject, context })).session;
    };
    const { id } = await open();
    expect(await get('blue', id)).toEqual([200, { team: 'blue', limit: 'none' }]);
    expect(await get('red', id)).toMatchObject([403, { detail: 'no rule permits it' }]);
    const risky = await open({ risk: 80 });
    expect(await get('blue', risky.id)).toEqual([200, { team: 'blue', limit: 100 }]);
    expect(await get('blue')).toMatchObject([403, { code: 'no_session' }]);
    expect((await get('blue', 'another'))[0]).toBe(403);
    await end();
    await rm(folder, { recursive: true });
  });
});

test('the page of the middleware names the functions that exist', () => {
  for (const name of Object.keys(middlewareApi)) expect(middlewarePage.text).toContain(name);
});

test('the entry points are exported by the package', () => {
  const require = createRequire(import.meta.url);
  const { exports } = require('../../../service/package.json');
  expect(Object.keys(exports)).toEqual(expect.arrayContaining(['./client', './middleware']));
});
