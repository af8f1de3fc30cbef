// A small MCP server with one tool, which packs a folder and takes longer than anybody waits.

import { createInterface } from 'node:readline';

const tool = {
  name: 'pack',
  description: 'Packs a folder',
  inputSchema: {
    type: 'object',
    properties: { folder: { type: 'string' } },
    required: ['folder'],
  },
};
const about = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'archive', version: '1.0.0' },
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  const results: Readonly<Record<string, unknown>> = {
    initialize: about,
    'tools/list': { tools: [tool] },
  };
  const result = results[method];
  if (result === undefined) return;
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
});
