// A server or a client that reads by the transports of the TypeScript SDK, 1.x or 2.x: `typescript.mjs 1.x server`, or
// `typescript.mjs 1.x client COMMAND...`.

import { StdioClientTransport as NewClient } from '@modelcontextprotocol/client/stdio';
import { StdioClientTransport as OldClient } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StdioServerTransport as OldServer } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StdioServerTransport as NewServer } from '@modelcontextprotocol/server/stdio';
import { createAnswer, openPings, see } from './seen.mjs';

const [generation, side, command, ...args] = process.argv.slice(2);
const isOld = generation === '1.x';
const server = isOld ? OldServer : NewServer;
const client = isOld ? OldClient : NewClient;
const transport =
  side === 'server'
    ? new server()
    : new client({ command, args, stderr: 'ignore', env: process.env });
transport.onmessage = (message) => {
  see(message);
  const answer = side === 'server' ? createAnswer(message) : undefined;
  if (answer !== undefined) transport.send(answer);
};
transport.onerror = () => {};
await transport.start();
if (side === 'client') for (const ping of openPings) await transport.send(ping);
