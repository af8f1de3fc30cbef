// The subject of an event: one identifier, or a complex one that consists of several (SSF 1.0, section 3.2).

import { isMembers } from '../../json/members.ts';
import { listIdentifierKeys, SubjectError } from './identifier.ts';

/** Canonical. Identifiers are identical if they have a key in common. */
export type Subject =
  | { readonly kind: 'simple'; readonly keys: readonly string[] }
  | { readonly kind: 'complex'; readonly members: ReadonlyMap<string, readonly string[]> };

/** Reads a subject. Throws a `SubjectError` for one that cannot be processed. */
export function readSubject(value: unknown, path = 'sub_id'): Subject {
  if (!isMembers(value)) throw new SubjectError(`${path}: expected an object`);
  if (value.format !== 'complex') return { kind: 'simple', keys: listIdentifierKeys(value, path) };
  const members = Object.entries(value)
    .filter(([name]) => name !== 'format')
    .map(([name, each]) => [name, listMemberKeys(each, `${path}.${name}`)] as const);
  if (members.length === 0) throw new SubjectError(`${path}: a complex subject has no members`);
  return { kind: 'complex', members: new Map(members) };
}

function listMemberKeys(value: unknown, path: string): readonly string[] {
  if (!isMembers(value)) throw new SubjectError(`${path}: expected an object`);
  if (value.format === 'complex') throw new SubjectError(`${path}: a member cannot be complex`);
  return listIdentifierKeys(value, path);
}

/** All keys of the identifiers of a subject. */
function listKeys(subject: Subject): readonly string[] {
  return subject.kind === 'simple' ? subject.keys : [...subject.members.values()].flat();
}

/**
 * Whether two subjects are of one stream (SSF 1.0, section 8.1.3.1): simple ones if they are identical, complex ones if
 * each member that both have is identical. A simple one is compared with each member of a complex one.
 */
export function matchesSubject(wanted: Subject, actual: Subject): boolean {
  if (wanted.kind === 'simple') return hasCommon(wanted.keys, listKeys(actual));
  if (actual.kind === 'simple') return hasCommon(listKeys(wanted), actual.keys);
  return [...wanted.members].every(([name, keys]) => {
    const member = actual.members.get(name);
    return member === undefined || hasCommon(keys, member);
  });
}

export function hasCommon(some: readonly string[], others: readonly string[]): boolean {
  return some.some((key) => others.includes(key));
}
