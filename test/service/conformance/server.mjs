// A server of the MCP SDK over Streamable HTTP with everything that the conformance suite uses. Prints its port.

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import * as types from '@modelcontextprotocol/sdk/types.js';

const text = (value) => ({ type: 'text', text: value });
const image = { type: 'image', mimeType: 'image/png', data: 'iVBORw0KGgo=' };
const audio = { type: 'audio', mimeType: 'audio/wav', data: 'UklGRiYAAAA=' };
const createEmbedded = (uri, mimeType, value) => ({
  type: 'resource',
  resource: { uri, mimeType, text: value },
});
const empty = { type: 'object', properties: {} };
const oneText = (name) => ({ type: 'object', properties: { [name]: { type: 'string' } } });

const schema2020 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: { name: { type: 'string' }, address: { $ref: '#/$defs/address' } },
  additionalProperties: false,
};

const enums = {
  untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
  titledSingle: {
    type: 'string',
    oneOf: [1, 2, 3].map((each) => ({ const: `value${each}`, title: `Option ${each}` })),
  },
  legacyEnum: {
    type: 'string',
    enum: ['opt1', 'opt2', 'opt3'],
    enumNames: ['Option One', 'Option Two', 'Option Three'],
  },
  untitledMulti: {
    type: 'array',
    items: { type: 'string', enum: ['option1', 'option2', 'option3'] },
  },
  titledMulti: {
    type: 'array',
    items: { anyOf: [1, 2, 3].map((each) => ({ const: `value${each}`, title: `Choice ${each}` })) },
  },
};
const defaults = {
  name: { type: 'string', default: 'John Doe' },
  age: { type: 'integer', default: 30 },
  score: { type: 'number', default: 95.5 },
  status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', default: true },
};

/** A tool that asks the user of the client. */
const asks = (message, properties, inputSchema = empty) => ({
  inputSchema,
  run: async (given, { sendRequest }) => {
    const requestedSchema = { type: 'object', properties, required: [] };
    const params = { message: given.message ?? message, requestedSchema };
    const request = { method: 'elicitation/create', params };
    const { action, content = {} } = await sendRequest(request, types.ElicitResultSchema);
    return [text(`Elicitation completed: action=${action}, content=${JSON.stringify(content)}`)];
  },
});
const returns = (...content) => ({ inputSchema: empty, run: async () => content });

const tools = {
  test_simple_text: returns(text('This is a simple text response for testing.')),
  test_image_content: returns(image),
  test_audio_content: returns(audio),
  test_embedded_resource: returns(
    createEmbedded(
      'test://embedded-resource',
      'text/plain',
      'This is an embedded resource content.',
    ),
  ),
  test_multiple_content_types: returns(
    text('Multiple content types test:'),
    image,
    createEmbedded(
      'test://mixed-content-resource',
      'application/json',
      '{"test":"data","value":123}',
    ),
  ),
  test_tool_with_logging: {
    inputSchema: empty,
    run: async (_, { sendNotification }) => {
      for (const data of ['started', 'processing', 'completed']) {
        const params = { level: 'info', data: `Tool ${data}` };
        await sendNotification({ method: 'notifications/message', params });
        await delay(50);
      }
      return [text('Tool with logging executed successfully')];
    },
  },
  test_tool_with_progress: {
    inputSchema: empty,
    run: async (_, { sendNotification, _meta }) => {
      const progressToken = _meta?.progressToken ?? 0;
      for (const progress of [0, 50, 100]) {
        const params = { progressToken, progress, total: 100 };
        await sendNotification({ method: 'notifications/progress', params });
        await delay(50);
      }
      return [text(String(progressToken))];
    },
  },
  test_error_handling: {
    inputSchema: empty,
    run: async () => {
      throw new Error('This tool intentionally returns an error for testing');
    },
  },
  test_reconnection: {
    inputSchema: empty,
    run: async (_, { closeSSEStream }) => {
      closeSSEStream?.();
      await delay(100);
      return [text('Reconnection test completed successfully.')];
    },
  },
  test_sampling: {
    inputSchema: oneText('prompt'),
    run: async ({ prompt }, { sendRequest }) => {
      const messages = [{ role: 'user', content: text(prompt) }];
      const request = { method: 'sampling/createMessage', params: { messages, maxTokens: 100 } };
      const { content } = await sendRequest(request, types.CreateMessageResultSchema);
      return [text(`LLM response: ${content.text}`)];
    },
  },
  test_elicitation: asks('', { response: { type: 'string' } }, oneText('message')),
  test_elicitation_sep1034_defaults: asks('Please review the form', defaults),
  test_elicitation_sep1330_enums: asks('Please select options', enums),
  json_schema_2020_12_tool: { ...returns(text('valid')), inputSchema: schema2020 },
};

