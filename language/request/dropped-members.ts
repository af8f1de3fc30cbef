// Finds the members of the context that a session drops because other contexts apply to its new request.

import {
  appliedContexts,
  contextOf,
  type DeclaredContexts,
  type ScopeNames,
} from '../model/contexts.ts';
import { sameMember } from '../types/types.ts';

/**
 * Returns the names of the members in the context of `before` that are not declared for both requests, or not in the
 * same way. None if the same contexts apply. The requests are JSON.
 */
export function droppedMembers(
  policy: DeclaredContexts,
  before: string,
  after: string,
): readonly string[] {
  if (policy.contexts.length === 0) return [];
  const request: unknown = JSON.parse(before);
  const [oldNames, newNames] = [namesOf(request), namesOf(JSON.parse(after))];
  const [old, now] = [appliedContexts(policy, oldNames), appliedContexts(policy, newNames)];
  if (old.length === now.length && old.every((each, index) => each === now[index])) return [];
  const [from, to] = [contextOf(policy, oldNames), contextOf(policy, newNames)];
  return namesIn(memberIn(request, 'context')).filter((name) => {
    const [member, other] = [from?.members.get(name), to?.members.get(name)];
    return member === undefined || other === undefined || !sameMember(member, other);
  });
}

/** The strings of a parsed request that select scopes. */
export function namesOf(request: unknown): ScopeNames {
  return {
    subjects: textIn(memberIn(request, 'subject'), 'type'),
    actions: textIn(memberIn(request, 'action'), 'name'),
    resources: textIn(memberIn(request, 'resource'), 'type'),
  };
}

function textIn(json: unknown, name: string): string | undefined {
  const text = memberIn(json, name);
  return typeof text === 'string' ? text : undefined;
}

function memberIn(json: unknown, name: string): unknown {
  if (typeof json !== 'object' || json === null) return undefined;
  return Object.getOwnPropertyDescriptor(json, name)?.value;
}

function namesIn(json: unknown): readonly string[] {
  return typeof json === 'object' && json !== null ? Object.keys(json) : [];
}
