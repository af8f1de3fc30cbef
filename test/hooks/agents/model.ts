// A model that makes given calls of tools, in the protocols of three vendors, and remembers the result of each call: real agents run with it, without a model.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ToolCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

type Json = Record<string, unknown>;

export class Model {
  readonly #calls: readonly ToolCall[];
  #turn = 0;
  #server: Server | undefined;
  /** The results of its calls, as the agent sent them, in order. */
  results: readonly string[] = [];

  constructor(calls: readonly ToolCall[]) {
    this.#calls = calls;
  }

  async listen(): Promise<string> {
    const server = createServer((request, response) => {
      void this.#answer(request, response);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '' } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Json;
    if (url.includes('/count_tokens')) {
      response.end('{"input_tokens":1}');
    } else if (url.startsWith('/v1/messages')) {
      this.#messages(body, response);
    } else if (url.includes('/responses')) {
      this.#responses(body, response);
    } else if (url.includes(':streamGenerateContent')) {
      this.#contents(body, response);
    } else {
      response.writeHead(404).end('{}');
    }
  }

  /** The next call, or `undefined` if the model is done. An agent also asks without tools, such as for a title. */
  #next(tools: unknown): ToolCall | undefined {
    if (!Array.isArray(tools) || tools.length === 0) return undefined;
    this.#turn += 1;
    return this.#calls[this.#turn - 1];
  }

  /** The Messages API of Anthropic. */
  #messages({ model, tools, messages }: Json, response: ServerResponse): void {
    const results = listParts(messages, 'content').filter(({ type }) => type === 'tool_result');
    if (results.length > 0) this.results = results.map(({ content }) => collectText(content));
    const call = this.#next(tools);
    const event = startStream(response);
    const usage = { input_tokens: 1, output_tokens: 1 };
    const id = `message_${this.#turn}`;
    const message = { id, type: 'message', role: 'assistant', model, content: [], usage };
    event('message_start', { message: { ...message, stop_reason: null, stop_sequence: null } });
    const block = call
      ? { type: 'tool_use', id: `toolu_${this.#turn}`, name: call.name, input: {} }
      : { type: 'text', text: '' };
    const delta = call
      ? { type: 'input_json_delta', partial_json: JSON.stringify(call.input) }
      : { type: 'text_delta', text: 'done' };
    event('content_block_start', { index: 0, content_block: block });
    event('content_block_delta', { index: 0, delta });
    event('content_block_stop', { index: 0 });
    const reason = call ? 'tool_use' : 'end_turn';
    event('message_delta', { delta: { stop_reason: reason, stop_sequence: null }, usage });
    event('message_stop', {});
    response.end();
  }

  /** The Responses API of OpenAI. */
  #responses({ tools, input }: Json, response: ServerResponse): void {
    const results = listMembers(input).filter(({ type }) => type === 'function_call_output');
    if (results.length > 0) this.results = results.map(({ output }) => collectText(output));
    const call = this.#next(tools);
    const event = startStream(response);
    const id = `response_${this.#turn}`;
    event('response.created', { response: { id } });
    const content = [{ type: 'output_text', text: 'done' }];
    const item = call
      ? {
          type: 'function_call',
          id: `fc_${this.#turn}`,
          call_id: `call_${this.#turn}`,
          name: call.name,
          arguments: JSON.stringify(call.input),
        }
      : { type: 'message', id: `msg_${this.#turn}`, role: 'assistant', content };
    event('response.output_item.done', { output_index: 0, item });
    const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
    event('response.completed', { response: { id, usage } });
    response.end();
  }

  /** The Gemini API of Google. */
  #contents({ tools, contents }: Json, response: ServerResponse): void {
    const results = listParts(contents, 'parts').filter((part) => 'functionResponse' in part);
    if (results.length > 0) {
      this.results = results.map(({ functionResponse }) =>
        collectText(Object.values((functionResponse as Json).response as Json)),
      );
    }
    const call = this.#next(tools);
    const part = call ? { functionCall: { name: call.name, args: call.input } } : { text: 'done' };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const candidate = { content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 };
    const usageMetadata = { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 };
    response.end(`data: ${JSON.stringify({ candidates: [candidate], usageMetadata })}\n\n`);
  }
}

function startStream(response: ServerResponse) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  return (type: string, data: object) =>
    void response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
}

function listMembers(list: unknown): readonly Json[] {
  return Array.isArray(list) ? list.filter((each) => typeof each === 'object') : [];
}

function listParts(messages: unknown, member: string): readonly Json[] {
  return listMembers(messages).flatMap((message) => listMembers(message[member]));
}

function collectText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(collectText).join(' ');
  const { text } = (value ?? {}) as Json;
  return typeof text === 'string' ? text : JSON.stringify(value);
}
