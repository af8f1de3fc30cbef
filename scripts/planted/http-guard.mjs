// Bugs in the guard over HTTP: the memory that clients and servers take.

const tests = (...names) => names.map((name) => `test/service/${name}.test.ts`);
const memory = tests('http-memory');

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
    file: 'service/mcp/http/http-guard.ts',
    find: 'this.#waiting.add({ owner, size, end: () => request.socket.destroy() }),',
    replace: 'this.#waiting.add({ owner, size: () => 0 * size(), end: () => {} }),',
    does: 'A client without a token sends most of many long bodies, and takes the memory of the guard.',
    by: memory,
  },
  {
    id: 'stream-read-for-nobody',
    file: 'service/mcp/http/upstream.ts',
    find: '      await client.drain();\n',
    replace: '',
    does: 'What a server sends to a client that reads nothing stays in memory.',
    by: memory,
  },
];
