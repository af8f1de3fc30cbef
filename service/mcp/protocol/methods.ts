// The methods of MCP, revisions 2025-03-26 to 2026-07-28, and how the guard treats each. A method that is not in this table
// is refused, in both directions.

import type { Call, CallerFacts } from '../../engine/call.ts';
import type { Members } from '../../json/members.ts';
import type { ResponseMessage } from './message.ts';

export type MethodSender = 'client' | 'server';

/**
 * `pass`: needs no decision, unless access was revoked: it starts, lists or ends something, or concerns what was decided.
 * `call`: a tool is called. `decide`: the policy decides the action `mcp:` and the method, with `params`. `list`: what could never be
 * used is removed from the result.
 */
type Handling = 'pass' | 'call' | 'decide' | 'list';

interface Method {
  readonly handling: Handling;
  /** With `list`: the member of the result that is filtered. */
  readonly list?: keyof typeof listedItems;
}

/** A request of the client. */
export interface ClientMethod extends Method {
  /**
   * The meaning of the server's answer for the agent. `call`: the outcome of a call. `text`: an outcome of the action of the method.
   * `task`: the same, and one of the call whose task it is; the answer about a task that was stopped does not reach the client.
   * `tasks`: the same for each task of a list. `acknowledgement`: nothing that an agent reads, so that it is passed on without members.
   * `description`: a text that was reviewed. An error is a text in any case.
   */
  readonly answer: 'call' | 'text' | 'task' | 'tasks' | 'acknowledgement' | 'description';
}

/** A request or a notification of the server. */
interface ServerMessage {
  /** Whether it contains a text for the agent. Otherwise it is passed on without the members that nobody needs. */
  readonly hasText: boolean;
}

/** A request of the server: about a task, if it names one, or about anything that runs. */
export interface ServerMethod extends Method, ServerMessage {}

/** A notification of the server. What it is about must not have been stopped. */
export interface ServerNotification extends ServerMessage {
  /**
   * `anything`: everything that runs. `progress`: the request, or the task, whose progress token it names. `task`: the task that it names.
   * `subscription`: since 2026-07-28, the request `subscriptions/listen` whose id it names. `question`: a request of the server.
   */
  readonly about: 'anything' | 'progress' | 'task' | 'subscription' | 'question';
}

interface Methods {
  readonly client: ClientMethod;
  readonly server: ServerMethod;
}

/** The known requests of each side. */
export const requestMethods: {
  readonly [Side in MethodSender]: Readonly<Record<string, Methods[Side]>>;
} = {
  client: {
    initialize: { handling: 'pass', answer: 'description' },
    'server/discover': { handling: 'pass', answer: 'description' },
    ping: { handling: 'pass', answer: 'acknowledgement' },
    'logging/setLevel': { handling: 'pass', answer: 'acknowledgement' },
    'tools/list': { handling: 'list', list: 'tools', answer: 'description' },
    'tools/call': { handling: 'call', answer: 'call' },
    'resources/list': { handling: 'list', list: 'resources', answer: 'text' },
    'resources/templates/list': { handling: 'pass', answer: 'text' },
    'resources/read': { handling: 'decide', answer: 'text' },
    'resources/subscribe': { handling: 'decide', answer: 'text' },
    'resources/unsubscribe': { handling: 'pass', answer: 'acknowledgement' },
    'prompts/list': { handling: 'list', list: 'prompts', answer: 'text' },
    'prompts/get': { handling: 'decide', answer: 'text' },
    'completion/complete': { handling: 'decide', answer: 'text' },
    'subscriptions/listen': { handling: 'decide', answer: 'text' },
    'tasks/get': { handling: 'decide', answer: 'task' },
    'tasks/result': { handling: 'decide', answer: 'task' },
    'tasks/list': { handling: 'decide', answer: 'tasks' },
    'tasks/update': { handling: 'decide', answer: 'task' },
    'tasks/cancel': { handling: 'pass', answer: 'task' },
  },
  server: {
    ping: { handling: 'pass', hasText: false },
    'roots/list': { handling: 'decide', hasText: true },
    'sampling/createMessage': { handling: 'decide', hasText: true },
    'elicitation/create': { handling: 'decide', hasText: true },
    'tasks/get': { handling: 'decide', hasText: true },
    'tasks/result': { handling: 'decide', hasText: true },
    'tasks/list': { handling: 'decide', hasText: true },
    'tasks/cancel': { handling: 'pass', hasText: true },
  },
};

/** The known notifications of a server. */
export const serverNotifications: Readonly<Record<string, ServerNotification>> = {
  'notifications/cancelled': { about: 'question', hasText: false },
  'notifications/progress': { about: 'progress', hasText: true },
  'notifications/message': { about: 'anything', hasText: true },
  'notifications/tools/list_changed': { about: 'subscription', hasText: false },
  'notifications/prompts/list_changed': { about: 'subscription', hasText: false },
  'notifications/resources/list_changed': { about: 'subscription', hasText: false },
  'notifications/resources/updated': { about: 'subscription', hasText: true },
  'notifications/elicitation/complete': { about: 'anything', hasText: true },
  'notifications/subscriptions/acknowledged': { about: 'subscription', hasText: true },
  'notifications/tasks/status': { about: 'task', hasText: true },
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
  server: new Set(Object.keys(serverNotifications)),
};

/** How an item of a list is used: the method, and the parameter that identifies the item. */
export const listedItems = {
  tools: { method: 'tools/call', key: 'name' },
  resources: { method: 'resources/read', key: 'uri' },
  prompts: { method: 'prompts/get', key: 'name' },
} as const;

/** Returns `undefined` if the method is unknown. */
export function findRequestMethod<Side extends MethodSender>(
  sender: Side,
  method: string,
): Methods[Side] | undefined {
  const known: Readonly<Record<string, Methods[Side]>> = requestMethods[sender];
  return Object.hasOwn(known, method) ? known[method] : undefined;
}

/** Returns `undefined` if the notification is unknown. */
export function findServerNotification(method: string): ServerNotification | undefined {
  return Object.hasOwn(serverNotifications, method) ? serverNotifications[method] : undefined;
}

/** Whether the answer to a method is a list without items, and contains nothing else that is a text. */
export function isEmptyList(
  { handling, list, answer }: ClientMethod,
  { result }: Pick<ResponseMessage, 'result'>,
): boolean {
  if (result === undefined || handling === 'decide' || answer !== 'text') return false;
  const { resultType = 'complete', ttlMs = 0, cacheScope = 'private', ...lists } = result;
  const { [list ?? 'resourceTemplates']: items, ...others } = lists;
  const isPlain = resultType === 'complete' && typeof ttlMs === 'number';
  const isScoped = cacheScope === 'private' || cacheScope === 'public';
  const isEmpty = Array.isArray(items) && items.length === 0;
  return isEmpty && isPlain && isScoped && Object.keys(others).length === 0;
}

export function isKnownNotification(sender: MethodSender, method: string): boolean {
  return notifications[sender].has(method);
}

/** The action that a policy decides: the method with its parameters, without what belongs to the protocol. */
export function buildMethodAction(method: string, params: Members): Members {
  const { _meta, requestState, inputResponses, ...own } = params;
  return { name: `mcp:${method}`, properties: { params: own } };
}

/** The same action as a call that a policy decides. */
export function buildMethodCall(
  method: string,
  params: Members,
  resource: object,
  facts: CallerFacts,
): Call {
  const parts = { action: buildMethodAction(method, params), resource };
  return { parts, text: JSON.stringify(parts), facts };
}
