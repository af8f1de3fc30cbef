// An agent without a model: it connects to the servers of `mcp.json`, as every client does, and takes the steps of a file.

import { readFile } from 'node:fs/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const read = async (path) => JSON.parse(await readFile(path, 'utf8'));
const { mcpServers } = await read('mcp.json');
const steps = await read(process.argv[2]);
const clients = new Map();

async function openClient(name) {
  const known = clients.get(name);
  if (known !== undefined) return known;
  const client = new Client({ name: 'agent', version: '1.0.0' });
  await client.connect(
    new StdioClientTransport({ ...mcpServers[name], env: process.env, stderr: 'ignore' }),
  );
  clients.set(name, client);
  return client;
}

for (const { server, tool, ...given } of steps) {
  process.stdout.write(`> ${server} ${tool} ${JSON.stringify(given.arguments)}\n`);
  const client = await openClient(server);
  const { content } = await client
    .callTool({ name: tool, arguments: given.arguments })
    .catch(({ message }) => ({ content: [{ text: message }] }));
  process.stdout.write(`${content[0].text.trim()}\n`);
}
for (const client of clients.values()) await client.close();
