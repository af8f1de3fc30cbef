// Removes members from a request, except for the strings that select rules and the entries of maps.

import type { PolicyModel } from '@nhipol/language/model';
import type { Type } from '@nhipol/language/types';
import type { Dice } from './random.ts';

type Json = Readonly<Record<string, unknown>>;

const required: ReadonlySet<string> = new Set([
  '$.subject',
  '$.subject.type',
  '$.action',
  '$.action.name',
  '$.resource',
  '$.resource.type',
]);

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The names of members that are maps, which are given with all of their entries. */
export function collectMapNames(policy: PolicyModel): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (type: Type | undefined): void => {
    if (type?.kind === 'List' || type?.kind === 'Set') visit(type.element);
    if (type?.kind !== 'Record') return;
    for (const member of type.members.values()) {
      if (member.type.kind === 'Map') names.add(member.name);
      visit(member.type);
    }
  };
  const { subjects, actions, resources, anySubject, anyAction, anyResource } = policy;
  for (const shapes of [subjects, actions, resources]) [...shapes.values()].forEach(visit);
  for (const shape of [anySubject, anyAction, anyResource, policy.context]) visit(shape);
  for (const { type } of policy.contexts) visit(type);
  return names;
}

/**
 * The request without some of its members, or `undefined` if it is not an object. `share`: how many remain, in
 * 1,000; `whole`: the names of members that are removed as a whole.
 */
export function removeSomeMembers(
  text: string,
  dice: Dice,
  share: number,
  whole: ReadonlySet<string>,
): string | undefined {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isObject(request) ? JSON.stringify(without(request, dice, share, whole, '$')) : undefined;
}

function without(
  value: unknown,
  dice: Dice,
  share: number,
  whole: ReadonlySet<string>,
  path: string,
): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const at = `${path}.${name}`;
      if (!required.has(at) && !dice.chance(share)) return [];
      return [[name, whole.has(name) ? member : without(member, dice, share, whole, at)]];
    }),
  );
}
