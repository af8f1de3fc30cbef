// The mappings of methods whose server declares none (OpenID AuthZEN, COAZ-MCP binding, draft 1, default mappings). Those of
// `server/discover`, `subscriptions/listen`, `resources/templates/list` and `tasks/update`, which the draft does not list,
// follow the methods that are most alike.

import type { Members } from '../../json/members.ts';

const server = { type: 'mcp_server', id: '$token.aud' };
const tool = { type: 'tool', id: '$params.name' };
const resource = { type: 'resource', id: '$params.uri' };
const prompt = { type: 'prompt', id: '$params.name' };
const task = { type: 'task', id: '$params.taskId' };
const completed = {
  type: "$params.ref.type == 'ref/prompt' ? 'prompt' : 'resource'",
  id: "$params.ref.type == 'ref/prompt' ? params.ref.name : params.ref.uri",
};

const resources: Readonly<Record<string, object>> = {
  initialize: server,
  'server/discover': server,
  'tools/list': server,
  'tools/call': tool,
  'resources/list': server,
  'resources/templates/list': server,
  'resources/read': resource,
  'resources/subscribe': resource,
  'resources/unsubscribe': resource,
  'prompts/list': server,
  'prompts/get': prompt,
  'completion/complete': completed,
  'logging/setLevel': server,
  'subscriptions/listen': server,
  'tasks/get': task,
  'tasks/result': task,
  'tasks/update': task,
  'tasks/cancel': task,
  'tasks/list': server,
};

const contexts: Readonly<Record<string, Members>> = {
  initialize: { protocol_version: '$params.protocolVersion' },
  'logging/setLevel': { level: '$params.level' },
};

/** The mappings by method, without those that pass. */
export const defaultMappings: ReadonlyMap<string, Members> = new Map(
  Object.entries(resources).map(([method, target]) => {
    const subject = { type: 'identity', id: '$token.sub' };
    const context = { agent: '$token.?client_id', ...contexts[method] };
    return [
      method,
      { evaluation: { subject, context, action: { name: method }, resource: target } },
    ];
  }),
);
