// P4 with answers that end on their own: the requests of P1, each with a credential that has not expired.
// policies/p4-due.nhipol is the same policy as the function.

import * as p1 from './p1.mjs';

/** @typedef {import('./request.mjs').Random} Random */

/** As long as any other instant in the same format, so that one can replace another. */
export const expiresAt = '2028-01-01T00:00:00.000Z';

/** @param {ReturnType<typeof generate>['request']} request */
export function decide(request) {
  const { subject, context } = request;
  const isExpired =
    Date.parse(context.time) >= Date.parse(subject.properties.credential.expires_at);
  return !isExpired && p1.decide(request);
}

/** @param {Random} random */
export function generate(random) {
  const { request, expected } = p1.generate(random);
  const { subject } = request;
  const properties = { ...subject.properties, credential: { expires_at: expiresAt } };
  return { request: { ...request, subject: { ...subject, properties } }, expected };
}
