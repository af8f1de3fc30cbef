// A call that the client sends again with answers, as the server gets it. All values are those of the client, byte for
// byte, except the request state.

import type { RequestMessage } from '../protocol/message.ts';

/** Without the answers, which were for the guard. */
export function withoutAnswers(message: RequestMessage): string {
  const changes = new Map<string, string | undefined>();
  for (const name of ['requestState', 'inputResponses']) changes.set(name, undefined);
  return rewriteMessage(message, changes);
}

/** Adds the request state that the server itself sent, or none if it sent none. */
export function withServerState(message: RequestMessage, state: string | undefined): string {
  const text = state === undefined ? undefined : JSON.stringify(state);
  return rewriteMessage(message, new Map([['requestState', text]]));
}

/** `params` with other values: undefined removes one. */
export function rewriteMessage(
  { id, method, params, text, spans }: RequestMessage,
  changes: ReadonlyMap<string, string | undefined>,
): string {
  const names = new Set([...Object.keys(params), ...changes.keys()]);
  const members = [...names].flatMap((name) => {
    const span = spans.get(`params.${name}`);
    const own = span === undefined ? undefined : text.slice(span.start, span.end);
    const value = changes.has(name) ? changes.get(name) : own;
    return value === undefined ? [] : [`${JSON.stringify(name)}:${value}`];
  });
  const idText = JSON.stringify(id);
  const methodText = JSON.stringify(method);
  return `{"jsonrpc":"2.0","id":${idText},"method":${methodText},"params":{${members.join(',')}}}`;
}