const user = (content) => ({ messages: [{ role: 'user', content }] });
const prompts = {
  test_simple_prompt: () => user(text('This is a simple prompt for testing.')),
  test_prompt_with_arguments: ({ arg1, arg2 }) =>
    user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  test_prompt_with_embedded_resource: ({ resourceUri }) => ({
    messages: [
      ...user(createEmbedded(resourceUri, 'text/plain', 'Embedded resource content for testing.'))
        .messages,
      ...user(text('Please process the embedded resource above.')).messages,
    ],
  }),
  test_prompt_with_image: () => ({
    messages: [...user(image).messages, ...user(text('Please analyze the image above.')).messages],
  }),
};
const promptArguments = {
  test_prompt_with_arguments: ['arg1', 'arg2'],
  test_prompt_with_embedded_resource: ['resourceUri'],
};

const resources = {
  'test://static-text': { mimeType: 'text/plain', text: 'This is the content of the resource.' },
  'test://static-binary': { mimeType: 'image/png', blob: image.data },
  'test://watched-resource': { mimeType: 'text/plain', text: 'Watched resource content' },
};

function read(uri) {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  const content =
    id === undefined
      ? resources[uri]
      : { mimeType: 'application/json', text: JSON.stringify({ id, data: `Data for ID: ${id}` }) };
  if (content === undefined) throw new types.McpError(-32_002, `${uri} does not exist`);
  return { contents: [{ uri, ...content }] };
}

function createMcpServer() {
  const capabilities = {
    tools: { listChanged: true },
    prompts: { listChanged: true },
    logging: {},
    resources: { subscribe: true, listChanged: true },
    completions: {},
  };
  const server = new Server({ name: 'conformance', version: '1.0.0' }, { capabilities });
  const on = (schema, handler) => server.setRequestHandler(schema, handler);
  on(types.ListToolsRequestSchema, () => ({
    tools: Object.entries(tools).map(([name, { inputSchema }]) => ({
      name,
      description: `Tests ${name}`,
      inputSchema,
    })),
  }));
  on(types.CallToolRequestSchema, async ({ params }, extra) => {
    try {
      return { content: await tools[params.name].run(params.arguments ?? {}, extra) };
    } catch (error) {
      return { content: [text(error.message)], isError: true };
    }
  });
  on(types.ListPromptsRequestSchema, () => ({
    prompts: Object.keys(prompts).map((name) => ({
      name,
      description: `Tests ${name}`,
      arguments: (promptArguments[name] ?? []).map((each) => ({
        name: each,
        description: each,
        required: true,
      })),
    })),
  }));
  on(types.GetPromptRequestSchema, ({ params }) => prompts[params.name](params.arguments ?? {}));
  on(types.ListResourcesRequestSchema, () => ({
    resources: Object.entries(resources).map(([uri, { mimeType }]) => ({
      uri,
      name: uri,
      mimeType,
    })),
  }));
  on(types.ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: [
      { uriTemplate: 'test://template/{id}/data', name: 'template', mimeType: 'application/json' },
    ],
  }));
  on(types.ReadResourceRequestSchema, ({ params }) => read(params.uri));
  on(types.SubscribeRequestSchema, () => ({}));
  on(types.UnsubscribeRequestSchema, () => ({}));
  on(types.CompleteRequestSchema, () => ({ completion: { values: [], total: 0, hasMore: false } }));
  return server;
}

/** Events of each stream, so that a client can continue one. */
function createEventStore() {
  const events = [];
  return {
    storeEvent: async (streamId, message) => `${events.push({ streamId, message })}`,
    replayEventsAfter: async (lastEventId, { send }) => {
      const { streamId } = events[Number(lastEventId) - 1] ?? {};
      for (const [index, event] of events.entries()) {
        if (index < Number(lastEventId) || event.streamId !== streamId) continue;
        if (Object.keys(event.message).length > 0) await send(`${index + 1}`, event.message);
      }
      return streamId;
    },
  };
}

const transports = new Map();

async function open() {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    eventStore: createEventStore(),
    retryInterval: 500,
    onsessioninitialized: (id) => void transports.set(id, transport),
  });
  await createMcpServer().connect(transport);
  return transport;
}

const local = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
const http = createServer(async (request, response) => {
  const { host, origin } = request.headers;
  const isLocal = local.test(host) && (origin === undefined || local.test(new URL(origin).host));
  if (!isLocal) {
    response.writeHead(403).end();
    return;
  }
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
  const known = transports.get(request.headers['mcp-session-id']);
  if (known === undefined && body?.method !== 'initialize') {
    response.writeHead(400).end();
    return;
  }
  await (known ?? (await open())).handleRequest(request, response, body);
});
http.listen(0, '127.0.0.1', () => console.log(http.address().port));
