// The attacks by texts of a server that reach the client: whose outcome each is, and what was stopped.

import type { AttackRows } from './row.ts';

export const guardTextsAttacks = {
  'guard-server-texts': {
    attack:
      'A server sends texts about a request or a task in any answer, notification or request of MCP, while it runs and after it was stopped, cancelled, left or revoked',
    result:
      'Each text that reaches the client is recorded as an outcome of the request or the call before it is sent, and nothing arrives of what does not go on',
  },
  'guard-stopped-task-cancelled': {
    attack:
      'A client sends `tasks/cancel` for a task that was stopped, or whose result a constraint limits; the server answers with the text and the result of the task',
    result:
      'The request is refused and does not reach the server, which has a cancellation of the guard; a late answer does not reach the client',
  },
  'guard-cancelled-task-text': {
    attack:
      'The answer of a server to `tasks/cancel`, or an entry of `tasks/list`, contains a text of the stranger whose page the task reads',
    result:
      'The text is recorded as delivered of the call that goes on as the task, and of `mcp:tasks/cancel` or `mcp:tasks/list`',
  },
  'guard-text-in-signal': {
    attack:
      'A server puts a text into the `reason` of `notifications/cancelled`, into members of `…/list_changed` or `ping`, or into the answers to `ping`, `logging/setLevel` and `resources/unsubscribe`',
    result: 'The client gets these messages without the members that it does not need',
  },
  'guard-text-in-error': {
    attack:
      'A server answers `ping`, `tools/list` or an empty list with a text: in an error, in `_meta`, or in an unknown member',
    result: 'The text is recorded as delivered of `mcp:ping` and so on',
  },
  'guard-stopped-subscription': {
    attack:
      'A server goes on to send changed resources for a subscription that was stopped or cancelled, with its id or without one',
    result: 'Nothing of it reaches the client; other subscriptions go on',
  },
  'guard-cancelled-approval': {
    attack:
      'A client cancels a call that waits for a person at a terminal, or leaves, and makes the same call again after it was approved',
    result: 'The request for the approval is withdrawn: it is not shown, and nobody can approve it',
  },
  'guard-waiting-for-stopped-task': {
    attack:
      'A client waits with `tasks/result` for a task when the task is stopped; the server sends progress of this request, with a text of the task',
    result:
      'The request is refused when the task is stopped, its server gets a cancellation, and the progress does not reach the client',
  },
} as const satisfies AttackRows;
