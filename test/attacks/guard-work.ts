// The attacks on work of a server that goes on: calls, other requests and tasks.

import type { AttackRows } from './row.ts';

export const guardWorkAttacks = {
  'guard-cancelled-invalidly': {
    attack:
      'A client cancels its running call or request in a form that its server does not accept, such as with a `reason` that is not a string, so that both take it for cancelled; then the agent reads a text of a stranger, or is revoked',
    result:
      'The server gets a cancellation of the guard instead, and another one when the work is no longer permitted, and after a revoke',
  },
  'guard-left-request': {
    attack:
      'A client ends its connection or its session of MCP while a call or `resources/read` runs; then the agent reads a text of a stranger by another connection, or is revoked',
    result:
      'The server gets a cancellation when the client leaves, and another one then; the late answer is not recorded as delivered',
  },
  'guard-cancellation-not-taken': {
    attack:
      'A client cancels its call with headers that its server refuses, or while its server is busy, and is revoked later',
    result:
      'The guard sends a cancellation with the headers of the call, again after growing delays until the server takes it, and after the revoke',
  },
  'guard-closed-connection': {
    attack:
      'A client of 2026-07-28 closes the connection of a request that runs, such as `resources/read`, and is revoked later',
    result: 'The server gets a cancellation then, and another one after the revoke',
  },
  'guard-session-end-refused': {
    attack:
      'A client ends its session of MCP while its server is too busy to take the cancellation of what runs in it',
    result:
      'The client gets the status 503, the server does not get the end of the session, and the cancellation is sent again',
  },
  'guard-stream-kept-open': {
    attack: 'A server keeps the stream open on which it has answered a call by a task',
    result: 'The guard closes it with the answer, as the response to the client ends',
  },
  'guard-told-after-end': {
    attack:
      'A client is revoked more than ten minutes after the request began whose work runs on, when the guard waits for its answer no longer',
    result:
      'What the guard itself sends does not end with that request: the server gets the cancellation, again if it does not take it',
  },
  'guard-task-unknown-elsewhere': {
    attack:
      'A client has a second session of MCP, where its server knows no such task, while the server is too busy to take the cancellation in the first one',
    result:
      'The cancellation is sent again until the server has answered it in the session in which the task began',
  },
  'guard-question-texts': {
    attack:
      'A server puts the rows that a constraint would cut into the message or the data of an error that requires input, or into `_meta` of a result that does',
    result: 'The client gets the questions alone; other data is withheld',
  },
  'guard-task-texts': {
    attack:
      'While a task runs, its server sends a text of a stranger in progress, a log message, an updated resource, or a request to the client, with or without the related task in `_meta`',
    result: 'The text is recorded as delivered of the call that goes on as the task',
  },
  'guard-task-token-used-again': {
    attack:
      'A client uses the progress token of its task again for another call, so that the texts of the task count for that call',
    result: 'The call is refused until the task has ended, and always if the task was stopped',
  },
  'guard-stopped-task-texts': {
    attack:
      'A server sends progress of a task that was stopped, or log messages and requests with this task in `_meta`',
    result: 'Nothing of it reaches the client, and the requests are refused',
  },
} as const satisfies AttackRows;
