// The facts that the service vouches for, such as claims of a verified token: takes a declared mapping, and replaces the
// mapped members in requests. A member of the mapping never comes from the caller: without a value it is absent.

import type { Members } from '../../json/members.ts';
import { absent } from '../../mapping/expression.ts';
import { compileTemplate, type Template } from '../../mapping/template.ts';
import { isObject } from './exact-json.ts';

/** The inputs of the expressions. */
export interface Evidence {
  /** The claims of the verified token; empty without one. */
  readonly token: Members;
  /** The verified certificate of the peer: `subject`, `uris`, `dns_names`, `fingerprint`; empty without one. */
  readonly peer: Members;
}

export const noEvidence: Evidence = { token: {}, peer: {} };

/**
 * The members of the context that only the service sets, regardless of the mapping: it keeps the approvals, and computes
 * the digest.
 */
const serviceMembers = ['approvals', 'call_digest'] as const;

/** A member of a request that the mapping sets. Without a value it is absent. */
export interface VouchedMember {
  readonly path: readonly string[];
  readonly value?: unknown;
}

const subjectParts = { type: '', id: '', properties: '' } as const;

export interface VouchedFacts {
  /** Returns the request with the mapped members. Throws a `MappingError` if an expression fails. */
  readonly apply: (request: Members, evidence: Evidence) => Members;
  /** Returns a part of a request without the members that only the service sets. */
  readonly remove: (part: Members) => Members;
  /** All members of the mapping, with their values by the evidence. */
  readonly list: (evidence: Evidence) => readonly VouchedMember[];
  /** Whether callers may leave out what the mapping sets, so that each request is completed. */
  readonly isMapped: boolean;
}

/**
 * `mapping`: a part of a request in which strings that begin with `$` are expressions over `token` and `peer`, or
 * `undefined` if only approvals and the digest of calls are removed. Throws a `MappingError` for an expression that is
 * not valid.
 */
export function createVouchedFacts(mapping: Members | undefined): VouchedFacts {
  if (mapping === undefined) {
    return {
      isMapped: false,
      apply: withoutOwnMembers,
      remove: withoutOwnMembers,
      list: () => [],
    };
  }
  const template = compileTemplate(mapping);
  const cleared = clearMapping(mapping);
  const remove = (part: Members) => withoutOwnMembers(mergeMembers(part, cleared));
  return {
    isMapped: true,
    remove,
    apply: (request, evidence) =>
      withoutOwnMembers(mergeMembers(remove(request), mapValues(template, evidence))),
    list: (evidence) => {
      const resolved = withoutOwnMembers(mapValues(template, evidence));
      return [...walkMembers(mapping, resolved, [])].filter(({ path }) => !isOwnMember(path));
    },
  };
}

/** The members of the mapping, of which a subject as a whole is divided into its parts. */
function* walkMembers(
  mapping: Members,
  resolved: unknown,
  path: readonly string[],
): Iterable<VouchedMember> {
  for (const [name, member] of Object.entries(mapping)) {
    const value = isObject(resolved) ? resolved[name] : undefined;
    const inner = [...path, name];
    const isWholeSubject = path.length === 0 && name === 'subject' && !isObject(member);
    if (isObject(member)) yield* walkMembers(member, value, inner);
    else if (isWholeSubject) yield* walkMembers(subjectParts, value, inner);
    else yield value === undefined || value === null ? { path: inner } : { path: inner, value };
  }
}

function isOwnMember([part, name]: readonly string[]): boolean {
  return part === 'context' && serviceMembers.some((member) => member === name);
}

/** The request without the members that only the service sets, regardless of the mapping. */
export function withoutOwnMembers(request: Members): Members {
  const { context } = request;
  if (!isObject(context) || !serviceMembers.some((name) => Object.hasOwn(context, name))) {
    return request;
  }
  const { approvals: _, call_digest: __, ...others } = context;
  return { ...request, context: others };
}

function mapValues(template: Template, { token, peer }: Evidence): Members {
  const resolved = template({ token, peer }, true);
  return isObject(resolved) ? resolved : {};
}

/** The same members, each of them absent. */
function clearMapping(mapping: Members): Members {
  const members = Object.entries(mapping).map(
    ([name, value]) => [name, isObject(value) ? clearMapping(value) : absent] as const,
  );
  return Object.fromEntries(members);
}

/** Returns an object with the members of both; those of `over` replace the others, and `absent` removes one. */
function mergeMembers(under: Members, over: Members): Members {
  const result = new Map(Object.entries(under));
  for (const [name, value] of Object.entries(over)) {
    const below = result.get(name);
    if (value === absent) result.delete(name);
    else if (!isObject(value)) result.set(name, value);
    else if (isObject(below) || hasValues(value)) {
      result.set(name, mergeMembers(isObject(below) ? below : {}, value));
    } else result.delete(name);
  }
  return Object.fromEntries(result);
}

/** Whether an object has a value at some depth, so that a caller without the object gets one. */
function hasValues(members: Members): boolean {
  return Object.values(members).some((value) =>
    isObject(value) ? hasValues(value) : value !== absent,
  );
}
