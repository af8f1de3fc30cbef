// Masks the secret members of requests, parts of requests and payloads of signals, which are JSON, by the
// declarations of a policy. Nothing else is changed, also in requests that the policy rejects.

import type { PolicyModel } from '../model/model.ts';
import type { RequestDeclarations } from '../request/decode.ts';
import { emptyObject, type Json, type JsonObject, readJson, writeJson } from '../request/json.ts';
import { isCollection, type Member, type RecordType, type Type } from '../types/types.ts';
import { defaultMask, type Mask } from './mask.ts';

export type DeclaredSecrets = RequestDeclarations & Pick<PolicyModel, 'signals' | 'outcomes'>;

/** Whether a member of a request or of the payload of a signal is secret. */
export function hasSecrets(policy: DeclaredSecrets): boolean {
  const entities = [policy.subjects, policy.actions, policy.resources, policy.signals];
  const contexts = listContextShapes(policy);
  const others = [policy.anySubject, policy.anyAction, policy.anyResource, ...contexts];
  return [...entities.flatMap((shapes) => [...shapes.values()]), ...others].some(
    (shape) => shape !== undefined && containsSecret(shape),
  );
}

function containsSecret(type: Type): boolean {
  if (isCollection(type)) return containsSecret(type.element);
  if (type.kind !== 'Record') return false;
  return [...type.members.values()].some((member) => member.secret || containsSecret(member.type));
}

/**
 * Returns a request with the values of secret members masked, for logs of decisions. `request`: JSON. Of a
 * document that is not valid JSON nothing is shown if the policy declares secret members.
 */
export function maskSecrets(
  policy: DeclaredSecrets,
  request: string,
  mask: Mask = defaultMask,
): string {
  if (!hasSecrets(policy)) return request;
  const bytes = new TextEncoder().encode(request);
  const json = readJson(bytes, Number.POSITIVE_INFINITY);
  if ('code' in json) return JSON.stringify(mask({ kind: 'string', offset: 0, value: request }));
  return writeJson(maskRequest(policy, json, mask));
}

/** Masks a request, or the part of one that changes a session. */
export function maskRequest(policy: DeclaredSecrets, json: Json, mask: Mask = defaultMask): Json {
  if (json.kind !== 'object') return json;
  const { subjects, actions, resources, anySubject, anyAction, anyResource } = policy;
  return mapMembers(json, (name, value) => {
    switch (name) {
      case 'subject':
        return maskEntity(value, listShapes(value, 'type', subjects, anySubject), mask);
      case 'action':
        return maskEntity(value, listShapes(value, 'name', actions, anyAction), mask);
      case 'resource':
        return maskEntity(value, listShapes(value, 'type', resources, anyResource), mask);
      case 'context':
        return maskSecretMembers(listContextShapes(policy), value, mask);
      default:
        return value;
    }
  });
}

/** All declared contexts: what is secret in one of them is masked in every request. */
function listContextShapes({ context, contexts }: DeclaredSecrets): readonly RecordType[] {
  return [...(context === undefined ? [] : [context]), ...contexts.map(({ type }) => type)];
}

/** Masks the payload of a signal, or the call and the result of an outcome. */
export function maskPayload(
  policy: DeclaredSecrets,
  signal: string,
  payload: Json,
  mask: Mask = defaultMask,
): Json {
  const shape = policy.signals.get(signal);
  if (shape === undefined) return payload;
  const masked = maskSecretMembers([shape], payload, mask);
  return policy.outcomes.has(signal) ? maskRequest(policy, masked, mask) : masked;
}

/** Masks every value, if it is not known which of them are secret. */
export function maskValues(json: Json, mask: Mask = defaultMask): Json {
  switch (json.kind) {
    case 'object':
      return mapMembers(json, (_, value) => maskValues(value, mask));
    case 'array':
      return { ...json, elements: json.elements.map((element) => maskValues(element, mask)) };
    case 'null':
      return json;
    default:
      return { kind: 'string', offset: json.offset, value: mask(json) };
  }
}

/** All declared shapes if it is not known which one applies, as in a change of properties alone. */
function listShapes(
  json: Json,
  own: 'type' | 'name',
  named: ReadonlyMap<string, RecordType>,
  any: RecordType | undefined,
): readonly RecordType[] {
  const selector =
    json.kind === 'object' ? json.members.find(({ name }) => name === own)?.value : undefined;
  const declared = selector?.kind === 'string' ? named.get(selector.value) : undefined;
  if (declared !== undefined) return [declared];
  return [...named.values(), ...(any === undefined ? [] : [any])];
}

function maskEntity(json: Json, shapes: readonly RecordType[], mask: Mask): Json {
  if (json.kind !== 'object') return json;
  return mapMembers(json, (name, value) =>
    name === 'properties' ? maskSecretMembers(shapes, value, mask) : value,
  );
}

function maskSecretMembers(types: readonly Type[], json: Json, mask: Mask): Json {
  if (json.kind === 'array') {
    const within = listElementTypes(types);
    return {
      ...json,
      elements: json.elements.map((element) => maskSecretMembers(within, element, mask)),
    };
  }
  if (json.kind !== 'object') return json;
  const ofEntries = listValueTypes(types);
  return mapMembers(json, (name, value) => {
    const declared = listMembers(types, name);
    if (declared.length === 0 && ofEntries.length > 0)
      return maskSecretMembers(ofEntries, value, mask);
    const within = declared.map(({ type }) => type);
    return declared.some(({ secret }) => secret)
      ? maskWhole(within, value, mask)
      : maskSecretMembers(within, value, mask);
  });
}

/** Masks each value on its own where records and collections are declared. The keys of a map are not masked. */
function maskWhole(types: readonly Type[], json: Json, mask: Mask): Json {
  if (json.kind === 'null') return json;
  if (json.kind === 'object' && types.some(({ kind }) => kind === 'Record' || kind === 'Map')) {
    return mapMembers(json, (name, value) => {
      const within = listMembers(types, name).map(({ type }) => type);
      return maskWhole([...within, ...listValueTypes(types)], value, mask);
    });
  }
  const within = listElementTypes(types);
  if (json.kind === 'array' && within.length > 0)
    return { ...json, elements: json.elements.map((element) => maskWhole(within, element, mask)) };
  return { kind: 'string', offset: json.offset, value: mask(json) };
}

function listMembers(types: readonly Type[], name: string): readonly Member[] {
  return types.flatMap((type) => (type.kind === 'Record' ? (type.members.get(name) ?? []) : []));
}

/** The types of the values of maps. */
function listValueTypes(types: readonly Type[]): readonly Type[] {
  return types.flatMap((type) => (type.kind === 'Map' ? [type.value] : []));
}

function listElementTypes(types: readonly Type[]): readonly Type[] {
  return types.flatMap((type) =>
    type.kind === 'Set' || type.kind === 'List' ? [type.element] : [],
  );
}

function mapMembers(json: JsonObject, of: (name: string, value: Json) => Json): JsonObject {
  const members = json.members.map((member) => ({
    ...member,
    value: of(member.name, member.value),
  }));
  return { ...emptyObject, members };
}
