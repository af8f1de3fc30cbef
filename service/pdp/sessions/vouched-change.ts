// The facts of the service in a session. They belong to the credential of the request that is decided, and never to that of
// another request: those without a value are absent, also if the session has one from an earlier request.

import { mergePatch } from '@nhipol/runtime';
import type { Members } from '../../json/members.ts';
import { isObject, stringifyExactly } from '../requests/exact-json.ts';
import { type VouchedMember, withoutOwnMembers } from '../requests/vouched-facts.ts';

/** A query of a session with the facts of its credential, and what changes in the session besides it. */
export interface VouchedQuery {
  readonly query: Members;
  /** A merge patch of the subject, or `undefined` if it stays as it is. */
  readonly subject: Members | undefined;
}

/** `facts`: those of the session. `query`: with a context that is a merge patch of that of the session. */
export function vouchQuery(
  facts: Members,
  query: Members,
  vouched: readonly VouchedMember[],
): VouchedQuery {
  const { context: before = {}, subject = {} } = withoutOwnMembers(facts);
  const given = query.context ?? {};
  // The module refuses a query whose context is not an object, and then nothing changes.
  if (!isObject(given)) return { query, subject: undefined };
  const context = diff(before, setMembers(mergePatch(before, given), select(vouched, 'context')));
  const properties = vouched.filter(({ path: [, second] }) => second === 'properties');
  const changed = diff(subject, setMembers(subject, select(properties, 'subject')));
  const isSame = Object.keys(changed).length === 0;
  return { query: { ...query, context }, subject: isSame ? undefined : changed };
}

/** Whether the mapping states the subject of a session otherwise, by its type or id. */
export function containsSubject(subject: unknown, vouched: readonly VouchedMember[]): boolean {
  const known = isObject(subject) ? subject : {};
  return vouched.every(
    ({ path: [first, second = '', third], value }) =>
      first !== 'subject' ||
      third !== undefined ||
      second === 'properties' ||
      known[second] === value,
  );
}

function select(vouched: readonly VouchedMember[], part: string): readonly VouchedMember[] {
  return vouched
    .filter(({ path: [first] }) => first === part)
    .map(({ path, ...rest }) => ({ ...rest, path: path.slice(1) }));
}

function setMembers(members: unknown, vouched: readonly VouchedMember[]): unknown {
  return vouched.reduce((whole, { path, value }) => setMember(whole, path, value), members);
}

/** An object whose members were all of an earlier credential is absent, too. */
function setMember(whole: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const { [name]: below, ...others } = isObject(whole) ? whole : ({} as Members);
  const set = setMember(below, rest, value);
  if (set !== undefined) return { ...others, [name]: set };
  if (below === undefined) return whole;
  return Object.keys(others).length === 0 ? undefined : others;
}

/** A merge patch (RFC 7396) that makes one object the other. */
function diff(before: unknown, after: unknown): Members {
  const [from, to] = [before, after].map((each) => (isObject(each) ? each : {}));
  const removed = Object.keys(from ?? {}).filter((name) => !Object.hasOwn(to ?? {}, name));
  const changed = Object.entries(to ?? {}).filter(
    ([name, value]) =>
      !Object.hasOwn(from ?? {}, name) ||
      stringifyExactly(from?.[name]) !== stringifyExactly(value),
  );
  return Object.fromEntries([
    ...removed.map((name) => [name, null]),
    ...changed.map(([name, value]) => {
      const below = from?.[name];
      return [name, isObject(below) && isObject(value) ? diff(below, value) : value];
    }),
  ]);
}
