// A server of the TypeScript SDK 1.x with a tool that answers after a delay, also if its call was cancelled: the answer is
// then written by its handler's own hand, as a server does that does not support cancellation.

import { setTimeout as delay } from 'node:timers/promises';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import * as z from 'zod/v4';

const server = new McpServer({ name: 'peer', version: '1.0.0' });
const inputSchema = { text: z.string(), delay: z.number().int().optional() };
const transport = new StdioServerTransport();
server.registerTool(
  'echo',
  { inputSchema },
  async ({ text, delay: time = 0 }, { signal, requestId }) => {
    await delay(time);
    const result = { content: [{ type: 'text', text }] };
    // The SDK sends nothing for a cancelled request.
    if (signal.aborted) await transport.send({ jsonrpc: '2.0', id: requestId, result });
    return result;
  },
);
await server.connect(transport);
