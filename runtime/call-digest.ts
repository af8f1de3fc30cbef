// What tells one call from another: the digest of its action and its resource with all that the caller said of them,
// declared or not. An approval is bound to it. Evaluator and hosts compute it alike.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalMembers } from './canonical-json.ts';

/** The member of the context that the host sets to it. */
export const digestMember = 'call_digest';

/** Where an answer that depends on it reads it. */
export const digestPath = `context.${digestMember}`;

/** How it is written. */
export const digestForm = /^sha-256:[0-9a-f]{64}$/;

/** Its characters, which are as many bytes. */
export const digestLength = 72;

/**
 * `sha-256:` and SHA-256 (FIPS 180-4) in lower-case hexadecimal over the canonical form (RFC 8785) of an object that has the
 * request's `action` and `resource`, as they are. `request`: JSON text. undefined: the call has none, since it lacks one
 * of the two, or one has no canonical form.
 */
export function callDigest(request: string): string | undefined {
  const members = canonicalMembers(request, ['action', 'resource']);
  return digestOfForms(members.get('action'), members.get('resource'));
}

/** The same of the two in their canonical forms. */
export function digestOfForms(
  action: string | undefined,
  resource: string | undefined,
): string | undefined {
  if (action === undefined || resource === undefined) return undefined;
  const form = `{"action":${action},"resource":${resource}}`;
  return `sha-256:${bytesToHex(sha256(utf8ToBytes(form)))}`;
}
