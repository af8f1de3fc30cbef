// Decides whether a scope applies to a request, from the request's type and name strings.

import type { Scope } from '../model/model.ts';
import type { Facts } from '../request/facts.ts';

/** Whether a scope applies to a request. */
export function isInScope({ subjects, actions, resources }: Scope, { selectors }: Facts): boolean {
  return (
    includesName(subjects, selectors.get('subject.type')) &&
    includesName(actions, selectors.get('action.name')) &&
    includesName(resources, selectors.get('resource.type'))
  );
}

function includesName(names: readonly string[] | undefined, name: string | undefined): boolean {
  return names === undefined || (name !== undefined && names.includes(name));
}
