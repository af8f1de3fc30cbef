// The messages that the guard itself sends.

import type { MessageId } from './message.ts';

export function createErrorResponse(
  id: MessageId | undefined,
  code: number,
  message: string,
): string {
  return JSON.stringify({ jsonrpc: '2.0', id: id ?? null, error: { code, message } });
}

/** The message of an error for a request that no AuthZEN request can be built for (COAZ-MCP, mapping errors). */
export function describeMappingError({ message }: Error): string {
  return `COAZ mapping error: ${message}`;
}

/** The result of a tool that was not run. The model reads the text. */
export function createRefusedResult(id: MessageId, text: string, isStateless: boolean): string {
  const result = {
    ...(isStateless ? { resultType: 'complete' } : {}),
    content: [{ type: 'text', text }],
    isError: true,
  };
  return JSON.stringify({ jsonrpc: '2.0', id, result });
}

export function createRequestMessage(id: MessageId, method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

export function createCancellationMessage(requestId: MessageId, reason: string): string {
  const params = { requestId, reason };
  return JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
}

/** Since 2026-07-28: the client gets an answer from its user, and sends the request again with it. */
export function createInputRequired(
  id: MessageId,
  name: string,
  form: object,
  state: string,
): string {
  const result = {
    resultType: 'input_required',
    inputRequests: { [name]: { method: 'elicitation/create', params: form } },
    requestState: state,
  };
  return JSON.stringify({ jsonrpc: '2.0', id, result });
}
