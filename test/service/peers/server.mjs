// A small MCP server for faults: it answers `read`, shows its environment, starts a child, writes invalid messages, or ends.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const path = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] };
const none = { type: 'object', properties: {} };
const description = process.env.DESCRIPTION ?? 'Reads a file';
const annotations = { readOnlyHint: true, openWorldHint: false };
/** Those of `read`. */
const hints = process.env.HINTS === undefined ? annotations : JSON.parse(process.env.HINTS);
const tools = [
  { name: 'read', description, inputSchema: path, annotations: hints },
  { name: 'env', inputSchema: none, annotations },
  { name: 'child', inputSchema: none, annotations },
  { name: 'noise', inputSchema: none, annotations },
  { name: 'end', inputSchema: none, annotations },
  { name: 'hang', inputSchema: none },
];

const actions = {
  read: ({ path: given }) => (given === 'never' ? undefined : `read ${given}`),
  env: () => Object.keys(process.env).sort().join(' '),
  child: () => String(spawn('sleep', ['600'], { stdio: 'ignore' }).pid),
  noise: () => {
    process.stdout.write('a line of a log\n{"jsonrpc":"2.0","id":99,"result":{}}\n');
    return 'noisy';
  },
  end: () => process.exit(7),
  hang: () => undefined,
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  const answer = (result) =>
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
  if (method === 'initialize')
    answer({
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'peer', version: '1' },
    });
  if (method === 'tools/list') answer({ tools });
  if (method !== 'tools/call') return;
  const text = actions[params.name](params.arguments ?? {});
  if (text !== undefined) answer({ content: [{ type: 'text', text }] });
});
