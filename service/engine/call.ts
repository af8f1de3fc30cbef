// A call that an identity makes: an action on a resource, as the policy gets it and as an approver agrees to it.

import { callDigest } from '@nhipol/runtime/call-digest';
import type { Members } from '../json/members.ts';
import type { DeclaredRequest } from './declared.ts';

/** The type, id and properties of the identity that acts. */
export interface Identity {
  readonly type: string;
  readonly id: string;
  readonly properties: Members;
}

/** The facts that an enforcement point vouches for: who acts, and members of the context. */
export interface CallerFacts {
  readonly identity: Identity;
  readonly context: Members;
}

export interface Call {
  /** `action` and `resource`, as in an AuthZEN request. */
  readonly parts: Members;
  /**
   * The same as JSON. It can contain what `parts` cannot, such as integers beyond 2^53: the module reads the bytes
   * that the resource gets.
   */
  readonly text: string;
  /** The JSON that the resource gets, if `text` is made of its parsed values; default: `text`. */
  readonly sent?: string | undefined;
  /** The facts as they are for this call, or `undefined` for the facts that the session opened with. */
  readonly facts?: CallerFacts | undefined;
  /** The text that an approval is for, if the policy does not get the whole call; default: `text`. */
  readonly approvedText?: string;
}

/** A module reads at most 64 KiB; the rest is left for the facts of the session. */
const maxTextLength = 48 * 1024;
/** The longest call that can be approved, in bytes. */
const maxApprovedBytes = 128 * 1024 * 1024;

/**
 * Returns the call for a policy as JSON, or `undefined` if it is too long, and not every reader reads it in the same
 * way.
 */
export function selectPolicyText(
  call: Call,
  digest: () => string | undefined,
  declared: DeclaredRequest,
): string | undefined {
  if (call.text.length <= maxTextLength) return call.text;
  // Without a digest the call has no canonical form, and its values may not be exact.
  return digest() === undefined ? undefined : JSON.stringify(declared.read(call.parts));
}

/** The digest of a call by an identity under a policy, or `undefined` if the call has no canonical form. */
export function computeCallDigest(
  identity: Identity,
  call: Call,
  policy: string,
): string | undefined {
  const { type, id, properties } = call.facts?.identity ?? identity;
  const subject = JSON.stringify({ type, id, properties });
  const request = `{"subject":${subject},${(call.approvedText ?? call.text).slice(1)}`;
  return callDigest(request, policy, maxApprovedBytes);
}
