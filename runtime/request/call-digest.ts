// The digest of a call: the policy, the caller and its principal, and the action and the resource with everything
// the caller sent about them, declared or not. An approval is bound to it. Modules compute the same
// digest (assembly/digest).

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { isMembers, requestLimits } from '../contract/index.ts';
import { isLongerInUtf8 } from '../contract/utf8-length.ts';
import { canonicalizeMembers, printCanonicalJson, type Selection } from '../json/canonical-json.ts';

/** The member of the context that contains the digest. */
export const digestMember = 'call_digest';

/** The path of the digest in the `read` list of an answer. */
export const digestPath = `context.${digestMember}`;

/** The form of a digest. */
export const digestForm = /^sha-256:[0-9a-f]{64}$/;

/** Its length in characters, all of which are ASCII. */
export const digestLength = 72;

/** The property of a subject that names the principal it acts for. */
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

/**
 * The parts of a request that its digest covers, as canonical JSON, or `undefined` if it is missing, or without a
 * canonical form.
 */
export interface CallForms {
  /** Restricted to the members that identify the caller. */
  readonly subject: string | undefined;
  readonly action: string | undefined;
  readonly resource: string | undefined;
}

/**
 * `sha-256:` and SHA-256 (FIPS 180-4) in lower-case hexadecimal over the canonical form (RFC 8785) of an object
 * with the request's `action` and `resource` as sent, the name of the `policy`, and as `subject` the identity of
 * the caller. `request`: JSON. Takes linear time. Returns undefined for a call without a digest, since a part is
 * missing or has no canonical form, or is longer than `maxBytes`, by default the maximum length of a request.
 */
export function callDigest(
  request: string,
  policy: string,
  maxBytes: number = requestLimits.bytes,
): string | undefined {
  if (isLongerInUtf8(request, maxBytes)) return undefined;
  const members = canonicalizeMembers(request, callSelection);
  const [subject, action, resource] = ['subject', 'action', 'resource'].map((root) =>
    members.get(root),
  );
  return digestOfForms({ subject, action, resource }, policy, maxBytes);
}

export function digestOfForms(
  { subject, action, resource }: CallForms,
  policy: string,
  maxBytes: number = requestLimits.bytes,
): string | undefined {
  const caller = subject && identifyCaller(subject);
  if (caller === undefined) return undefined;
  if (!hasRoom(action, maxBytes) || !hasRoom(resource, maxBytes)) return undefined;
  const name = JSON.stringify(policy);
  const form = `{"action":${action},"policy":${name},"resource":${resource},"subject":${caller}}`;
  return `sha-256:${bytesToHex(sha256(utf8ToBytes(form)))}`;
}

/** A form is not longer than a request may be. Only numbers take more bytes in it than in a request. */
function hasRoom(form: string | undefined, maxBytes: number = requestLimits.bytes): boolean {
  return form !== undefined && !isLongerInUtf8(form, maxBytes);
}

/**
 * The identity of a caller, as canonical JSON: type and id of the subject, and the principal it acts for, if any.
 * `undefined` if it was not identified. `form`: the selected members of a subject.
 */
export function identifyCaller(form: string): string | undefined {
  const subject: unknown = JSON.parse(form);
  if (!isMembers(subject)) return undefined;
  const { id, type, properties } = subject;
  if (typeof id !== 'string' || typeof type !== 'string') return undefined;
  const hasProperties = properties !== undefined && properties !== null;
  if (hasProperties && !isMembers(properties)) return undefined;
  const principal = hasProperties ? properties[principalMember] : undefined;
  const isNone = principal === undefined || principal === null;
  if (!isNone && !hasRoom(printCanonicalJson(principal))) return undefined;
  const own = isNone ? {} : { [principalMember]: identifyPrincipal(principal) };
  const identity = printCanonicalJson({ id, type, ...own });
  return hasRoom(identity) ? identity : undefined;
}

/**
 * A principal with an id is identified by its type and id, so that other members, such as its scopes, may change.
 * Any other value is used as sent.
 */
function identifyPrincipal(principal: unknown): unknown {
  if (!isMembers(principal)) return principal;
  const { id, type } = principal;
  if (id === undefined || id === null) return principal;
  return type === undefined ? { id } : { id, type };
}
