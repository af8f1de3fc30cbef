// Finds the sessions of a subject by their identifiers. A subject that does not name everything that is known about a
// session finds it, too; one that contradicts what is known does not.

import { anyMember, type SessionKeys } from './session-identifiers.ts';
import { hasCommon, type Subject } from './subject.ts';

/** Members that many identities share: with one of them alone, all its sessions are meant only if no other is named. */
const groups: ReadonlySet<string> = new Set(['tenant', 'org_unit', 'group']);

export class SubjectIndex {
  readonly #keys = new Map<string, SessionKeys>();
  /** One id, or several, by key. Most keys have one. */
  readonly #ids = new Map<string, string | Set<string>>();

  get size(): number {
    return this.#keys.size;
  }

  /** Adds a session, or replaces its keys. */
  set(id: string, keys: SessionKeys): void {
    this.delete(id);
    this.#keys.set(id, keys);
    for (const key of listKeys(keys)) {
      const ids = this.#ids.get(key);
      if (ids === undefined) this.#ids.set(key, id);
      else if (typeof ids !== 'string') ids.add(id);
      else if (ids !== id) this.#ids.set(key, new Set([ids, id]));
    }
  }

  delete(id: string): void {
    const keys = this.#keys.get(id);
    if (keys === undefined) return;
    this.#keys.delete(id);
    for (const key of listKeys(keys)) {
      const ids = this.#ids.get(key);
      if (ids === id) this.#ids.delete(key);
      else if (typeof ids === 'object') {
        ids.delete(id);
        if (ids.size === 0) this.#ids.delete(key);
      }
    }
  }

  findKeys(id: string): SessionKeys | undefined {
    return this.#keys.get(id);
  }

  /** The sessions of a subject. */
  find(subject: Subject): ReadonlySet<string> {
    const found = new Set<string>();
    const keys = subject.kind === 'simple' ? [subject.keys] : [...subject.members.values()];
    for (const key of keys.flat()) {
      for (const id of this.#with(key)) {
        if (!found.has(id) && hasSubjectKey(this.#keys.get(id) ?? [], subject)) found.add(id);
      }
    }
    return found;
  }

  #with(key: string): Iterable<string> {
    const ids = this.#ids.get(key);
    if (ids === undefined) return [];
    return typeof ids === 'string' ? [ids] : ids;
  }
}

/** Whether a session with these keys is one of a subject. */
export function hasSubjectKey(keys: SessionKeys, subject: Subject): boolean {
  if (subject.kind === 'simple')
    return [...listKeys(keys)].some((key) => subject.keys.includes(key));
  const isNarrow = [...subject.members.keys()].some((name) => !groups.has(name));
  let isIdentified = false;
  for (const [name, wanted] of subject.members) {
    const memberKeys = listMemberKeys(keys, name);
    const isEqual =
      hasCommon(wanted, memberKeys) || hasCommon(wanted, listMemberKeys(keys, anyMember));
    if (!isEqual && memberKeys.length > 0) return false;
    if (isEqual && (!isNarrow || !groups.has(name))) isIdentified = true;
  }
  return isIdentified;
}

/** The keys of a subject of which each of its sessions has one. */
export function listIdentifyingKeys(subject: Subject): readonly string[] {
  if (subject.kind === 'simple') return subject.keys;
  const members = [...subject.members];
  const narrow = members.filter(([name]) => !groups.has(name));
  return (narrow.length === 0 ? members : narrow).flatMap(([, keys]) => keys);
}

function listMemberKeys(keys: SessionKeys, member: string): readonly string[] {
  return keys.filter((_, index) => index % 2 === 1 && keys[index - 1] === member);
}

function* listKeys(keys: SessionKeys): Iterable<string> {
  for (let index = 1; index < keys.length; index += 2) yield keys[index] as string;
}
