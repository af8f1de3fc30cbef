// The identity of a session, which determines its partition: a member of the subject. It cannot change while the session
// is open.

import { createHash } from 'node:crypto';
import { isMembers, type Members } from '../../json/members.ts';
import { stringifyExactly } from '../../pdp/requests/exact-json.ts';
import { ClusterError } from '../cluster-error.ts';

export class IdentityKey {
  /** Such as `subject.id`, or `subject.owner` for a property. */
  readonly path: string;
  readonly #name: string;

  /** Throws a `ClusterError` for a path that is not a member of the subject. */
  constructor(path: string) {
    const [, name = ''] = /^subject\.([A-Za-z_]\w*)$/.exec(path) ?? [];
    if (name === '')
      throw new ClusterError(`${path}: expected a member of the subject, such as subject.id`);
    this.path = path;
    this.#name = name;
  }

  /** The value in a request as text; empty if it has none. */
  in({ subject }: Members): string {
    if (!isMembers(subject)) return '';
    const value = this.#isAttribute ? subject[this.#name] : getProperty(subject, this.#name);
    return value === undefined || value === null ? '' : stringifyExactly(value);
  }

  /** Whether a merge patch has the member, or removes something that contains it. */
  isSubject({ subject }: Members): boolean {
    if (subject === undefined) return false;
    if (!isMembers(subject) || this.#isAttribute)
      return !isMembers(subject) || this.#name in subject;
    const { properties } = subject;
    if (properties === undefined) return false;
    return !isMembers(properties) || this.#name in properties;
  }

  get #isAttribute(): boolean {
    return this.#name === 'id' || this.#name === 'type';
  }
}

function getProperty({ properties }: Members, name: string): unknown {
  return isMembers(properties) ? properties[name] : undefined;
}

/** The partition of an identity. */
export function findPartition(identity: string, partitions: number): number {
  return createHash('sha256').update(identity).digest().readUInt32BE(0) % partitions;
}
