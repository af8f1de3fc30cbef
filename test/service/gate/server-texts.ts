// All messages that a server can send about what its client has open, from the table of methods, each with a mark in every place where
// a text can be; and the states of what they are about.

import {
  requestMethods,
  type ServerNotification,
  serverNotifications,
} from '../../../service/mcp/protocol/methods.ts';
import { compileForGuard } from '../guard/guard-policy.ts';

type Json = Readonly<Record<string, unknown>>;

export const mark = 'A-TEXT-OF-A-STRANGER';

/** A policy that stops everything it decides, except `read`, after a page was read. */
export const compileTextsPolicy = () =>
  compileForGuard(`policy test.texts version "1.0.0"
record Path { path: String }
subject ai_agent {}
action "fs:read" { arguments: Path }
action "fs:slow" { arguments: Path }
action any {}
resource mcp_server {}
outcomes { "delivered": {} }
for ai_agent { permit works otherwise }
for ai_agent doing "fs:slow", ${listDecided()} {
  deny after_page when once(outcome "delivered" doing "fs:read") because "it has read a page"
}
`);

const isDecided = (method: string) => requestMethods.client[method]?.handling === 'decide';

function listDecided(): string {
  const methods = Object.keys(requestMethods.client).filter(isDecided);
  return methods.map((method) => `"mcp:${method}"`).join(', ');
}

/** The states of the client's request when a server sends the message. */
export const ownerStates = ['running', 'stopped', 'cancelled', 'left', 'revoked'] as const;
export type OwnerState = (typeof ownerStates)[number];

/** The request of the client to which the messages belong; those about a task are about `t`, as which a call of `slow` goes on. */
export interface Owner {
  readonly method: string;
  /** Whether the request, or the call that goes on as its task, can be denied after it was permitted. */
  readonly canBeStopped: boolean;
  readonly isOfTask: boolean;
}

export const owners: readonly Owner[] = Object.keys(requestMethods.client).map((method) => {
  const isOfTask = method.startsWith('tasks/') && method !== 'tasks/list';
  return {
    method,
    isOfTask,
    canBeStopped: isOfTask || isDecided(method) || method === 'tools/call',
  };
});

/** The id of the request to which the messages belong, and its progress token. */
export const ownerId = 7;
const ownerToken = 'p7';

export function createOwnerRequest({ method }: Owner, isStateless: boolean): Json {
  const version = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
  return {
    jsonrpc: '2.0',
    id: ownerId,
    method,
    params: {
      ...(method === 'tools/call' ? { name: 'slow', arguments: { path: '/a' } } : {}),
      ...(method.startsWith('tasks/') ? { taskId: 't' } : { uri: 'file:///a' }),
      ...(method === 'prompts/get' ? { name: 'x' } : {}),
      protocolVersion: '2025-11-25',
      capabilities: {},
      _meta: { progressToken: ownerToken, ...(isStateless ? version : {}) },
    },
  };
}

const everywhere = {
  content: [{ type: 'text', text: mark }],
  text: mark,
  message: mark,
  data: mark,
  mark,
  statusMessage: mark,
  reason: mark,
  uri: `file:///${mark}`,
  elicitationId: mark,
};

/** The answers to a request, in the forms of all revisions. */
export const answerBodies: readonly Json[] = [
  { result: { ...everywhere, _meta: { mark } } },
  { result: { ...everywhere, taskId: 't', status: 'working' } },
  { result: { ...everywhere, tasks: [{ taskId: 't', status: 'working', statusMessage: mark }] } },
  { result: { resources: [], prompts: [], tools: [], resourceTemplates: [], mark } },
  { result: { resources: [{ uri: mark, name: mark }], prompts: [{ name: mark }] } },
  { error: { code: -32000, message: mark } },
];

/** Answers that name the task `u`, in the forms of all revisions. */
export const taskBodies: readonly Json[] = [
  { result: { task: { taskId: 'u', status: 'working', mark } } },
  { result: { resultType: 'task', taskId: 'u', status: 'working', mark } },
  { result: { ...everywhere, taskId: 'u', status: 'completed' } },
];

/** The notifications of the server about a task, which may have the progress token of the request that it answered. */
export function listTaskMessages(taskId: string): readonly Json[] {
  return [
    { method: 'notifications/tasks/status', params: { ...everywhere, taskId, status: 'working' } },
    {
      method: 'notifications/progress',
      params: { ...everywhere, progressToken: ownerToken, progress: 1 },
    },
    {
      method: 'notifications/message',
      params: {
        ...everywhere,
        _meta: { 'io.modelcontextprotocol/related-task': { taskId }, mark },
      },
    },
  ];
}

/** Each message of the server besides answers that names what it belongs to, by its kind. */
export function listMessages({ method, isOfTask }: Owner): readonly Json[] {
  const named = [
    ...(method === 'subscriptions/listen'
      ? [{ 'io.modelcontextprotocol/subscriptionId': ownerId }]
      : []),
    ...(isOfTask ? [{ 'io.modelcontextprotocol/related-task': { taskId: 't' } }] : []),
  ];
  const params = { ...everywhere, taskId: 't', status: 'working', requestId: mark };
  const labelled = named.flatMap((_meta) => [
    ...Object.keys(serverNotifications)
      .filter((name) => !isOwnedOtherwise(serverNotifications[name]))
      .map((name) => ({ method: name, params: { ...params, _meta: { ..._meta, mark } } })),
    ...Object.keys(requestMethods.server).map((name) => ({
      id: `id ${mark} ${name}`,
      method: name,
      params: { ...params, _meta: { ..._meta, mark } },
    })),
  ]);
  const progress = { ...everywhere, progressToken: ownerToken, progress: 1 };
  return [
    { method: 'notifications/progress', params: progress },
    ...(isOfTask ? [{ method: 'notifications/tasks/status', params }] : []),
    ...labelled,
  ];
}

/** Whether a notification names what it is about by something else than its metadata. */
function isOwnedOtherwise(known: ServerNotification | undefined): boolean {
  return known?.about === 'progress' || known?.about === 'question';
}

/** Each message of the server that names nothing. */
export const messagesAboutAnything: readonly Json[] = [
  ...Object.keys(serverNotifications).map((method) => ({ method, params: everywhere })),
  ...Object.keys(requestMethods.server).map((method) => ({
    id: `id ${mark} ${method}`,
    method,
    params: everywhere,
  })),
];
