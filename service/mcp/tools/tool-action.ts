// A call of a tool as a call that a policy decides: the action is `server:tool`, with the arguments as its properties.

import type { Call, CallerFacts } from '../../engine/call.ts';
import type { RequestMessage } from '../protocol/message.ts';
import type { KnownTool } from './inventory.ts';

/** The names of tools are unique within a server only. */
export function nameToolAction(server: string, tool: string): string {
  return `${server}:${tool}`;
}

/** The policy reads the bytes of the arguments that the server gets. */
export function buildToolCall(
  { params, text, spans }: RequestMessage,
  { name, annotations }: KnownTool,
  server: string,
  resource: object,
  facts: CallerFacts,
): Call {
  const { arguments: given = {} } = params;
  const span = spans.get('params.arguments');
  const argumentsText = span === undefined ? '{}' : text.slice(span.start, span.end);
  const action = {
    name: nameToolAction(server, name),
    properties: { arguments: given, annotations },
  };
  const nameText = JSON.stringify(action.name);
  const annotationsText = JSON.stringify(annotations);
  const propertiesText = `{"arguments":${argumentsText},"annotations":${annotationsText}}`;
  return {
    parts: { action, resource },
    text: `{"action":{"name":${nameText},"properties":${propertiesText}},"resource":${JSON.stringify(resource)}}`,
    facts,
  };
}
