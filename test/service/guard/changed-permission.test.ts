// Handlers of `@nhipol/mcp` carry out the constraints and obligations of the latest decision, which may be made while they run.

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { currentPermission, guard, openPolicy } from '@nhipol/mcp';
import { expect, test } from 'vitest';
import { temporaryStore } from '../relay/relay-harness.ts';
import { compileForGuard } from './guard-policy.ts';

const policy = `policy test.changed version "1.0.0"
subject ai_agent {}
action "fs:read" {}
action "fs:slow" {}
action "mcp:resources/read" {}
resource mcp_server {}
obligation audit: custom { level: String }
outcomes { "delivered": {} }
for ai_agent { permit works otherwise }
for ai_agent doing "fs:slow", "mcp:resources/read" {
  permit audited when once(outcome "delivered" doing "fs:read") with audit { level: "high" }
}
`;

const uri = 'file:///a';

test('a handler learns of an obligation that came while it ran', async () => {
  const opened = await openPolicy(await compileForGuard(policy), {
    server: 'fs',
    state: temporaryStore().path,
    obligations: ['audit'],
    subject: { type: 'ai_agent', id: 'laptop' },
    onWarning: () => {},
  });
  /** The obligations of a handler when it began and when it ended. */
  const owed: Record<string, (string | undefined)[]> = {};
  const note = (what: string) => {
    owed[what] = [
      ...(owed[what] ?? []),
      currentPermission()
        ?.obligations.map((each) => each.name)
        .join(),
    ];
  };
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const work = async (what: string) => {
    note(what);
    await released;
    note(what);
  };
  const server = new McpServer({ name: 'fs', version: '1' });
  server.registerTool('read', {}, () => ({ content: [{ type: 'text', text: 'a page' }] }));
  server.registerTool('slow', {}, async () => {
    await work('slow');
    return { content: [] };
  });
  server.registerResource('a', uri, {}, async () => {
    await work('resource');
    return { contents: [{ uri, text: 'a' }] };
  });
  const client = new Client({ name: 't', version: '1' });
  const [clientEnd, serverEnd] = InMemoryTransport.createLinkedPair();
  await guard(server, opened).connect(serverEnd);
  await client.connect(clientEnd);
  try {
    const running = [client.callTool({ name: 'slow' }), client.readResource({ uri })];
    await expect.poll(() => Object.keys(owed)).toHaveLength(2);
    await client.callTool({ name: 'read' });
    release();
    await Promise.all(running);
    expect(owed).toEqual({ slow: ['', 'audit'], resource: ['', 'audit'] });
  } finally {
    await client.close();
    await opened.close();
  }
});
