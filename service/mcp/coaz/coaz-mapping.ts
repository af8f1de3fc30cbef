// Messages as calls by the COAZ-MCP binding of OpenID AuthZEN, draft 1: by the mapping that a tool declares in its schema, and
// otherwise by that of the method. A mapping comes from the server, so that it sets neither the identity of the
// subject nor what only the guard may set.

import type { Call, CallerFacts } from '../../engine/call.ts';
import { isMembers, type Members } from '../../json/members.ts';
import { withoutGuardMembers } from '../../mapping/guard-members.ts';
import { MappingError } from '../../mapping/mapping-error.ts';
import { type CallMapping, createTypedMapping, type PartialCall } from '../calls/call-mapping.ts';
import type { ClientFacts } from '../client.ts';
import { listedItems } from '../protocol/methods.ts';
import type { KnownTool } from '../tools/inventory.ts';
import {
  type AuthZenRequest,
  type CoazRequestMapping,
  compileMapping,
} from './authzen-requests.ts';
import { defaultMappings } from './default-mappings.ts';

/** The longest parameters that are mapped, in characters: expressions take time that grows with them. */
const maxParamsLength = 65_536;

/**
 * `server`: the audience of tokens that state none, and the name in decisions about requests of the server, which the
 * binding does not cover.
 */
export function createCoazMapping(server: string): CallMapping {
  const ofServer = createTypedMapping(server);
  const createToken = ({ token }: ClientFacts): Members => ({ aud: server, ...token });
  const defaults = new Map(
    [...defaultMappings].map(([method, mapping]) => [method, compileMapping(mapping)] as const),
  );
  const declared = new WeakMap<KnownTool, CoazRequestMapping>();
  const selectMapping = (tool: KnownTool): CoazRequestMapping => {
    if (tool.mapping === undefined) return selectDefault('tools/call');
    const requestMapping = declared.get(tool) ?? compileMapping(tool.mapping);
    declared.set(tool, requestMapping);
    return requestMapping;
  };
  const selectDefault = (method: string): CoazRequestMapping => {
    const mapping = defaults.get(method);
    if (mapping === undefined) throw new MappingError(`${method} has no mapping`);
    return mapping;
  };
  return {
    sessionOf: ({ identity: { properties }, token }) => {
      const sub = token?.sub;
      if (typeof sub !== 'string' || sub === '') throw new MappingError('the token has no `sub`');
      return { type: 'identity', id: sub, properties };
    },
    decidesAll: true,
    toolCalls: ({ params, text, spans }, tool, client) => {
      if (text.length > maxParamsLength) {
        throw new MappingError(`the call is longer than ${maxParamsLength} characters`);
      }
      const span = spans.get('params.arguments');
      const given = span === undefined ? '{}' : text.slice(span.start, span.end);
      const whole = `{"name":${JSON.stringify(params.name)},"properties":{"arguments":${given}}}`;
      return selectMapping(tool)
        .requests({ params: removeProtocolParams(params), token: createToken(client) })
        .map((request) => ({ ...toCall(request, client, whole), sent: text }));
    },
    methodCall: (sender, method, params, client) => {
      if (sender === 'server') return ofServer.methodCall(sender, method, params, client);
      const inputs = { params: removeProtocolParams(params), token: createToken(client) };
      const [request] = selectDefault(method).requests(inputs);
      if (request === undefined) throw new MappingError(`${method} has no mapping`);
      return toCall(request, client, undefined);
    },
    itemCalls: ({ list, key, tool }, client) => {
      const { method, key: name } = listedItems[list];
      const inputs = { params: { [name]: key }, token: createToken(client) };
      const mapping = tool === undefined ? selectDefault(method) : selectMapping(tool);
      return mapping
        .partialRequests(inputs)
        .flatMap(({ subject, action, resource }) =>
          createPartialCall(action, resource, toFacts({ subject, context: {} }, client)),
        );
    },
  };
}

/** The parameters without what belongs to the protocol. */
function removeProtocolParams({ _meta, requestState, inputResponses, ...own }: Members): Members {
  return own;
}

function toCall(
  { subject, action, resource, context }: AuthZenRequest,
  client: ClientFacts,
  whole: string | undefined,
): Call {
  const parts = { action, resource };
  const text = JSON.stringify(parts);
  const facts = toFacts({ subject, context }, client);
  if (whole === undefined) return { parts, text, facts };
  const mapped = JSON.stringify({ type: 'mapped', id: '', properties: parts });
  return { parts, text, facts, approvedText: `{"action":${whole},"resource":${mapped}}` };
}

/** Facts that the transport vouches for override the facts of a mapping. */
function toFacts(
  { subject, context }: Pick<AuthZenRequest, 'subject' | 'context'>,
  client: ClientFacts,
): CallerFacts {
  const properties = { ...subject.properties, ...client.identity.properties };
  return {
    identity: { ...subject, properties },
    context: { ...withoutGuardMembers(context), ...client.context },
  };
}

/** Nothing is known of a call without the name of its action and the type of its resource. */
function createPartialCall(
  action: unknown,
  resource: unknown,
  facts: CallerFacts,
): readonly PartialCall[] {
  if (!isMembers(action) || typeof action.name !== 'string') return [];
  if (!isMembers(resource) || typeof resource.type !== 'string') return [];
  return [{ parts: { action, resource }, facts }];
}
