// Bugs in the guard over HTTP: the memory that clients and servers take, headers, redirects, and whose sessions are.

import { serviceTests as tests } from '../../service-tests.mjs';

const memory = tests('http-memory');
const headers = tests('http-headers');
const sessions = tests('http-sessions');

export const httpGuard = [
  {
    id: 'answer-of-any-length',
    file: 'service/mcp/http/limited-body.ts',
    find: '      if (size > maxBytes) return undefined;\n',
    replace: '',
    does: 'A compressed answer of some hundred kilobytes takes gigabytes of the guard.',
    by: tests('http-answers'),
  },
  {
    id: 'waiting-bytes-of-anyone',
    file: 'service/http/waiting-bytes.ts',
    find: 'const waiting = part.owner === owner ? part.size() : 0;',
    replace: 'const waiting = part.owner !== owner ? part.size() : 0;',
    does: 'Connections of others are closed because one client sends slowly.',
    by: memory,
  },
  {
    id: 'bodies-without-limit',
    file: 'service/mcp/http/exchanges.ts',
    find: 'this.#waiting.add({ owner, size, end: () => request.socket.destroy() }),',
    replace: 'this.#waiting.add({ owner, size: () => 0 * size(), end: () => {} }),',
    does: 'A client without a token sends most of many long bodies, and takes the memory of the guard.',
    by: memory,
  },
  {
    id: 'stream-read-for-nobody',
    file: 'service/mcp/http/take-events.ts',
    find: '      await client.drain();\n',
    replace: '',
    does: 'What a server sends to a client that reads nothing stays in memory.',
    by: memory,
  },
  {
    id: 'followed-redirect',
    file: 'service/mcp/http/fetch-upstream.ts',
    find: "await fetch(url, { ...init, redirect: 'manual' });",
    replace: 'await fetch(url, init);',
    does: 'A server sends the calls of a client, with its session, to another address.',
    by: headers,
  },
  {
    id: 'undeclared-parameter-header',
    file: 'service/mcp/http/parameter-headers.ts',
    find: 'const names = new Set([...stated, ...(isRequired ? values.keys() : [])]);',
    replace: 'const names = new Set(isRequired ? values.keys() : []);',
    does: 'An intermediary decides by a header that repeats no argument.',
    by: headers,
  },
  {
    id: 'session-of-anybody',
    file: 'service/mcp/http/http-handler.ts',
    find: "if (typeof session === 'string' && known === undefined) {",
    replace: "if (typeof session === 'string' && known === undefined && session === '') {",
    does: 'After a restart, a client uses the session of MCP of another one.',
    by: sessions,
  },
  {
    id: 'hang-up-uncounted',
    file: 'service/mcp/http/unanswered.ts',
    find: '    this.#hasLeft = true;\n',
    replace: '    this.#hasLeft = true;\n    this.abort();\n',
    does: 'A client that closes its connections makes calls that no limit counts.',
    by: sessions,
  },
  {
    id: 'work-of-one-relay',
    file: 'service/mcp/open-work.ts',
    find: '    const work = changeWork(this.#works.get(subject) ?? noWork, before, now);\n',
    replace: '    const work = now;\n',
    does: 'A client of 2026-07-28 leaves any number of calls unanswered, and takes the memory of the guard.',
    by: tests('open-work'),
  },
  {
    id: 'expired-token-goes-on',
    file: 'service/mcp/http/token-leases.ts',
    find: 'hasExpired(lease.client)) this.#end(lease, tokenExpired);',
    replace: 'hasExpired(lease.client)) this.#leases.delete(lease);',
    does: 'A client reads a stream of the server for as long as its connection lasts, although its token has expired.',
    by: sessions,
  },
  {
    id: 'session-ended-before-calls',
    file: 'service/mcp/http/http-handler.ts',
    find: '    this.#sessions.remove(session);\n    if (!(await waitForStops',
    replace: '    if (!(await waitForStops',
    does: 'The call of a client that ends its session of MCP is cancelled for a session that the server does not know any more.',
    by: sessions,
  },
  {
    id: 'cancelled-with-old-token',
    file: 'service/mcp/http/fetch-upstream.ts',
    find: 'if (response.status !== 401 || renewed === undefined) return response;',
    replace: 'if (response.status > 0 || renewed === undefined) return response;',
    does: 'A call that began with a token which has expired is not cancelled at the server.',
    by: sessions,
  },
  {
    id: 'cancellation-sent-once',
    file: 'service/mcp/repeated-stop.ts',
    find: 'if (this.#hasEnded || this.#taken >= maxTaken) return;',
    replace: 'if (this.#hasEnded || maxTaken > 0) return;',
    does: 'A call goes on after a revoke, because its server was too busy to take the cancellation.',
    by: tests('left-work'),
  },
  {
    id: 'told-by-ended-exchange',
    file: 'service/mcp/http/tell-server.ts',
    find: 'startReading(closing, holdBytes, takePeriod)',
    replace: 'startReading(exchange.unanswered.signal, holdBytes, takePeriod)',
    does: 'A task that runs for more than ten minutes goes on after its client was revoked.',
    by: tests('kept-streams'),
  },
];
