// What a host keeps of each session whose policy asks for the digest of the call: action and resource with all that was
// said of them, since the module keeps no more than the policy declares, and the approvals that it was told. So the digest is
// always that of the whole call, also after a patch of a part of it.

import { requestParts } from '../abi.ts';
import { digestOfForms } from '../call-digest.ts';
import { canonicalJson, canonicalMembers } from '../canonical-json.ts';

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
  const told = parsed(text);
  const request = isRecord(told) ? JSON.stringify(told.request) : '';
  const approvals = approvalsAfter([], request, true).filter(
    (each) => isRecord(each) && Object.values(each).every((value) => typeof value === 'string'),
  );
  return { ...unknownCall, approvals };
}

/** RFC 7396. A form carries its value exactly. */
function merged(form: string | undefined, patch: string | undefined): string | undefined {
  if (form === undefined || patch === undefined) return undefined;
  return canonicalJson(patched(JSON.parse(form), JSON.parse(patch)));
}

function patched(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const members = new Map(isRecord(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name);
    else members.set(name, patched(members.get(name), value));
  }
  return Object.fromEntries(members);
}

function approvalsAfter(
  before: readonly unknown[],
  part: string,
  isReplaced: boolean,
): readonly unknown[] {
  const told = parsed(part);
  const context = isRecord(told) ? told.context : undefined;
  if (!isRecord(context)) return before;
  const { approvals } = context;
  if (Array.isArray(approvals)) return approvals;
  return isReplaced || approvals === null ? [] : before;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
