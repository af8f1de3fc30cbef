// The routes of the console: its files, which contain nothing of the service. The page calls the other routes, with the key
// of the person who uses it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';

/** The files that a build writes, with their types. */
const types = {
  'index.html': 'text/html; charset=utf-8',
  'main.js': 'text/javascript; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
};

/** Nothing from elsewhere, no script or style in the page itself, and no page around it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-cache',
};

/** Reads the files of a folder, and returns what adds their routes. Throws if one cannot be read. */
export function createConsoleRoutes(folder: string): (app: FastifyInstance) => void {
  const files = Object.entries(types).map(
    ([name, type]) => [name, type, readFileSync(join(folder, name))] as const,
  );
  return (app) => {
    const hidden = { schema: { hide: true } };
    // Relative, so that it also holds below a path of a proxy.
    app.get('/ui', hidden, (_request, reply) => reply.redirect('ui/', 308));
    for (const [name, type, bytes] of files) {
      const path = name === 'index.html' ? '/ui/' : `/ui/${name}`;
      app.get(path, hidden, (_request, reply) =>
        reply.headers({ ...headers, 'content-type': type }).send(bytes),
      );
    }
  };
}
