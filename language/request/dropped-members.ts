// Finds the members of the context that a session drops because other contexts apply to its new request.

import {
  type DeclaredContexts,
  findContextType,
  listAppliedContexts,
  type ScopeNames,
} from '../model/contexts.ts';
import { isSameMember } from '../types/types.ts';

/**
 * Returns the names of the members in the context of `before` that are not declared for both requests, or not in the
 * same way. None if the same contexts apply. The requests are JSON.
 */
export function findDroppedMembers(
  policy: DeclaredContexts,
  before: string,
  after: string,
): readonly string[] {
  if (policy.contexts.length === 0) return [];
  const request: unknown = JSON.parse(before);
  const [oldNames, newNames] = [readScopeNames(request), readScopeNames(JSON.parse(after))];
  const [old, now] = [listAppliedContexts(policy, oldNames), listAppliedContexts(policy, newNames)];
  if (
    old.length === now.length &&
    old.every((scopedContext, index) => scopedContext === now[index])
  )
    return [];
  const [from, to] = [findContextType(policy, oldNames), findContextType(policy, newNames)];
  return listNames(readMember(request, 'context')).filter((name) => {
    const [member, other] = [from?.members.get(name), to?.members.get(name)];
    return member === undefined || other === undefined || !isSameMember(member, other);
  });
}

/** The strings of a parsed request that select scopes. */
export function readScopeNames(request: unknown): ScopeNames {
  return {
    subjects: readText(readMember(request, 'subject'), 'type'),
    actions: readText(readMember(request, 'action'), 'name'),
    resources: readText(readMember(request, 'resource'), 'type'),
  };
}

function readText(json: unknown, name: string): string | undefined {
  const text = readMember(json, name);
  return typeof text === 'string' ? text : undefined;
}

function readMember(json: unknown, name: string): unknown {
  if (typeof json !== 'object' || json === null) return undefined;
  return Object.getOwnPropertyDescriptor(json, name)?.value;
}

function listNames(json: unknown): readonly string[] {
  return typeof json === 'object' && json !== null ? Object.keys(json) : [];
}
