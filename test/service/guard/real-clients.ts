// The SDK clients of both generations behind one interface: 1.x, which speaks up to 2025-11-25, and 2.x, which also speaks
// 2026-07-28.

import { Client as NewClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as NewTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';

export interface Command {
  readonly command: string;
  readonly args: string[];
  readonly env?: Record<string, string>;
}

export type Generation = '1.x' | '2.x';

export interface RealClient {
  readonly revision: () => string | undefined;
  readonly tools: () => Promise<readonly string[]>;
  /** The text of the result, or of the error. */
  readonly call: (
    name: string,
    given?: Record<string, unknown>,
    signal?: AbortSignal,
  ) => Promise<string>;
  readonly read: (uri: string) => Promise<string>;
  readonly prompt: (name: string) => Promise<string>;
  /** The questions that the user of the client was asked. */
  readonly asked: readonly string[];
  readonly close: () => Promise<void>;
}

/** `approves`: how the user answers each question. */
export async function connect(
  generation: Generation,
  command: Command,
  approves: () => boolean = () => true,
): Promise<RealClient> {
  const asked: string[] = [];
  const answer = (message: unknown) => {
    asked.push(String(message));
    return approves()
      ? { action: 'accept' as const, content: { approve: true } }
      : { action: 'decline' as const };
  };
  const message = {
    model: 'test',
    role: 'assistant' as const,
    content: { type: 'text' as const, text: 'sampled' },
  };
  const info = { name: 'test', version: '1.0.0' };
  const transport = { ...command, stderr: 'ignore' as const };
  if (generation === '1.x') {
    const capabilities = { elicitation: {}, sampling: {}, roots: {} };
    const client = new OldClient(info, { capabilities });
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => answer(params.message));
    client.setRequestHandler(CreateMessageRequestSchema, async () => message);
    client.setRequestHandler(ListRootsRequestSchema, async () => ({ roots: [] }));
    await client.connect(new OldTransport(transport));
    const revision = () => '2025-11-25';
    return { ...usable(client), revision, asked, close: () => client.close() };
  }
  const client = new NewClient(info, {
    capabilities: { elicitation: { form: {} }, sampling: {}, roots: {} },
    versionNegotiation: { mode: 'auto' },
  });
  client.setRequestHandler('elicitation/create', async ({ params }) => answer(params.message));
  client.setRequestHandler('sampling/createMessage', async () => message);
  client.setRequestHandler('roots/list', async () => ({ roots: [] }));
  await client.connect(new NewTransport(transport));
  const revision = () => client.getNegotiatedProtocolVersion();
  return { ...usable(client), revision, asked, close: () => client.close() };
}

function usable(
  client: OldClient | NewClient,
): Pick<RealClient, 'tools' | 'call' | 'read' | 'prompt'> {
  return {
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: (name, given = {}, signal) =>
      tryRead(async () => {
        const options = signal === undefined ? {} : { signal };
        const params = { name, arguments: given };
        const { content } = await (client instanceof OldClient
          ? client.callTool(params, undefined, options)
          : client.callTool(params, options));
        const [first] = content as { text?: string }[];
        return first?.text ?? '';
      }),
    read: (uri) =>
      tryRead(async () => JSON.stringify((await client.readResource({ uri })).contents.length)),
    prompt: (name) =>
      tryRead(async () => String((await client.getPrompt({ name })).messages.length)),
  };
}

async function tryRead(run: () => Promise<string>): Promise<string> {
  try {
    return await run();
  } catch (error) {
    return `error: ${(error as Error).message}`;
  }
}
