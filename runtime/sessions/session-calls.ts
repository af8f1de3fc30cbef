// The parts of a call that a host stores for each session whose policy uses the digest: action and resource with everything
// that was sent about them and the caller's identity, since the module stores only what the policy declares, and
// the granted approvals. So the digest is always that of the whole call, also after a patch of a part of it.

import { requestLimits, requestParts } from '../contract/index.ts';
import { canonicalJson, canonicalMembers } from '../json/canonical-json.ts';
import { isMembers, mergePatch } from '../json/merge-patch.ts';
import {
  type CallForms,
  callerOf,
  callSelection,
  digestOfForms,
  utf8Length,
} from '../request/call-digest.ts';
import { parsed } from './request-parts.ts';

/** The call of one session. If a part of it is not known, it has no digest until that part is sent as a whole. */
export interface StoredCall extends CallForms {
  readonly digest: string | undefined;
  readonly approvals: readonly unknown[];
}

export const unknownCall: StoredCall = {
  subject: undefined,
  action: undefined,
  resource: undefined,
  digest: undefined,
  approvals: [],
};

const roots = ['subject', 'action', 'resource'] as const;

/**
 * The call after a request or a part of one. `text`: its JSON, of which `replaced`, a set of `requestParts`, is
 * complete; `policy`: the name of the policy.
 */
export function callAfter(
  before: StoredCall,
  text: Uint8Array,
  replaced: number,
  policy: string,
): StoredCall {
  // The module rejects it unread, and then nothing changes.
  if (text.length > requestLimits.bytes) return before;
  const part = new TextDecoder().decode(text);
  const sent = canonicalMembers(part, callSelection);
  const formAfter = (root: (typeof roots)[number]) => {
    const form = sent.get(root);
    if (!sent.has(root)) return before[root];
    return replaced & requestParts[root] ? form : merged(before[root], form);
  };
  const [subject, action, resource] = roots.map(formAfter);
  const forms: CallForms = { subject, action, resource };
  const isSame = roots.every((root) => !sent.has(root) || isSamePart(root, before, forms));
  const digest = isSame ? before.digest : digestOfForms(forms, policy);
  const approvals = approvalsAfter(before.approvals, part, (replaced & requestParts.context) !== 0);
  return { ...forms, digest, approvals };
}

/** A subject may change without a change of the caller. */
function isSamePart(root: (typeof roots)[number], before: CallForms, after: CallForms): boolean {
  const [was, is] = [before[root], after[root]];
  if (was === undefined || is === undefined) return false;
  return was === is || (root === 'subject' && callerOf(was) === callerOf(is));
}

/** The same call under another policy. */
export function callUnder(policy: string, call: StoredCall): StoredCall {
  return { ...call, digest: digestOfForms(call, policy) };
}

/**
 * The call in a session's snapshot, which has no more of it than the policy declares: the caller's identity and
 * the approvals, unless they are not completely known. `digest`: the one that the module restored.
 */
export function callIn(text: string, digest: string | undefined): StoredCall {
  const { request } = parsed(text);
  const approvals = approvalsAfter([], JSON.stringify(request ?? null), true).filter(
    (each) => isMembers(each) && Object.values(each).every((value) => typeof value === 'string'),
  );
  return { ...unknownCall, subject: subjectIn(text), digest, approvals };
}

const subjectSelection = {
  members: new Map([
    ['request', { members: new Map([['subject', callSelection.members.get('subject')]]) }],
  ]),
};

/** undefined if one of its values is not known. */
function subjectIn(text: string): string | undefined {
  const request = canonicalMembers(text, subjectSelection).get('request');
  if (request === undefined || unknownValue.test(request)) return undefined;
  return canonicalMembers(request, callSelection).get('subject');
}

/** How a session's snapshot represents a value that is present but invalid. */
const unknownValue = /\["(?:unknown|faulty)",0\]/;

/** RFC 7396. A form represents its value exactly. A form longer than any request is dropped. */
function merged(form: string | undefined, patch: string | undefined): string | undefined {
  if (form === undefined || patch === undefined) return undefined;
  const after = canonicalJson(mergePatch(JSON.parse(form), JSON.parse(patch)));
  return after !== undefined && utf8Length(after) <= requestLimits.bytes ? after : undefined;
}

function approvalsAfter(
  before: readonly unknown[],
  part: string,
  isReplaced: boolean,
): readonly unknown[] {
  const { context } = parsed(part);
  if (!isMembers(context)) return before;
  const { approvals } = context;
  if (Array.isArray(approvals)) return approvals;
  return isReplaced || approvals === null ? [] : before;
}
