// A client of the MCP SDK for the scenarios of the conformance suite: `client.mjs [--guard POLICY] URL`. With `--guard`, it
// connects through a guard of this URL.

import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const url = process.argv.at(-1);
const policy = process.argv[2] === '--guard' ? process.argv[3] : undefined;
const guard = policy === undefined ? undefined : await startGuard(policy);
try {
  await run(new URL(guard?.url ?? url), process.env.MCP_CONFORMANCE_SCENARIO);
} finally {
  guard?.process.kill();
}

async function startGuard(path) {
  const main = fileURLToPath(new URL('../../../dist/bin/nhipol.js', import.meta.url));
  const state = join(mkdtempSync(join(tmpdir(), 'nhipol-conformance-')), 'state.db');
  const options = ['--server', 'suite', '--upstream', url, '--listen', '127.0.0.1:0'];
  const child = spawn(process.execPath, [main, 'guard', path, '--state', state, ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  for await (const line of createInterface({ input: child.stderr })) {
    const listening = /listening on (\S+)/.exec(line)?.[1];
    if (listening !== undefined) return { process: child, url: listening };
  }
  throw new Error('the guard did not start');
}

async function run(address, scenario) {
  const client = new Client(
    { name: 'conformance', version: '1.0.0' },
    { capabilities: { elicitation: { form: { applyDefaults: true } } } },
  );
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: {} }));
  await client.connect(new StreamableHTTPClientTransport(address));
  const { tools } = await client.listTools();
  const call = (name, given = {}) => client.callTool({ name, arguments: given });
  if (scenario === 'tools_call') await call('add_numbers', { a: 5, b: 3 });
  if (scenario === 'elicitation-sep1034-client-defaults')
    await call('test_client_elicitation_defaults');
  if (scenario === 'sse-retry' && tools.some(({ name }) => name === 'test_reconnection'))
    await call('test_reconnection');
  await client.close();
}
