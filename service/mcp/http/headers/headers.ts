// The headers of a request, which must say the same as its body: since 2026-07-28 intermediaries may decide by them.

import type { IncomingHttpHeaders } from 'node:http';
import type { Members } from '../../../json/members.ts';
import type { Message } from '../../protocol/message.ts';
import { readRevision, readTraits } from '../../protocol/revision.ts';
import { decodeHeaderValue, encodeHeaderValue } from './header-values.ts';
import { type ParameterHeaders, parameterPrefix } from './parameter-headers.ts';

const firstStateless = '2026-07-28';
const revisionHeader = 'mcp-protocol-version';

/**
 * Whether the request is one of the revisions without sessions, by its header or its body. `initialize` begins a session,
 * regardless of what else it states.
 */
export function isStateless(headers: IncomingHttpHeaders, message: Message): boolean {
  if (message.kind === 'request' && message.method === 'initialize') return false;
  const stated = headers[revisionHeader];
  if (typeof stated === 'string' && stated >= firstStateless) return true;
  return message.kind === 'request' && readTraits(message.params, undefined).isStateless;
}

/**
 * How a message contradicts that it names a session of MCP, or `undefined` if it does not. Its ids would be unknown to the relay
 * of the session: an id of a call that runs could be used again, and its answer be taken for another one.
 */
export function findSessionProblem(
  headers: IncomingHttpHeaders,
  message: Message,
): string | undefined {
  if (headers['mcp-session-id'] === undefined || !isStateless(headers, message)) return undefined;
  return 'the header `Mcp-Session-Id` names a session, which the revision of the message does not have';
}

/** The parameter that `Mcp-Name` repeats. */
const nameParameters: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** How the headers differ from the body, or `undefined` if they do not. */
export function findHeaderProblem(
  headers: IncomingHttpHeaders,
  message: Message,
): string | undefined {
  if (message.kind !== 'request') return undefined;
  const { method, params } = message;
  const isRequired = isStateless(headers, message);
  const differs = (name: string, value: unknown) => {
    const stated = headers[name];
    return stated === undefined ? isRequired : decodeHeaderValue(stated) !== value;
  };
  const revision = readRevision(params);
  if (method !== 'initialize' && revision !== undefined && differs(revisionHeader, revision)) {
    return 'the header `MCP-Protocol-Version` differs from the revision of the request';
  }
  if (differs('mcp-method', method)) return 'the header `Mcp-Method` differs from the method';
  const parameter = nameParameters[method];
  if (parameter === undefined) return undefined;
  const isSame = !differs('mcp-name', params[parameter]);
  return isSame ? undefined : `the header \`Mcp-Name\` differs from \`params.${parameter}\``;
}

/** The headers of a message, which may be another than that of the client. */
export function createStatedHeaders(
  headers: Readonly<Record<string, string>>,
  { method, params = {} }: { readonly method?: unknown; readonly params?: Members },
  parameterHeaders: ParameterHeaders,
): Record<string, string> {
  const { 'mcp-method': stated, 'mcp-name': _, ...rest } = headers;
  const others = Object.fromEntries(
    Object.entries(rest).filter(([name]) => !name.startsWith(parameterPrefix)),
  );
  if (stated === undefined || typeof method !== 'string') return others;
  const name = params[nameParameters[method] ?? ''];
  const named = typeof name === 'string' ? { 'mcp-name': encodeHeaderValue(name) } : {};
  const parameters = method === 'tools/call' ? parameterHeaders(params) : {};
  return { ...others, 'mcp-method': method, ...named, ...parameters };
}
