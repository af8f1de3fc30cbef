// What a host keeps of each session whose policy asks for the digest of the call: action and resource with all that was
// said of them and the caller's identity, since the module keeps no more than the policy declares, and the approvals that it
// was told. So the digest is always that of the whole call, also after a patch of a part of it.

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

/** Of one session. What is not known of a call has no digest, until the whole of it is told. */
export interface KeptCall extends CallForms {
  readonly digest: string | undefined;
  readonly approvals: readonly unknown[];
}

export const unknownCall: KeptCall = {
  subject: undefined,
  action: undefined,
  resource: undefined,
  digest: undefined,
  approvals: [],
};

const roots = ['subject', 'action', 'resource'] as const;

/**
 * `text`: JSON of a request or a part of one, of which `replaced`, a set of `requestParts`, is told as a whole; `policy`: the
 * name of the policy that is asked.
 */
export function callAfter(
  before: KeptCall,
  text: Uint8Array,
  replaced: number,
  policy: string,
): KeptCall {
  // The module refuses it unread, and then nothing changes.
  if (text.length > requestLimits.bytes) return before;
  const part = new TextDecoder().decode(text);
  const told = canonicalMembers(part, callSelection);
  const formAfter = (root: (typeof roots)[number]) => {
    const form = told.get(root);
    if (!told.has(root)) return before[root];
    return replaced & requestParts[root] ? form : merged(before[root], form);
  };
  const [subject, action, resource] = roots.map(formAfter);
  const forms: CallForms = { subject, action, resource };
  const isSame = roots.every((root) => !told.has(root) || isSamePart(root, before, forms));
  const digest = isSame ? before.digest : digestOfForms(forms, policy);
  const approvals = approvalsAfter(before.approvals, part, (replaced & requestParts.context) !== 0);
  return { ...forms, digest, approvals };
}

/** A subject may change without another caller. */
function isSamePart(root: (typeof roots)[number], before: CallForms, after: CallForms): boolean {
  const [was, is] = [before[root], after[root]];
  if (was === undefined || is === undefined) return false;
  return was === is || (root === 'subject' && callerOf(was) === callerOf(is));
}

/** The same call under another policy. */
export function callUnder(policy: string, call: KeptCall): KeptCall {
  return { ...call, digest: digestOfForms(call, policy) };
}

/**
 * Of a session's text, which has no more of the call than the policy declares: the caller's identity, and the approvals, but
 * for those that are not known whole. `digest`: the one that the module restored.
 */
export function callIn(text: string, digest: string | undefined): KeptCall {
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

/** undefined where a value of it is not known. */
function subjectIn(text: string): string | undefined {
  const request = canonicalMembers(text, subjectSelection).get('request');
  if (request === undefined || unknownValue.test(request)) return undefined;
  return canonicalMembers(request, callSelection).get('subject');
}

/** How a session's text has a value that is there and of no use. */
const unknownValue = /\["(?:unknown|faulty)",0\]/;

/** RFC 7396. A form carries its value exactly. One that is longer than any request is not kept. */
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
