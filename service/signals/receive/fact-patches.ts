// Merge patches (RFC 7396) that set facts of a session, and what is left of a value when a part of it does not fit a policy, or
// contradicts another one.

import { isMembers, type Members } from '../../json/members.ts';

/** The members of an object that are tried one by one. */
const maxTried = 64;

/** The patch that sets facts; a value replaces the one that was there as a whole. `before`: returns the request until now. */
export function createPatch(leaves: readonly Leaf[], before: () => Members): Members {
  const request = leaves.some(([, value]) => isMembers(value)) ? before() : {};
  const patch = createObject();
  for (const [path, value] of leaves) {
    let parent = patch;
    for (const name of path.slice(0, -1)) {
      parent[name] ??= createObject();
      parent = parent[name] as Record<string, unknown>;
    }
    parent[path.at(-1) as string] = replaceValue(findValue(request, path), value);
  }
  return patch;
}

function findValue(request: Members, path: Path): unknown {
  let value: unknown = request;
  for (const name of path)
    value = isMembers(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}

/** A merge patch would keep members that an object had before. */
function replaceValue(before: unknown, value: unknown): unknown {
  if (!isMembers(before) || !isMembers(value)) return value;
  const patch = createObject();
  for (const name of Object.keys(before)) patch[name] = null;
  for (const [name, member] of Object.entries(value))
    patch[name] = replaceValue(before[name], member);
  return patch;
}

/** A value with the members of another one; one that is not an object replaces it. */
export function withMembers(value: unknown, other: unknown): unknown {
  if (!isMembers(other)) return other;
  const whole = Object.assign(createObject(), isMembers(value) ? value : {});
  for (const [name, member] of Object.entries(other)) {
    whole[name] = withMembers(whole[name], member);
  }
  return whole;
}

/** The members that two objects agree on. */
export function intersectMembers(one: Members, other: Members): Members {
  const agreed = createObject();
  for (const [name, value] of Object.entries(one)) {
    const another = other[name];
    if (isMembers(value) && isMembers(another)) agreed[name] = intersectMembers(value, another);
    else if (JSON.stringify(value) === JSON.stringify(another)) agreed[name] = value;
  }
  return agreed;
}

/**
 * The largest part of an object that fits, as far as it is found by adding members, or by leaving one out of those that
 * are required, or `undefined` if none was found. `isFit`: also uses the part.
 */
export function selectFittingPart(
  value: Members,
  isFit: (part: Members) => boolean,
): Members | undefined {
  const members = Object.entries(value);
  if (members.length > maxTried) return undefined;
  let part: Members = createObject();
  if (!isFit(part)) {
    return members
      .map((left) => Object.fromEntries(members.filter((member) => member !== left)))
      .find(isFit);
  }
  for (const [name, member] of members) {
    const larger = { ...part, [name]: member };
    if (isFit(larger)) part = larger;
  }
  return part;
}

/** Any name is that of a member, also `__proto__`. */
function createObject(): Record<string, unknown> {
  return Object.create(null);
}

/** Where a fact is in a request, and its value. */
export type Path = readonly string[];

export type Leaf = readonly [path: Path, value: unknown];
