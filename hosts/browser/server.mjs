// A server on this machine alone, for the page: texts by their paths, and files that stand in place of the beginnings of paths. Types
// are as browsers want them; a module that is no `application/wasm` would not be compiled while it arrives.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';

/** @type {Readonly<Record<string, string>>} */
const types = {
  '': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.jsonl': 'application/jsonl',
  '.wasm': 'application/wasm',
};
const otherType = 'text/plain; charset=utf-8';
/** The strictest that the host runs under; and a page that no other can look into has finer clocks. */
const policies = {
  'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** @typedef {Readonly<Record<string, string>>} ByPath */

/**
 * @param {ByPath} texts
 * @param {ByPath} shared A path that begins so is a file that begins otherwise.
 */
export async function serve(texts, shared) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const body = texts[pathname] ?? (await findFile(pathname, shared));
    const type = types[extname(pathname)] ?? otherType;
    if (body === undefined) response.writeHead(404).end();
    else response.writeHead(200, { ...policies, 'content-type': type }).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @param {string} pathname @param {ByPath} shared */
async function findFile(pathname, shared) {
  const found = Object.entries(shared).find(([start]) => pathname.startsWith(start));
  if (found === undefined) return undefined;
  const [start, place] = found;
  try {
    const rest = decodeURIComponent(pathname.slice(start.length));
    return rest.split('/').includes('..') ? undefined : await readFile(place + rest);
  } catch {
    return undefined;
  }
}
