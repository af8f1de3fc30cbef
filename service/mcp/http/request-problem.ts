// Refuses HTTP requests that do not come from a client of the guard: pages of other sites, and clients without the token.

import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../support/loopback.ts';
import type { HttpGuardOptions } from './http-guard-options.ts';

interface RefusedToken {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A page of another site may reach a local port: its origin, or the name that it used, is another. */
export function findRequestProblem(
  { headers, url = '/' }: IncomingMessage,
  { upstream, host, token }: Pick<HttpGuardOptions, 'upstream' | 'host' | 'token'>,
): RefusedToken | undefined {
  const refuseRequest = (status: number, body: string, more = {}): RefusedToken => ({
    status,
    headers: { 'content-type': 'text/plain', ...more },
    body: `${body}\n`,
  });
  const { origin, host: named = '', authorization } = headers;
  const isLocal = isLoopback(host);
  if (isLocal && !isLoopback(named.replace(/:\d+$/, ''))) return refuseRequest(403, 'unknown host');
  if (origin !== undefined && !(isLocal && isLoopback(parseHost(origin)))) {
    return refuseRequest(403, 'requests of this origin are not permitted');
  }
  if (token !== undefined && !isEqual(authorization ?? '', `Bearer ${token}`)) {
    return refuseRequest(401, 'a bearer token is required', { 'www-authenticate': 'Bearer' });
  }
  return parsePath(url) === upstream.pathname ? undefined : refuseRequest(404, 'not found');
}

/** The path of the target of a request, which clients choose: some, such as `//`, cannot be resolved against a URL. */
function parsePath(target: string): string | undefined {
  const url = target.startsWith('/') ? `http://localhost${target}` : target;
  return URL.canParse(url) ? new URL(url).pathname : undefined;
}

function parseHost(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname : '';
}

/** Takes the same time for all texts of a length. */
function isEqual(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
