// A server whose only tool answers at once.

import { createInterface } from 'node:readline';

const inputSchema = {
  type: 'object',
  properties: { path: { type: 'string' }, lines: { type: 'integer' } },
  required: ['path'],
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  const answer = (result) =>
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
  if (method === 'tools/list') answer({ tools: [{ name: 'read', inputSchema }] });
  else if (method === 'tools/call') {
    answer({ content: [{ type: 'text', text: `read ${params.arguments.path}` }] });
  }
});
