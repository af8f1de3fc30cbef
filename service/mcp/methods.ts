// The methods of MCP, revisions 2025-03-26 to 2026-07-28, and how the guard treats each. A method that is not in this table
// is refused, in both directions.

import type { Call, Facts } from '../engine/call.ts';
import type { Members } from '../json/members.ts';
import type { ResponseMessage } from './message.ts';

export type MethodSender = 'client' | 'server';

/**
 * `pass`: needs no decision, unless access was revoked: it starts, lists or ends something, or concerns what was decided.
 * `call`: a tool is called. `decide`: the policy decides the action `mcp:` and the method, with `params`. `list`: what could never be
 * used is removed from the result.
 */
type Handling = 'pass' | 'call' | 'decide' | 'list';

export interface Method {
  readonly handling: Handling;
  /** With `list`: the member of the result that is filtered. */
  readonly list?: keyof typeof listedItems;
  /** Whether texts of the server reach the agent with the answer, so that it has outcomes. Those of tools were reviewed. */
  readonly delivers?: true;
}

/** The known requests of each side. */
export const requestMethods: Readonly<Record<MethodSender, Readonly<Record<string, Method>>>> = {
  client: {
    initialize: { handling: 'pass' },
    'server/discover': { handling: 'pass' },
    ping: { handling: 'pass' },
    'logging/setLevel': { handling: 'pass' },
    'tools/list': { handling: 'list', list: 'tools' },
    'tools/call': { handling: 'call' },
    'resources/list': { handling: 'list', list: 'resources', delivers: true },
    'resources/templates/list': { handling: 'pass', delivers: true },
    'resources/read': { handling: 'decide', delivers: true },
    'resources/subscribe': { handling: 'decide', delivers: true },
    'resources/unsubscribe': { handling: 'pass' },
    'prompts/list': { handling: 'list', list: 'prompts', delivers: true },
    'prompts/get': { handling: 'decide', delivers: true },
    'completion/complete': { handling: 'decide', delivers: true },
    'subscriptions/listen': { handling: 'decide', delivers: true },
    'tasks/get': { handling: 'decide', delivers: true },
    'tasks/result': { handling: 'decide', delivers: true },
    'tasks/list': { handling: 'decide', delivers: true },
    'tasks/update': { handling: 'decide', delivers: true },
    'tasks/cancel': { handling: 'pass' },
  },
  server: {
    ping: { handling: 'pass' },
    'roots/list': { handling: 'decide' },
    'sampling/createMessage': { handling: 'decide' },
    'elicitation/create': { handling: 'decide' },
    'tasks/get': { handling: 'decide' },
    'tasks/result': { handling: 'decide' },
    'tasks/list': { handling: 'decide' },
    'tasks/cancel': { handling: 'pass' },
  },
};

/** The known notifications of each side. */
export const notifications: Readonly<Record<MethodSender, ReadonlySet<string>>> = {
  client: new Set([
    'notifications/initialized',
    'notifications/cancelled',
    'notifications/progress',
    'notifications/roots/list_changed',
    'notifications/tasks/status',
  ]),
  server: new Set([
    'notifications/cancelled',
    'notifications/progress',
    'notifications/message',
    'notifications/tools/list_changed',
    'notifications/prompts/list_changed',
    'notifications/resources/list_changed',
    'notifications/resources/updated',
    'notifications/elicitation/complete',
    'notifications/subscriptions/acknowledged',
    'notifications/tasks/status',
  ]),
};

/** How an item of a list is used: the method, and the parameter that identifies the item. */
export const listedItems = {
  tools: { method: 'tools/call', key: 'name' },
  resources: { method: 'resources/read', key: 'uri' },
  prompts: { method: 'prompts/get', key: 'name' },
} as const;

/** undefined: the method is unknown. */
export function requestMethod(sender: MethodSender, method: string): Method | undefined {
  const known = requestMethods[sender];
  return Object.hasOwn(known, method) ? known[method] : undefined;
}

/** Whether a notification of the server can contain text for the agent, and not only that something changed or ended. */
export function hasText(notification: string): boolean {
  return notification !== 'notifications/cancelled' && !notification.endsWith('/list_changed');
}

/** Whether the answer to a method is a list without items. */
export function isEmptyList(
  { handling, list }: Method,
  { result }: Pick<ResponseMessage, 'result'>,
) {
  const items = list === undefined ? result?.resourceTemplates : result?.[list];
  return handling !== 'decide' && Array.isArray(items) && items.length === 0;
}

export function isKnownNotification(sender: MethodSender, method: string): boolean {
  return notifications[sender].has(method);
}

/** The action that a policy decides: the method with its parameters, without what belongs to the protocol. */
export function methodAction(method: string, params: Members): Members {
  const { _meta, requestState, inputResponses, ...own } = params;
  return { name: `mcp:${method}`, properties: { params: own } };
}

/** The same action as a call that a policy decides. */
export function methodCall(method: string, params: Members, resource: object, facts: Facts): Call {
  const parts = { action: methodAction(method, params), resource };
  return { parts, text: JSON.stringify(parts), facts };
}
