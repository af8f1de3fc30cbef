// What a host keeps of each session whose policy asks for the digest of the call: action and resource with all that was
// said of them, since the module keeps no more than the policy declares, and the approvals that it was told. So the digest is
// always that of the whole call, also after a patch of a part of it.

import { requestParts } from '../abi.ts';
import { digestOfForms } from '../call-digest.ts';
import { canonicalJson, canonicalMembers } from '../canonical-json.ts';
import { isMembers, mergePatch } from '../merge-patch.ts';
import { parsed } from './request-parts.ts';

/** Of one session. What is not known of a call has no digest, until the whole of it is told. */
export interface KeptCall {
  /** In their canonical forms. */
  readonly action: string | undefined;
  readonly resource: string | undefined;
  readonly digest: string | undefined;
  readonly approvals: readonly unknown[];
}

export const unknownCall: KeptCall = {
  action: undefined,
  resource: undefined,
  digest: undefined,
  approvals: [],
};

/** `text`: JSON of a request or a part of one, of which `replaced`, a set of `requestParts`, is told as a whole. */
export function callAfter(before: KeptCall, text: Uint8Array, replaced: number): KeptCall {
  const part = new TextDecoder().decode(text);
  const told = canonicalMembers(part, ['action', 'resource']);
  const after = (root: 'action' | 'resource') => {
    const form = told.get(root);
    if (!told.has(root)) return before[root];
    return replaced & requestParts[root] ? form : merged(before[root], form);
  };
  const [action, resource] = [after('action'), after('resource')];
  const isSame = action === before.action && resource === before.resource;
  const digest = isSame ? before.digest : digestOfForms(action, resource);
  const approvals = approvalsAfter(before.approvals, part, (replaced & requestParts.context) !== 0);
  return { action, resource, digest, approvals };
}

/**
 * Of a session's text, which has no more of the call than the policy declares: its approvals, but for those that are not
 * known whole.
 */
export function callIn(text: string): KeptCall {
  const request = JSON.stringify(parsed(text).request ?? null);
  const approvals = approvalsAfter([], request, true).filter(
    (each) => isMembers(each) && Object.values(each).every((value) => typeof value === 'string'),
  );
  return { ...unknownCall, approvals };
}

/** RFC 7396. A form carries its value exactly. */
function merged(form: string | undefined, patch: string | undefined): string | undefined {
  if (form === undefined || patch === undefined) return undefined;
  return canonicalJson(mergePatch(JSON.parse(form), JSON.parse(patch)));
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
