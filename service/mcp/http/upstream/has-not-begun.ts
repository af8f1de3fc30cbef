// Whether a request that failed has certainly not reached the server.

import { Redirected } from './fetch-upstream.ts';

/** The codes of errors before there is a connection. */
const codes: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export function hasNotBegun(error: unknown): boolean {
  if (error instanceof Redirected) return true;
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && codes.has((cause as NodeJS.ErrnoException).code);
}
