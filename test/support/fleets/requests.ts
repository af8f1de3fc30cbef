// Requests as values, and the result of a partial request.

import { type EvaluatorSession, findDroppedMembers, patchSession } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { RecordType } from '@nhipol/language/types';

export type Json = Readonly<Record<string, unknown>>;

/** A request, and the parts of it that were given. */
export interface Changed {
  readonly request: Json;
  readonly roots: readonly string[];
}

export function patchRoots(
  policy: PolicyModel,
  session: EvaluatorSession,
  { request, roots }: Changed,
): EvaluatorSession {
  return patchSession(
    policy,
    session,
    roots.map((root) => ({ path: [root], json: JSON.stringify(request[root]) })),
  );
}

/** The request without the members of its context that a session drops for the next one. */
export function remaining(policy: PolicyModel, request: Json, next: Json): Json {
  const dropped = findDroppedMembers(policy, JSON.stringify(request), JSON.stringify(next));
  if (dropped.length === 0 || !isObject(request.context)) return request;
  const context = Object.entries(request.context).filter(([name]) => !dropped.includes(name));
  return { ...request, context: Object.fromEntries(context) };
}

/** The result of a JSON merge patch (RFC 7396). */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}

const parts = ['subject', 'action', 'resource', 'context'];

/** Whether a change has the parts of a request, and nothing else. */
export function hasParts(change: Json): boolean {
  return Object.keys(change).every((name) => parts.includes(name));
}

/** The parts of a request in a change, without other members. */
export function pickParts(change: Json): Json {
  return Object.fromEntries(Object.entries(change).filter(([name]) => parts.includes(name)));
}

/** Whether everything that a patch changes is a part of a request, and of the context a declared member. */
export function hasEffect({ context, contexts }: PolicyModel, patch: Json): boolean {
  const types = [context, ...contexts.map(({ type }) => type)].filter((type) => type !== undefined);
  return hasParts(patch) && isDeclared(types, patch.context);
}

function isDeclared(types: readonly RecordType[], value: unknown): boolean {
  if (!isObject(value)) return true;
  return Object.entries(value).every(([name, inner]) => {
    const members = types.flatMap((type) => type.members.get(name)?.type ?? []);
    const records = members.filter((type) => type.kind === 'Record');
    return members.length > 0 && (records.length === 0 || isDeclared(records, inner));
  });
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listNames(request: Json): readonly unknown[] {
  const { subject, action, resource } = request as Readonly<Record<string, Json | undefined>>;
  return [subject?.type, action?.name, resource?.type];
}

export function removeQuotes(name: string): string {
  return name.replaceAll('"', '');
}
