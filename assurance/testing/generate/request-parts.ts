// A session's request after a change of part of it: merged by RFC 7396, or with whole parts replaced.

import { mergePatch } from '@nhipol/runtime';
import { isMembers as isObject, type JsonValue } from '@nhipol/runtime/abi';
import { principalMember } from '@nhipol/runtime/call-digest';

export type JsonMembers = { readonly [name: string]: JsonValue };

export const roots = ['subject', 'action', 'resource', 'context'] as const;

export type RequestRoot = (typeof roots)[number];

export interface RequestChange {
  readonly part: JsonMembers;
  /** These are replaced as a whole. */
  readonly replaced: readonly RequestRoot[];
}

/** Replaces every part in it as a whole. */
export function createReplacement(part: JsonMembers): RequestChange {
  return { part, replaced: listPayloadRoots(part) };
}

/** Replaces the query as a whole, and merges the context. */
export function createQueryChange(part: JsonMembers): RequestChange {
  return { part, replaced: listPayloadRoots(part).filter((root) => root !== 'context') };
}

export function listPayloadRoots(part: JsonMembers): readonly RequestRoot[] {
  return roots.filter((root) => Object.hasOwn(part, root));
}

export function applyRequestChange(
  request: JsonMembers,
  { part, replaced }: RequestChange,
): JsonMembers {
  const without = Object.entries(request).filter(
    ([name]) => !(replaced as readonly string[]).includes(name),
  );
  return mergePatch(Object.fromEntries(without), part) as JsonMembers;
}

/** The parts of a call that are not known completely after a change, because they are changed in part. */
export function listUnknownParts(
  before: readonly string[],
  { part, replaced }: RequestChange,
): readonly string[] {
  const after = new Set(before);
  for (const root of listPayloadRoots(part)) {
    if (root === 'context' || (root === 'subject' && !changesCaller(part[root]))) continue;
    const isWhole = root === 'subject' && containsCaller(part[root]);
    if (isWhole || replaced.includes(root)) after.delete(root);
    else after.add(root);
  }
  return [...after];
}

/** Whether a part of a subject contains something of what identifies it. */
function changesCaller(subject: JsonValue | undefined): boolean {
  if (subject === undefined || !isJsonMembers(subject)) return true;
  const { id, type, properties } = subject;
  if (id !== undefined || type !== undefined || properties === null) return true;
  return properties !== undefined && findMember(properties, [principalMember]) !== undefined;
}

/** Whether it contains all of it, without anything to be merged. */
function containsCaller(subject: JsonValue | undefined): boolean {
  if (subject === undefined || !isJsonMembers(subject)) return false;
  const { id, type, properties } = subject;
  if (id === undefined || type === undefined || properties === undefined) return false;
  const principal = properties === null ? null : findMember(properties, [principalMember]);
  if (principal === undefined) return false;
  if (!isJsonMembers(principal)) return true;
  return typeof principal.id === 'string' && typeof principal.type === 'string';
}

export function isJsonMembers(value: JsonValue): value is JsonMembers {
  return isObject(value);
}

/** The value at the path, or `undefined` if nothing is there, or on the way to it. */
export function findMember(value: JsonValue, path: readonly string[]): JsonValue | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const inner = isJsonMembers(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return inner === undefined ? undefined : findMember(inner, rest);
}
