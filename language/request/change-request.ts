// Changes members of a request in JSON, as `test` blocks do. Everything else is preserved exactly,
// including the digits of numbers and duplicate names.

import type { TestChange } from '../model/model.ts';
import {
  emptyObject,
  type Json,
  type JsonMember,
  type JsonObject,
  parseJson,
  writeJson,
} from './json.ts';

/** Applies the changes; returns text that is not a JSON object unchanged, since its answer is an error anyway. */
export function changeRequest(request: string, changes: readonly TestChange[]): string {
  if (changes.length === 0) return request;
  const json = parseJson(request);
  if (json?.kind !== 'object') return request;
  return writeJson(
    changes.reduce((object, change) => apply(object, change.path, change.json), json),
  );
}

/** Applies one change; creates missing objects on the path to the member. */
function apply(object: JsonObject, path: readonly string[], json: string | undefined): JsonObject {
  const [name = '', ...inner] = path;
  const member = object.members.find((jsonMember) => jsonMember.name === name);
  if (member === undefined && json === undefined) return object;
  const value = inner.length === 0 ? asJson(json) : changeMember(member?.value, inner, json);
  if (value === undefined) return { ...object, members: without(object, name) };
  const changed: JsonMember = { name, nameOffset: 0, value };
  if (member === undefined) return { ...object, members: [...object.members, changed] };
  return {
    ...object,
    members: object.members.map((jsonMember) => (jsonMember === member ? changed : jsonMember)),
  };
}

function changeMember(
  value: Json | undefined,
  path: readonly string[],
  json: string | undefined,
): Json {
  if (value !== undefined && value.kind !== 'object' && json === undefined) return value;
  return apply(value?.kind === 'object' ? value : emptyObject, path, json);
}

function asJson(json: string | undefined): Json | undefined {
  return json === undefined ? undefined : parseJson(json);
}

function without(object: JsonObject, name: string): readonly JsonMember[] {
  return object.members.filter((member) => member.name !== name);
}
