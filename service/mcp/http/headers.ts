// The headers of a request, which must say the same as its body: since 2026-07-28 intermediaries may decide by them.

import type { IncomingHttpHeaders } from 'node:http';
import type { Members } from '../../json/members.ts';
import type { Message } from '../message.ts';
import { traitsOf } from '../revision.ts';

const firstStateless = '2026-07-28';

/** Whether the request is one of the revisions without sessions, by its header or its body. */
export function isStateless(headers: IncomingHttpHeaders, message: Message): boolean {
  const stated = headers['mcp-protocol-version'];
  if (typeof stated === 'string' && stated >= firstStateless) return true;
  return message.kind === 'request' && traitsOf(message.params, undefined).isStateless;
}

/** The parameter that `Mcp-Name` repeats. */
const nameParameters: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

/** How the headers differ from the body; undefined: they do not. */
export function headerProblem(headers: IncomingHttpHeaders, message: Message): string | undefined {
  if (message.kind !== 'request') return undefined;
  const { method, params } = message;
  const isRequired = isStateless(headers, message);
  const differs = (name: string, value: unknown) => {
    const stated = headers[name];
    return stated === undefined ? isRequired : decoded(stated) !== value;
  };
  if (differs('mcp-method', method)) return 'the header `Mcp-Method` differs from the method';
  const parameter = nameParameters[method];
  if (parameter === undefined) return undefined;
  const isSame = !differs('mcp-name', params[parameter]);
  return isSame ? undefined : `the header \`Mcp-Name\` differs from \`params.${parameter}\``;
}

/** The headers of a message, which may be another than that of the client. */
export function statedHeaders(
  headers: Readonly<Record<string, string>>,
  { method, params = {} }: { readonly method?: unknown; readonly params?: Members },
): Record<string, string> {
  const { 'mcp-method': stated, 'mcp-name': _, ...others } = headers;
  if (stated === undefined || typeof method !== 'string') return others;
  const name = params[nameParameters[method] ?? ''];
  const named = typeof name === 'string' ? { 'mcp-name': encodedName(name) } : {};
  return { ...others, 'mcp-method': method, ...named };
}

/** Names that are not printable ASCII are in base64. */
function encodedName(name: string): string {
  const isPlain = /^[!-~]([ -~]*[!-~])?$/.test(name) && !encoded.test(name);
  return isPlain ? name : `=?base64?${Buffer.from(name).toString('base64')}?=`;
}

const encoded = /^=\?base64\?([A-Za-z0-9+/=]*)\?=$/;

/** A value that is not plain ASCII is in base64. */
function decoded(value: string | string[]): string {
  const text = String(value);
  const base64 = encoded.exec(text)?.[1];
  return base64 === undefined ? text : Buffer.from(base64, 'base64').toString('utf8');
}
