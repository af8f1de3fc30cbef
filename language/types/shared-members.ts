// One member for what several subject types, actions or resource types declare by the same name. Records are shared
// member by member; everything else is declared in the same way wherever it is declared.

import {
  isSameDefault,
  isSameMember,
  isSameSecrecy,
  isSameWireType,
  type Member,
  type MemberDifference,
  type RecordType,
  type Type,
  typeName,
} from './types.ts';

/** A declaration, with the name of its type or action in messages. */
export interface Declaration<T = Member> {
  readonly label: string;
  readonly of: T;
}

function isDifference(shared: Member | MemberDifference): shared is MemberDifference {
  return 'why' in shared;
}

/**
 * Returns the declaration itself if all declare the member alike. `missing`: the name of a type or action that does
 * not declare it; the shared member is then optional.
 */
export function shareMember(
  declarations: readonly [Declaration, ...Declaration[]],
  missing: string | undefined,
): Member | MemberDifference {
  const [first, ...others] = declarations;
  const isAlike = ({ of }: Declaration) =>
    isSameMember(first.of, of) && isSameSecrecy(first.of, of);
  if (missing === undefined && others.every(isAlike)) return first.of;
  for (const other of others) {
    const why = describeDifference(first, other);
    if (why !== undefined)
      return { why, declared: [first, other].map(({ of }) => locateMember(of)) };
  }
  if (missing !== undefined && first.of.default !== undefined) {
    const why = `has a default for ${first.label}, and is not declared for ${missing}`;
    return { why, declared: [locateMember(first.of)] };
  }
  const { type } = first.of;
  const records = declarations.map(({ label, of }) => ({ label, of: of.type as RecordType }));
  return {
    ...first.of,
    type: type.kind === 'Record' ? shareRecord(records, missing) : type,
    optional: missing !== undefined || declarations.some(({ of }) => of.optional),
    shares: { declared: declarations.map(({ of }) => of), isPartial: missing !== undefined },
  };
}

/** Whether two declarations of a name have the same values, whether they are optional or not. */
export function isShareable(a: Member, b: Member): boolean {
  if (a.name !== b.name || a.fresh !== b.fresh) return false;
  return isSharedByMember(a, b) || (isSameWireType(a.type, b.type) && isSameDefault(a, b));
}

/** Whether both are records that can have different members. */
function isSharedByMember(a: Member, b: Member): boolean {
  return a.fresh === undefined && a.type.kind === 'Record' && b.type.kind === 'Record';
}

function shareRecord(
  declarations: readonly Declaration<RecordType>[],
  missing: string | undefined,
): Type {
  const [first, ...others] = declarations.map(({ of }) => of);
  const members = new Map<string, Member>();
  const differing = new Map<string, MemberDifference>();
  const names = new Set(declarations.flatMap(({ of }) => [...of.members.keys()]));
  for (const name of names) {
    const [one, ...more] = declarations.flatMap(({ label, of }): Declaration[] => {
      const member = of.members.get(name);
      return member === undefined ? [] : [{ label, of: member }];
    });
    if (one === undefined) continue;
    const without = declarations.find(({ of }) => !of.members.has(name))?.label;
    const shared = shareMember([one, ...more], without ?? missing);
    if (isDifference(shared)) differing.set(name, shared);
    else members.set(name, shared);
  }
  const broken = new Set(declarations.flatMap(({ of }) => [...(of.broken ?? [])]));
  const name = others.every((other) => other.name === first?.name) ? first?.name : undefined;
  return { ...(first as RecordType), name, members, broken, differing };
}

function describeDifference(first: Declaration, other: Declaration): string | undefined {
  const [a, b] = [first.of, other.of];
  const [one, two] = [first.label, other.label];
  if (a.secret !== b.secret) {
    const [secret, open] = a.secret ? [one, two] : [two, one];
    return `is secret for ${secret}, and not for ${open}`;
  }
  if (isShareable(a, b)) {
    const isAlike = isSharedByMember(a, b) || isSameSecrecy(a, b);
    return isAlike ? undefined : `has other secret members for ${one} than for ${two}`;
  }
  if (a.fresh !== b.fresh) return `has another \`fresh\` for ${one} than for ${two}`;
  if (!isSameWireType(a.type, b.type))
    return `is \`${typeName(a.type)}\` for ${one}, and \`${typeName(b.type)}\` for ${two}`;
  return `has another default for ${one} than for ${two}`;
}

function locateMember({ span, type }: Member) {
  return { span, type: typeName(type) };
}
