// The requests that are generated for properties: those of the types that the policy's bindings declare, so that a
// property may read their members. With `strangers`, also types and names that the policy does not declare.

import { type Json, parseJson } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { Type } from '@nhipol/language/types';
import { type EntityName, findShape, getJsonValue, listRequestPlaces } from '../explore/paths.ts';
import { ask } from '../runner/ask.ts';
import { createRequestSample } from './to-object.ts';
import type { StrangersOf } from './typed-policy.ts';

export interface DrawOptions<P> {
  /** Also types and names that the policy does not declare: for a policy that was read without types. */
  readonly strangers?: StrangersOf<P> | undefined;
}

/** Accepts a request, as JSON. A request that the policy rejects is never generated. */
export type Draws = (text: string) => boolean;

export function createDrawFilter(
  policy: PolicyModel,
  { strangers }: { readonly strangers?: boolean | undefined },
): Draws {
  return (text) => {
    const json = parseJson(text);
    if (json === undefined || ask(policy, createRequestSample(text)).error !== undefined)
      return false;
    return (
      strangers === true ||
      (isKnown(policy, json) && listRequestPlaces(policy, json).every(isListed))
    );
  };
}

function isKnown(policy: PolicyModel, request: Json): boolean {
  const { subjects, actions, resources, rules } = policy;
  const scopes = rules.map(({ scope }) => scope);
  const isNameListed = (
    root: EntityName,
    own: string,
    declared: number,
    list: 'subjects' | 'actions' | 'resources',
  ) => {
    const json = getJsonValue(request, [root, own]);
    const name = json?.kind === 'string' ? json.value : '';
    return (
      declared === 0 ||
      findShape(policy, root, name) !== undefined ||
      scopes.some((scope) => scope[list]?.includes(name))
    );
  };
  return (
    isNameListed('subject', 'type', subjects.size, 'subjects') &&
    isNameListed('action', 'name', actions.size, 'actions') &&
    isNameListed('resource', 'type', resources.size, 'resources')
  );
}

/** Whether a closed list contains the name. */
function isListed({
  type,
  json,
}: {
  readonly type: Type;
  readonly json: Json | undefined;
}): boolean {
  if (json?.kind === 'array' && (type.kind === 'Set' || type.kind === 'List')) {
    return json.elements.every((element) => isListed({ type: type.element, json: element }));
  }
  if (type.kind !== 'Enum' || json?.kind !== 'string') return true;
  return type.otherwise !== undefined || type.members.includes(json.value);
}
