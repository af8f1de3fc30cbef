// The task of each reader of `npm run hostile` for a message: it writes it to the file that the environment names, as a line of
// ASCII, and a server answers requests, so that their ids do not stay reserved.

import { openSync, writeSync } from 'node:fs';

const file = openSync(process.env.HOSTILE_SEEN ?? '/dev/null', 'a');

export function see(message) {
  const text = JSON.stringify(message).replace(
    /[^ -~]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  writeSync(file, `${text}\n`);
}

const echo = {
  name: 'echo',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
};

/** The answer to a request, or `undefined` if the message is not a request. */
export function createAnswer({ id, method }) {
  if (id === undefined || method === undefined) return undefined;
  return { jsonrpc: '2.0', id, result: method === 'tools/list' ? { tools: [echo] } : {} };
}

/** The requests of a client, so that answers of the server can pass. */
export const openPings = Array.from({ length: 500 }, (_, n) => ({
  jsonrpc: '2.0',
  id: n + 1,
  method: 'ping',
}));
