// The digest of a call: which policy is asked, who acts and for whom, the action and the resource with everything the
// caller sent about them, declared or not. An approval is bound to it. Evaluator and hosts compute it alike.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { requestLimits } from '../contract/index.ts';
import { canonicalJson, canonicalMembers, type Selection } from '../json/canonical-json.ts';
import { isMembers } from '../json/merge-patch.ts';

/** The member of the context that the host sets to it. */
export const digestMember = 'call_digest';

/** Where an answer that depends on it reads it. */
export const digestPath = `context.${digestMember}`;

/** How it is written. */
export const digestForm = /^sha-256:[0-9a-f]{64}$/;

/** Its characters, which are as many bytes. */
export const digestLength = 72;

/** The property of a subject that tells which principal it acts for. */
export const principalMember = 'on_behalf_of';

const callerSelection: Selection = {
  members: new Map<string, Selection | undefined>([
    ['type', undefined],
    ['id', undefined],
    ['properties', { members: new Map([[principalMember, undefined]]) }],
  ]),
};

/** The members of a request that its digest covers. */
export const callSelection: Selection = {
  members: new Map<string, Selection | undefined>([
    ['subject', callerSelection],
    ['action', undefined],
    ['resource', undefined],
  ]),
};

/** The parts of a request that its digest covers, as canonical JSON; undefined: missing, or there is no such form. */
export interface CallForms {
  /** Restricted to the members that identify the caller. */
  readonly subject: string | undefined;
  readonly action: string | undefined;
  readonly resource: string | undefined;
}

/**
 * `sha-256:` and SHA-256 (FIPS 180-4) in lower-case hexadecimal over the canonical form (RFC 8785) of an object with the
 * request's `action` and `resource` as sent, the name of the `policy`, and as `subject` the identity of the caller.
 * `request`: JSON text. It takes time in proportion to the text. undefined: the call has none, since a part is missing or has no canonical form.
 */
export function callDigest(request: string, policy: string): string | undefined {
  // Longer than any request: it is refused unread.
  if (utf8Length(request) > requestLimits.bytes) return undefined;
  const members = canonicalMembers(request, callSelection);
  const [subject, action, resource] = ['subject', 'action', 'resource'].map((root) =>
    members.get(root),
  );
  return digestOfForms({ subject, action, resource }, policy);
}

/** Bytes of a text, as far as it is no longer than any request. */
export function utf8Length(text: string): number {
  return text.length > requestLimits.bytes ? text.length : utf8ToBytes(text).length;
}

export function digestOfForms(
  { subject, action, resource }: CallForms,
  policy: string,
): string | undefined {
  const caller = subject && callerOf(subject);
  if (caller === undefined || action === undefined || resource === undefined) return undefined;
  const name = JSON.stringify(policy);
  const form = `{"action":${action},"policy":${name},"resource":${resource},"subject":${caller}}`;
  return `sha-256:${bytesToHex(sha256(utf8ToBytes(form)))}`;
}

/**
 * The identity of a caller, as canonical JSON: type and id of the subject, and the principal it acts for, if there is one.
 * undefined: it is not identified. `form`: the selected members of a subject.
 */
export function callerOf(form: string): string | undefined {
  const subject: unknown = JSON.parse(form);
  if (!isMembers(subject)) return undefined;
  const { id, type, properties } = subject;
  if (typeof id !== 'string' || typeof type !== 'string') return undefined;
  const principal = isMembers(properties) ? properties[principalMember] : undefined;
  const isNone = principal === undefined || principal === null;
  const own = isNone ? {} : { [principalMember]: identityOf(principal) };
  return canonicalJson({ id, type, ...own });
}

/**
 * A principal with an id is identified by its type and id, so that other members, such as its scopes, may change. Anything
 * else is taken as sent.
 */
function identityOf(principal: unknown): unknown {
  if (!isMembers(principal)) return principal;
  const { id, type } = principal;
  if (id === undefined || id === null) return principal;
  return type === undefined ? { id } : { id, type };
}
