// The HTTP responses of the guard itself to requests that it refuses.

import type { ServerResponse } from 'node:http';

/** The header of a response to a token that is not accepted. */
export const tokenChallenge = { 'www-authenticate': 'Bearer error="invalid_token"' } as const;

export function sendRefusal(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close', ...headers });
  response.end(`${body}\n`);
}
