// Bugs in what connections of the guard share: the session of a subject, what runs in it, and its sessions of MCP.

import { serviceTests as tests } from '../../service-tests.mjs';

const shared = tests('shared-sessions');
const http = tests('http-sessions');

export const connections = [
  {
    id: 'outcome-of-one-server',
    file: 'service/engine/engine.ts',
    find: "this.recheck('event', this.#module.hasSharedEvents ? undefined : [id]);",
    replace: "if (this.#module.hasSharedEvents) this.recheck('event', undefined);",
    does: 'A call goes on although the agent has read the page of a stranger meanwhile, by another connection or server.',
    by: shared,
  },
  {
    id: 'events-of-own-session',
    file: 'service/engine/engine.ts',
    find: 'this.#module.hasSharedEvents ? undefined : [id]',
    replace: '[id]',
    does: 'A call goes on although an event across sessions restricts it.',
    by: shared,
  },
  {
    id: 'text-of-own-connection',
    file: 'service/mcp/calls/tool-calls.ts',
    find: '[...this.#session().runningCalls, ...others]',
    replace: '[...this.running, ...others]',
    does: 'A server sends the text of a page by another connection, and the page counts as unread.',
    by: shared,
  },
  {
    id: 'text-before-own-use',
    file: 'service/mcp/relay-client.ts',
    find: 'return this.#session !== undefined || this.#options.hasSession(this.#facts);',
    replace: 'return this.#session !== undefined;',
    does: 'The text of a server is not in the history if it comes by a connection that has used nothing.',
    by: shared,
  },
  {
    id: 'stopped-twice',
    file: 'service/mcp/work/unanswered-work.ts',
    find: 'if (hasLeft) this.#sent.refuse(reason);',
    replace: 'this.#sent.refuse(reason);',
    does: 'A call that was cancelled or stopped is answered when access is revoked.',
    by: ['test/service/left-work.test.ts'],
  },
  {
    id: 'initialize-without-session',
    file: 'service/mcp/http/headers/headers.ts',
    find: "  if (message.kind === 'request' && message.method === 'initialize') return false;\n",
    replace: '',
    does: 'The calls of a session of MCP that began with a header of another revision go on after a change of the policy.',
    by: http,
  },
  {
    id: 'relay-after-its-end',
    file: 'service/mcp/gate.ts',
    find: "    if (hasEnded) return 'the connection has ended';\n",
    replace: "    if (hasEnded && session === undefined) return 'the connection has ended';\n",
    does: 'A call whose session of MCP has ended runs on after a revoke, and its result is delivered.',
    by: http,
  },
  {
    id: 'server-state-again',
    file: 'service/mcp/calls/call-decisions.ts',
    find: 'if (answered.has(id) || expiresAt <= now) {',
    replace: 'if (expiresAt <= now) {',
    does: 'One approval permits a call as often as the state of a question of its server is sent.',
    by: tests('approvals'),
  },
  {
    id: 'elicitation-outlives-revoke',
    file: 'service/store/sqlite-store.ts',
    find: 'AND (subject = ? OR id IN',
    replace: 'AND (subject = ? AND 0 OR id IN',
    does: 'An approval by elicitation permits its call after a revoke that was lifted.',
    by: tests('guard-approve'),
  },
];
