// An MCP server that sends mail: it appends it to `sent.jsonl`. A newsletter takes a second for each of its receivers.

import { appendFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

const server = new McpServer({ name: 'mail', version: '1.0.0' });
const sent = (mail) => appendFile('sent.jsonl', `${JSON.stringify(mail)}\n`);
const text = (words) => ({ content: [{ type: 'text', text: words }] });

server.registerTool(
  'send',
  {
    description: 'Sends a mail',
    inputSchema: { to: z.string(), subject: z.string(), body: z.string() },
    annotations: { readOnlyHint: false },
  },
  async (mail) => {
    await sent(mail);
    return text(`sent to ${mail.to}`);
  },
);

server.registerTool(
  'send_newsletter',
  {
    description: 'Sends a mail to each customer',
    inputSchema: { title: z.string(), customers: z.number().int() },
    annotations: { readOnlyHint: false },
  },
  async ({ title, customers }, { signal }) => {
    for (let number = 1; number <= customers; number += 1) {
      signal.throwIfAborted();
      await sent({ to: `customer-${number}@example.com`, subject: title });
      await delay(1_000, undefined, { signal });
    }
    return text(`sent to ${customers} customers`);
  },
);

await server.connect(new StdioServerTransport());
