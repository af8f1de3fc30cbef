// The reference servers behind the guard, used by the SDK clients of both generations. `clients.md` shows what each client
// saw. Needs `dist/bin/`.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVerifier } from '@nhipol/service';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileForGuard } from './guard-policy.ts';
import { connect, type Generation, type RealClient } from './real-clients.ts';

const require = createRequire(import.meta.url);
const main = fileURLToPath(new URL('../../../dist/bin/nhipol.js', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-clients-'));
  for (const name of ['filesystem', 'memory', 'everything']) {
    const text = readFileSync(new URL(`../peers/${name}.nhipol`, import.meta.url), 'utf8');
    writeFileSync(join(folder, `${name}.wasm`), await compileForGuard(text));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const generations: readonly Generation[] = ['1.x', '2.x'];

/** The answer of the user of the client to each question. */
let approves = true;

interface Row {
  readonly request: string;
  readonly effect: string;
  /** Returns the text that the client got. */
  readonly query: (client: RealClient, root: string) => Promise<string>;
}

/** One guard for all rows of a server and a generation, in their order. */
async function observeRows(
  server: string,
  generation: Generation,
  rows: readonly Row[],
): Promise<readonly string[]> {
  const root = mkdtempSync(join(folder, `${server}-`));
  writeFileSync(join(root, 'a.txt'), 'hello');
  const client = await startGuarded(server, generation, root);
  const texts: string[] = [];
  for (const { query } of rows) {
    const text = await query(client, root);
    texts.push(text.replaceAll(root, 'ROOT').replaceAll('\n', ' '));
  }
  await client.close();
  const log = readFileSync(join(root, 'log.jsonl'), 'utf8');
  const verifier = createVerifier();
  expect(
    log
      .split('\n')
      .map(verifier.add)
      .filter((each) => each !== undefined),
  ).toEqual([]);
  return texts;
}

function startGuarded(server: string, generation: Generation, root: string): Promise<RealClient> {
  const facts = join(root, 'facts.json');
  const expires_at = new Date(Date.now() + 60_000).toISOString();
  const properties = server === 'filesystem' ? { root } : { expires_at };
  writeFileSync(facts, JSON.stringify({ subject: { properties } }));
  const script = require.resolve(`@modelcontextprotocol/server-${server}/dist/index.js`);
  const guard = ['guard', join(folder, `${server}.wasm`), '--server', server, '--facts', facts];
  const files = ['--log', join(root, 'log.jsonl'), '--state', join(root, 'state.db')];
  const own = ['--env', `MEMORY_FILE_PATH=${join(root, 'memory.jsonl')}`];
  const args = [main, ...guard, ...files, ...own, '--', process.execPath, script];
  const roots = server === 'filesystem' ? [root] : [];
  return connect(
    generation,
    { command: process.execPath, args: [...args, ...roots] },
    () => approves,
  );
}

/** A row of a tool that is called with these arguments. `ROOT` stands for the folder of the server. */
function call(
  request: string,
  effect: string,
  name: string,
  given: Readonly<Record<string, unknown>> = {},
): Row {
  const query = (client: RealClient, root: string) => {
    const text = JSON.stringify(given).replaceAll('ROOT', root);
    return client.call(name, JSON.parse(text));
  };
  return { request, effect, query };
}

const list: Row = {
  request: 'tools/list',
  effect: '',
  query: async (client) => (await client.tools()).join(', '),
};
const entity = (entityType: string) => ({
  entities: [{ name: 'a', entityType, observations: ['b'] }],
});

const rows: Readonly<Record<string, readonly Row[]>> = {
  filesystem: [
    list,
    call('read_text_file ROOT/a.txt', 'permit', 'read_text_file', { path: 'ROOT/a.txt' }),
    call('read_text_file ROOT/.env', 'deny', 'read_text_file', { path: 'ROOT/.env' }),
    call('read_text_file /etc/passwd', 'deny', 'read_text_file', { path: '/etc/passwd' }),
    call('write_file, approved', 'challenge', 'write_file', { path: 'ROOT/b', content: 'text' }),
    {
      request: 'write_file, declined',
      effect: 'challenge',
      query: async (client, root) => {
        approves = false;
        const text = await client.call('write_file', { path: join(root, 'c'), content: 'text' });
        approves = true;
        return text;
      },
    },
    call('move_file', 'deny', 'move_file', { source: 'ROOT/a.txt', destination: 'ROOT/d' }),
    call('get_file_info ROOT/id_ed25519', 'revoke', 'get_file_info', { path: 'ROOT/id_ed25519' }),
    call('read_text_file, later', 'revoke', 'read_text_file', { path: 'ROOT/a.txt' }),
  ],
  memory: [
    list,
    call('create_entities', 'permit', 'create_entities', entity('person')),
    call('create_entities of a credential', 'deny', 'create_entities', entity('credential')),
    call('delete_entities', 'deny', 'delete_entities', { entityNames: ['a'] }),
  ],
  everything: [
    call('echo', 'permit', 'echo', { message: 'hi' }),
    call('echo with another argument', 'deny', 'echo', { message: 'hi', to: 'all' }),
    call('get-sum 200 and 1', 'deny', 'get-sum', { a: 200, b: 1 }),
    call('get-env', 'deny', 'get-env'),
    call('trigger-sampling-request', 'permit', 'trigger-sampling-request', {
      prompt: 'p',
      maxTokens: 50,
    }),
    call('trigger-sampling-request of 500 tokens', 'deny', 'trigger-sampling-request', {
      prompt: 'p',
      maxTokens: 500,
    }),
    call('trigger-elicitation-request', 'deny', 'trigger-elicitation-request'),
    {
      request: 'resources/read of a document',
      effect: 'permit',
      query: (client) => client.read('demo://resource/static/document/architecture.md'),
    },
    {
      request: 'resources/read of another resource',
      effect: 'deny',
      query: (client) => client.read('demo://resource/dynamic/text/1'),
    },
    {
      request: 'prompts/get simple-prompt',
      effect: 'permit',
      query: (client) => client.prompt('simple-prompt'),
    },
    {
      request: 'prompts/get args-prompt',
      effect: 'deny',
      query: (client) => client.prompt('args-prompt'),
    },
  ],
};

const seen = new Map<string, readonly string[]>();

test.for(Object.keys(rows).flatMap((server) => generations.map((each) => [server, each] as const)))(
  'the server %s behind the guard answers a client of SDK %s',
  { timeout: 120_000 },
  async ([server, generation]) => {
    const texts = await observeRows(server, generation, rows[server] ?? []);
    seen.set(`${server} ${generation}`, texts);
    expect(texts.length).toBe(rows[server]?.length);
  },
);

test('the table of the answers is up to date', async () => {
  const lines = Object.entries(rows).flatMap(([server, each]) =>
    each.map(({ request, effect }, index) => {
      const [old, current] = generations.map((name) => seen.get(`${server} ${name}`)?.[index]);
      return `| ${server} | ${request} | ${effect} | ${old} | ${old === current ? 'the same' : current} |`;
    }),
  );
  const head = ['# What clients see behind the guard', '', 'Generated by `clients.test.ts`.', ''];
  const columns = '| server | request | effect | client of SDK 1.x | client of SDK 2.x |';
  const table = [...head, columns, '|---|---|---|---|---|', ...lines, ''].join('\n');
  await expect(table).toMatchFileSnapshot('clients.md');
});

test('the built command is there', () => {
  expect(existsSync(main)).toBe(true);
});
