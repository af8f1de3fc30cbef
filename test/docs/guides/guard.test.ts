// docs/guard.md, "Protect a file server in five minutes": each step with the real server, as the page shows it, and the
// commands of all pages that read the log of a guard. Needs `dist/bin/`.

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPage } from '../../support/pages/pages.ts';
import { Folder } from '../../support/system/run-cli.ts';

const page = readPage('guard.md');
const server = createRequire(import.meta.url).resolve(
  '@modelcontextprotocol/server-filesystem/dist/index.js',
);
const main = fileURLToPath(new URL('../../../dist/bin/nhipol.js', import.meta.url));
const npx = 'npx -y @modelcontextprotocol/server-filesystem .';

let folder: Folder;
beforeAll(() => {
  folder = new Folder({ 'src/cart.ts': 'export {};', '.env': 'TOKEN=x', id_ed25519: 'key' });
});
afterAll(() => folder[Symbol.dispose]());

/** The block after a line of the page that contains `text`. */
function findBlock(text: string): string {
  return page.blocks.find((block) => block.text.includes(text))?.text ?? expect.fail(`no ${text}`);
}

/** Runs a command of the page; the server is the installed one. */
function run(command: string) {
  const words = command.replace(npx, `${process.execPath} ${server} .`).split(' ');
  return folder.run(words.slice(1), { inside: true });
}

/** Expects the lines that the page shows after a command, in this order; `…` stands for any others. */
function expectShown(output: string, command: string): void {
  const [, after = ''] = findBlock(`$ ${command}`).split(`$ ${command}\n`);
  const lines = output.split('\n');
  let from = 0;
  for (const line of after.split(/\n\$ /)[0]?.trimEnd().split('\n') ?? []) {
    if (line === '…') continue;
    const found = lines.indexOf(line, from);
    expect([line, found >= 0, lines.slice(from, from + 3)]).toEqual([
      line,
      true,
      expect.anything(),
    ]);
    from = found + 1;
  }
}

/** Calls tools by a guard with the arguments that the page gives to the client, and returns the texts of the results. */
async function callTools(
  calls: readonly (readonly [string, object])[],
): Promise<readonly string[]> {
  const { mcpServers } = JSON.parse(findBlock('"mcpServers"'));
  const given: readonly string[] = mcpServers.filesystem.args;
  const own = given.slice(1, given.indexOf('npx', 1));
  const child = spawn(process.execPath, [main, ...own, process.execPath, server, '.'], {
    cwd: folder.path,
    env: { ...process.env, HOME: folder.path, XDG_STATE_HOME: folder.path },
  });
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const request = async (id: number, method: string, params: object) => {
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) return expect.fail('the guard ended');
        const message = JSON.parse(value);
        if (message.id === id) return message.result ?? message.error;
      }
    };
    const client = { name: 'test', version: '1' };
    await request(0, 'initialize', {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: client,
    });
    child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
    await request(1, 'tools/list', {});
    const texts: string[] = [];
    for (const [index, [name, args]] of calls.entries()) {
      const { content } = await request(index + 2, 'tools/call', { name, arguments: args });
      texts.push(content[0].text ?? JSON.stringify(content[0]));
    }
    return texts;
  } finally {
    child.kill('SIGKILL');
  }
}

const scan = `nhipol guard scan -- ${npx}`;

test('scans the server, and declares each tool as the page shows it', async () => {
  const { code, out, err } = await run(scan);
  expect(code).toBe(0);
  expectShown(`${out}${err}`, scan);
  const written = new TextDecoder().decode(folder.read('guard.nhipol'));
  expect(written).toContain(findBlock('record ReadTextFile').split('\n')[0]);
  expect(written).toContain(findBlock('record ReadTextFile').split('\n')[1]);
});

test('the rules of the page fit the policy', async () => {
  const written = new TextDecoder().decode(folder.read('guard.nhipol'));
  folder.write('guard.nhipol', `${written}\n${page.files.get('rules')}`);
  expect(await run('nhipol check guard.nhipol')).toMatchObject({ code: 0 });
  expect((await run('nhipol check guard.nhipol')).out).not.toContain('warning');
  expectShown((await run('nhipol test guard.nhipol')).out, 'nhipol test guard.nhipol');
  const doctor = `nhipol guard doctor -- ${npx}`;
  const { out, err } = await run(doctor.replace('doctor', 'doctor --state state.db'));
  expectShown(`${out}${err}`, doctor);
});

test('denies the files with secrets by each tool, and permits the rest', async () => {
  const path = (name: string) => ({ path: name });
  const texts = await callTools([
    ['read_text_file', path('src/cart.ts')],
    ['list_allowed_directories', {}],
    ['list_directory', path('.')],
    ['read_multiple_files', { paths: ['src/cart.ts'] }],
    ['read_text_file', path('.env')],
    ['read_file', path(join(folder.path, '.ENV'))],
    ['read_media_file', path('src/../id_ed25519')],
    ['read_multiple_files', { paths: ['src/cart.ts', '.env'] }],
    ['move_file', { source: '.env', destination: 'env.txt' }],
    ['move_file', { source: 'src/cart.ts', destination: 'a.pem' }],
    ['write_file', { path: '.env.local', content: 'x' }],
  ]);
  const [read, directories, listed, several, ...denied] = texts;
  expect([read, directories, listed, several]).toEqual([
    'export {};',
    expect.stringContaining('Allowed directories'),
    expect.stringContaining('[DIR] src'),
    expect.stringContaining('export {};'),
  ]);
  for (const text of denied) expect(text).toMatch(/^not permitted: .*secret/);
  expect(folder.names).toContain('.env');
});

test('the log shows what the page shows, and can be read by the commands of the pages', async () => {
  const { out } = await run('nhipol log tail guard.jsonl');
  const shown = findBlock('$ nhipol log tail')
    .split('\n')
    .slice(1)
    .filter((line) => line !== '');
  const withoutTimes = (line: string) =>
    line.replace(/^[\d:.]+ /, '').replace(/filesystem-[0-9a-f-]{8,36}/, 'filesystem-…');
  const lines = out.split('\n').map(withoutTimes);
  for (const line of shown) expect(lines).toContain(withoutTimes(line));
  for (const command of [
    'nhipol log verify guard.jsonl',
    'nhipol guard learn guard.jsonl --current guard.nhipol',
    'nhipol simulate guard.nhipol --events guard.jsonl',
    'nhipol diff guard.nhipol learned.nhipol --requests guard.jsonl',
  ]) {
    const ran = await run(command);
    expect([command, [0, 1].includes(ran.code), ran.err]).toEqual([command, true, ran.err]);
  }
});
