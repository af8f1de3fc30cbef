// An MCP server that fetches pages. So that the example needs no network, the folder `pages/` is its web.

import { readFile } from 'node:fs/promises';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

const pages = new URL('../pages/', import.meta.url);
const server = new McpServer({ name: 'fetch', version: '1.0.0' });

server.registerTool(
  'fetch',
  {
    description: 'Fetches a page',
    inputSchema: { url: z.url() },
    annotations: { readOnlyHint: true, openWorldHint: true },
  },
  async ({ url }) => {
    const text = await readFile(new URL(`${new URL(url).hostname}.txt`, pages), 'utf8');
    return { content: [{ type: 'text', text: text.trim() }] };
  },
);

await server.connect(new StdioServerTransport());
