// The members and values that a policy expects at a path in the JSON of a request.

import { describeExpectation } from '@nhipol/language';
import { listContextCases, type PolicyModel } from '@nhipol/language/model';
import type { Member, Type } from '@nhipol/language/types';

export interface ExpectedJson {
  /** A noun phrase such as `an integer (Int)`. */
  readonly type: string;
  /** Whether a valid request must have it. */
  readonly isRequired: boolean;
  /** The members of an object. */
  readonly members: readonly string[];
  /** The values of an enum, the declared names, or `true` and `false`; as JSON. */
  readonly values: readonly string[];
}

type Path = readonly (string | number)[];

const roots = ['subject', 'action', 'resource', 'context'] as const;
const anywhere = { subjects: undefined, actions: undefined, resources: undefined };

/** `json` is the whole request, as far as it could be read. `undefined` if the policy declares nothing there. */
export function findExpectedJson(
  policy: PolicyModel,
  json: unknown,
  path: Path,
): ExpectedJson | undefined {
  const [root, second, ...rest] = path;
  if (root === undefined) return createExpectedObject(roots, true);
  switch (root) {
    case 'subject':
      return inEntity(policy.subjects, policy.anySubject, ['type', 'id']);
    case 'action':
      return inEntity(policy.actions, policy.anyAction, ['name']);
    case 'resource':
      return inEntity(policy.resources, policy.anyResource, ['type', 'id']);
    case 'context': {
      const types = listContextCases(policy, anywhere).flatMap(({ type }) => type ?? []);
      if (second === undefined) return createExpectedObject(types.flatMap(listMemberNames), false);
      return findMember(types, [second, ...rest]);
    }
    default:
      return undefined;
  }

  function inEntity(
    shapes: PolicyModel['subjects'],
    any: PolicyModel['anySubject'],
    own: readonly string[],
  ): ExpectedJson | undefined {
    const [selector = ''] = own;
    const name = findJsonValue(json, [root as string, selector]);
    const named = typeof name === 'string' ? (shapes.get(name) ?? any) : undefined;
    const types = named === undefined ? [...shapes.values(), ...(any ? [any] : [])] : [named];
    if (second === undefined) return createExpectedObject([...own, 'properties'], true);
    if (second !== 'properties') {
      if (!own.includes(String(second)) || rest.length > 0) return undefined;
      const values = second === selector ? [...shapes.keys()].map(asJson) : [];
      return { type: 'a string', isRequired: true, members: [], values };
    }
    if (rest.length > 0) return findMember(types, rest);
    return createExpectedObject(types.flatMap(listMemberNames), false);
  }
}

function createExpectedObject(names: readonly string[], isRequired: boolean): ExpectedJson {
  return { type: 'an object', isRequired, members: [...new Set(names)], values: [] };
}

/** The member at a path in one of several records. */
function findMember(types: readonly Type[], path: Path): ExpectedJson | undefined {
  let current: readonly { readonly type: Type; readonly member?: Member }[] = types.map((type) => ({
    type,
  }));
  for (const part of path) current = current.flatMap(({ type }) => listInnerTypes(type, part));
  const [first] = current;
  if (first === undefined) return undefined;
  const { type, member } = first;
  return {
    type: describeExpectation(type),
    isRequired: member !== undefined && !member.optional && member.default === undefined,
    members: [...new Set(current.flatMap((each) => listMemberNames(each.type)))],
    values: listValues(type),
  };
}

function listInnerTypes(type: Type, part: string | number) {
  if (type.kind === 'Record') {
    const member = type.members.get(String(part));
    return member === undefined ? [] : [{ type: member.type, member }];
  }
  if (type.kind === 'Map') return [{ type: type.value }];
  return type.kind === 'Set' || type.kind === 'List' ? [{ type: type.element }] : [];
}

function listMemberNames(type: Type): readonly string[] {
  return type.kind === 'Record' ? [...type.members.keys()] : [];
}

function listValues(type: Type): readonly string[] {
  if (type.kind === 'Bool') return ['true', 'false'];
  return type.kind === 'Enum' ? type.members.map(asJson) : [];
}

function asJson(text: string): string {
  return JSON.stringify(text);
}

export function findJsonValue(json: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null
        ? (value as Readonly<Record<string, unknown>>)[part]
        : undefined,
    json,
  );
}
