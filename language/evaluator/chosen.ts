// Whether a scope is about a request, by the request's own strings.

import type { Scope } from '../model/model.ts';
import type { Facts } from '../request/facts.ts';

export function isAbout({ subjects, actions, resources }: Scope, { selectors }: Facts): boolean {
  return (
    chosen(subjects, selectors.get('subject.type')) &&
    chosen(actions, selectors.get('action.name')) &&
    chosen(resources, selectors.get('resource.type'))
  );
}

function chosen(names: readonly string[] | undefined, name: string | undefined): boolean {
  return names === undefined || (name !== undefined && names.includes(name));
}
