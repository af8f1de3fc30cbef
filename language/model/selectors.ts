// The members that every subject, action and resource of a request has besides its properties. A property with
// the same name is written with the prefix `properties.` where it is declared, read or changed.

import type { Root, Selector } from './model.ts';

export const selectors: readonly string[] = [
  'subject.type',
  'subject.id',
  'action.name',
  'resource.type',
  'resource.id',
] satisfies Selector[];

/** The strings that a root has besides its properties, such as `type` and `id` of a subject. */
export function listSelectorMembers(root: Root): readonly string[] {
  return selectors
    .filter((selector) => selector.startsWith(`${root}.`))
    .map((selector) => selector.slice(root.length + 1));
}

/** Whether a name directly after the root does not refer to a declared property. */
export function isOwnName(root: string, name: string): boolean {
  if (selectors.includes(`${root}.${name}`)) return true;
  return name === 'properties' && ['subject', 'action', 'resource'].includes(root);
}
