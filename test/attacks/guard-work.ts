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
      'A client ends its session of MCP, or since 2026-07-28 its connection, while a call or `resources/read` runs; then the agent reads a text of a stranger by another connection, or is revoked',
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
    result:
      'The guard closes its connection to the server, which is the cancellation of this revision',
  },
  'guard-stateless-stopped': {
    attack:
      'A call of 2026-07-28 runs at a server over HTTP, and is denied by what the agent has read, or its client is revoked',
    result:
      'The guard closes its connection to the server, which is the cancellation of this revision, and the client gets the reason',
  },
  'guard-cancellation-before-call': {
    attack:
      'A long call is on its way to a server over HTTP, which reads it slowly, and is cancelled, denied or revoked: the cancellation comes first',
    result:
      'The rest of the call is not sent, so that it does not begin; the cancellation is sent again after the server has taken it',
  },
  'guard-lost-connection': {
    attack:
      'The connection on which a server over HTTP would answer a call is cut or ends, or a gateway answers with 500, 502, 503, 504 or a page instead of a message; then the agent reads a text of a stranger, or is revoked',
    result:
      'The client gets an error, and the server a cancellation at once and another one each time; the id stays in use',
  },
  'guard-left-connection': {
    attack:
      'A client of 2025-11-25 closes the connection of a call that runs, and its server answers later with what the policy counts as read',
    result:
      'The server gets a cancellation, and the late answer is an outcome of the call that is not recorded as delivered',
  },
  'guard-left-stream': {
    attack:
      'A client loses the stream of a call that it can continue from an event, and continues it, or does not',
    result:
      'The call goes on while the client continues the stream, and its answer is recorded as delivered; a client that does not come back for a minute has left',
  },
  'guard-given-up-busy': {
    attack:
      'A client hangs up, its server is busy when the guard cancels the call, and the guard waits for the answer no longer after ten minutes; then the client is revoked',
    result: 'The cancellation is sent again, and another one after the revoke',
  },
  'guard-polled-call-expired': {
    attack:
      'A server ends the stream of a call before its answer, so that the client continues it elsewhere, and the token of the client expires',
    result: 'The call is cancelled when the token has expired',
  },
  'guard-ends': {
    attack: 'An operator ends a guard over HTTP while calls and a task run',
    result:
      'The clients read that the guard ends; the server gets the cancellations before that, if it takes them within two seconds',
  },
  'guard-session-end-task': {
    attack:
      'A client ends its session of MCP while its server is too busy to take the cancellation of a task in it',
    result:
      'The client gets the status 503, the server does not get the end of the session, and the cancellation is sent again',
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
  'guard-late-body': {
    attack:
      'A client sends the headers of a call, and the end of its body after the guard began to end, after the session of MCP ended, after a revoke, or after its token has expired',
    result: 'The call is refused, and does not reach the server',
  },
  'guard-limited-while-running': {
    attack:
      'A request such as `resources/read` or a task runs while something reaches the agent that lets the policy limit its result',
    result:
      'It is cancelled, because only results of calls can be limited; the result of a call is cut',
  },
  'guard-obligation-while-running': {
    attack:
      'A call runs while something reaches the agent that lets the policy permit it only with an obligation',
    result:
      'The log gets a line that carries the obligation out; without `--obligation`, the call is cancelled',
  },
} as const satisfies AttackRows;
