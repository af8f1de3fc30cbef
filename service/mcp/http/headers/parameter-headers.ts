// The headers that repeat arguments of a call, `Mcp-Param-NAME` (MCP 2026-07-28, "Custom headers from tool parameters"): an
// intermediary decides by them, so that they must say the same as the body.

import type { IncomingHttpHeaders } from 'node:http';
import { isMembers, type Members } from '../../../json/members.ts';
import type { Message } from '../../protocol/message.ts';
import type { ToolState } from '../../tools/inventory.ts';
import { decodeHeaderValue, encodeHeaderValue } from './header-values.ts';

export const parameterPrefix = 'mcp-param-';

/** Returns the headers for the parameters of `tools/call`. */
export type ParameterHeaders = (params: Members) => Readonly<Record<string, string>>;

type FindTool = (name: string) => ToolState;
type Scalar = string | number | boolean;

/**
 * How the headers differ from the arguments, or `undefined` if they do not. `isRequired`: whether a header may not be
 * missing.
 */
export function findParameterProblem(
  headers: IncomingHttpHeaders,
  message: Message,
  find: FindTool,
  isRequired: boolean,
): string | undefined {
  const stated = Object.keys(headers).filter((name) => name.startsWith(parameterPrefix));
  const isCall = message.kind === 'request' && message.method === 'tools/call';
  if (!isCall) return stated.length === 0 ? undefined : differs(stated[0]);
  const state = find(String(message.params.name));
  if (state.kind !== 'known') {
    if (stated.length === 0) return undefined;
    return 'headers of parameters cannot be compared with the body before the tools are listed';
  }
  const values = listHeaderValues(state.tool.inputSchema, message.params);
  const names = new Set([...stated, ...(isRequired ? values.keys() : [])]);
  return [...names]
    .filter((name) => !isSame(headers[name], values.get(name)))
    .map(differs)
    .at(0);
}

export function createParameterHeaders(find: FindTool): ParameterHeaders {
  return (params) => {
    const state = find(String(params.name));
    if (state.kind !== 'known') return {};
    const values = [...listHeaderValues(state.tool.inputSchema, params)];
    return Object.fromEntries(
      values.map(([name, value]) => [name, encodeHeaderValue(String(value))]),
    );
  };
}

function differs(name = ''): string {
  return `the header \`${name}\` differs from the arguments`;
}

function isSame(stated: string | string[] | undefined, value: Scalar | undefined): boolean {
  if (stated === undefined || value === undefined) return false;
  const text = decodeHeaderValue(stated);
  if (typeof value !== 'number') return text === String(value);
  return (
    text !== undefined && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) && Number(text) === value
  );
}

/** The arguments that headers repeat, by the names of the headers in lower case. Those that are null have no header. */
function listHeaderValues(
  schema: unknown,
  { arguments: given }: Members,
): ReadonlyMap<string, Scalar> {
  const values = new Map<string, Scalar>();
  const visit = (declared: unknown, value: unknown): void => {
    const properties = isMembers(declared) ? declared.properties : undefined;
    if (!isMembers(properties) || !isMembers(value)) return;
    for (const [name, property] of Object.entries(properties)) {
      const inner = Object.hasOwn(value, name) ? value[name] : undefined;
      const header = isMembers(property) ? property['x-mcp-header'] : undefined;
      if (typeof header === 'string' && isScalar(inner)) {
        values.set(`${parameterPrefix}${header.toLowerCase()}`, inner);
      }
      visit(property, inner);
    }
  };
  visit(schema, given);
  return values;
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
