// The places of a request that a policy declares, with their types: those with a value, and those that could have
// one.

import { emptyObject, type Json } from '@nhipol/language';
import { findContextType, type PolicyModel, spellMemberPath } from '@nhipol/language/model';
import type { Member, RecordType, Type } from '@nhipol/language/types';

/** Names of members and indexes of elements, from the request's root. */
export type Way = readonly (string | number)[];

export interface RequestPlace {
  readonly way: Way;
  /** As the policy writes it. */
  readonly path: string;
  readonly type: Type;
  /** `undefined` if it has no value. */
  readonly json: Json | undefined;
  /** Whether a request without it is invalid. */
  readonly required: boolean;
  /** How long the record that contains it is fresh after it was observed, in milliseconds. */
  readonly fresh: bigint | undefined;
}

/** None for a string that is not an object. Outer places precede inner ones. */
export function listRequestPlaces(policy: PolicyModel, request: Json): readonly RequestPlace[] {
  const text = (way: Way): string => {
    const json = getJsonValue(request, way);
    return json?.kind === 'string' ? json.value : '';
  };
  const names = {
    subjects: text(['subject', 'type']),
    actions: text(['action', 'name']),
    resources: text(['resource', 'type']),
  };
  const shapes = {
    subject: findShape(policy, 'subject', names.subjects),
    action: findShape(policy, 'action', names.actions),
    resource: findShape(policy, 'resource', names.resources),
  };
  const context = findContextType(policy, names);
  const entities = (['subject', 'action', 'resource'] as const).flatMap((root) => {
    const own = root === 'action' ? ['name'] : ['type', 'id'];
    return [
      ...own.map((name) => {
        const way = [root, name];
        const type: Type = { kind: 'String' };
        const json = getJsonValue(request, way);
        return { way, path: `${root}.${name}`, type, json, required: true, fresh: undefined };
      }),
      ...listMemberPlaces(shapes[root], [root, 'properties'], root, request),
    ];
  });
  return [...entities, ...listMemberPlaces(context, ['context'], 'context', request)];
}

/** The places of a record by itself, such as a signal's payload. `path`: as the policy writes it. */
export function listRecordPlaces(
  shape: RecordType,
  path: string,
  record: Json,
): readonly RequestPlace[] {
  return listMemberPlaces(shape, [], path, record);
}

export type EntityName = 'subject' | 'action' | 'resource';

/** The declaration for that type or name. */
export function findShape(
  policy: PolicyModel,
  root: EntityName,
  name: string,
): RecordType | undefined {
  if (root === 'subject') return policy.subjects.get(name) ?? policy.anySubject;
  if (root === 'action') return policy.actions.get(name) ?? policy.anyAction;
  return policy.resources.get(name) ?? policy.anyResource;
}

function listMemberPlaces(
  shape: RecordType | undefined,
  way: Way,
  path: string,
  request: Json,
  fresh?: bigint,
): readonly RequestPlace[] {
  return [...(shape?.members.values() ?? [])].flatMap((member) =>
    listMemberWays(
      member,
      [...way, member.name],
      spellMemberPath(path, member.name),
      request,
      fresh,
    ),
  );
}

function listMemberWays(
  member: Pick<Member, 'type' | 'fresh' | 'optional' | 'default'>,
  way: Way,
  path: string,
  request: Json,
  fresh: bigint | undefined,
): readonly RequestPlace[] {
  const json = getJsonValue(request, way);
  const place = {
    way,
    path,
    type: member.type,
    json,
    required: !member.optional && member.default === undefined,
    fresh,
  };
  return [place, ...listInnerPlaces(member, way, path, request, json)];
}

function listInnerPlaces(
  { type, fresh }: Pick<Member, 'type' | 'fresh'>,
  way: Way,
  path: string,
  request: Json,
  json: Json | undefined,
): readonly RequestPlace[] {
  if (type.kind === 'Record' && json?.kind === 'object')
    return listMemberPlaces(type, way, path, request, fresh);
  if (type.kind === 'Map' && json?.kind === 'object') {
    const value = { ...entryValue, type: type.value };
    return json.members.flatMap(({ name }) =>
      listMemberWays(value, [...way, name], spellMemberPath(path, name), request, undefined),
    );
  }
  if (type.kind !== 'List' || json?.kind !== 'array') return [];
  const { element } = type;
  return json.elements.flatMap((_, index) => {
    const [inner, innerPath] = [[...way, index], `${path}[]`];
    if (element.kind === 'Record') return listMemberPlaces(element, inner, innerPath, request);
    return element.kind === 'List'
      ? listMemberWays({ ...elementValue, type: element }, inner, innerPath, request, undefined)
      : [];
  });
}

/** A list in a list is always present. */
const elementValue = { fresh: undefined, optional: false, default: undefined };

/** A value of a map can be left out. */
const entryValue = { fresh: undefined, optional: true, default: undefined };

/** The value at the path. */
export function getJsonValue(json: Json | undefined, way: Way): Json | undefined {
  const [step, ...rest] = way;
  if (step === undefined || json === undefined) return json;
  if (typeof step === 'number') {
    return json.kind === 'array' ? getJsonValue(json.elements[step], rest) : undefined;
  }
  if (json.kind !== 'object') return undefined;
  return getJsonValue(json.members.find(({ name }) => name === step)?.value, rest);
}

/** Sets the value at the path; undefined removes it. Missing objects on the way are created. */
export function setJsonValue(
  json: Json | undefined,
  way: Way,
  value: Json | undefined,
): Json | undefined {
  const [step, ...rest] = way;
  if (step === undefined) return value;
  if (typeof step === 'number') {
    if (json?.kind !== 'array') return json;
    const elements = json.elements.flatMap((element, index) => {
      const after = index === step ? setJsonValue(element, rest, value) : element;
      return after === undefined ? [] : [after];
    });
    return { ...json, elements };
  }
  const object = json?.kind === 'object' ? json : emptyObject;
  const before = object.members.find(({ name }) => name === step);
  const after = setJsonValue(before?.value, rest, value);
  const others = object.members.filter((member) => member !== before);
  if (after === undefined) return json === undefined ? undefined : { ...object, members: others };
  const member = { name: step, nameOffset: 0, value: after };
  const members =
    before === undefined
      ? [...object.members, member]
      : object.members.map((jsonMember) => (jsonMember === before ? member : jsonMember));
  return { ...object, members };
}
