// A session's request after a change of part of it: merged by RFC 7396, or with whole parts replaced.

import { mergePatch } from '@nhipol/runtime';
import { isMembers as isObject, type JsonValue } from '@nhipol/runtime/abi';
import { principalMember } from '@nhipol/runtime/call-digest';

export type Members = { readonly [name: string]: JsonValue };

export const roots = ['subject', 'action', 'resource', 'context'] as const;

export type Root = (typeof roots)[number];

export interface Change {
  readonly part: Members;
  /** These are replaced as a whole. */
  readonly replaced: readonly Root[];
}

/** Replaces every part in it as a whole. */
export function replacing(part: Members): Change {
  return { part, replaced: payloadRoots(part) };
}

/** Replaces the query as a whole, and merges the context. */
export function asking(part: Members): Change {
  return { part, replaced: payloadRoots(part).filter((root) => root !== 'context') };
}

export function payloadRoots(part: Members): readonly Root[] {
  return roots.filter((root) => Object.hasOwn(part, root));
}

export function changed(request: Members, { part, replaced }: Change): Members {
  const without = Object.entries(request).filter(
    ([name]) => !(replaced as readonly string[]).includes(name),
  );
  return mergePatch(Object.fromEntries(without), part) as Members;
}

/** The parts of a call that are not known completely after a change, because they are changed in part. */
export function unknownParts(
  before: readonly string[],
  { part, replaced }: Change,
): readonly string[] {
  const after = new Set(before);
  for (const root of payloadRoots(part)) {
    if (root === 'context' || (root === 'subject' && !changesCaller(part[root]))) continue;
    const isWhole = root === 'subject' && containsCaller(part[root]);
    if (isWhole || replaced.includes(root)) after.delete(root);
    else after.add(root);
  }
  return [...after];
}

/** Whether a part of a subject contains something of what identifies it. */
function changesCaller(subject: JsonValue | undefined): boolean {
  if (subject === undefined || !isMembers(subject)) return true;
  const { id, type, properties } = subject;
  if (id !== undefined || type !== undefined || properties === null) return true;
  return properties !== undefined && memberAt(properties, [principalMember]) !== undefined;
}

/** Whether it contains all of it, without anything to be merged. */
function containsCaller(subject: JsonValue | undefined): boolean {
  if (subject === undefined || !isMembers(subject)) return false;
  const { id, type, properties } = subject;
  if (id === undefined || type === undefined || properties === undefined) return false;
  const principal = properties === null ? null : memberAt(properties, [principalMember]);
  if (principal === undefined) return false;
  if (!isMembers(principal)) return true;
  return typeof principal.id === 'string' && typeof principal.type === 'string';
}

export function isMembers(value: JsonValue): value is Members {
  return isObject(value);
}

/** The value at the path; undefined: nothing is there, or on the way to it. */
export function memberAt(value: JsonValue, path: readonly string[]): JsonValue | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const inner = isMembers(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return inner === undefined ? undefined : memberAt(inner, rest);
}
