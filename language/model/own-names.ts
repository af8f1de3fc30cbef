// The members that every subject, action and resource of a request has itself, beside its properties. A declared
// property of the same name is written with `properties.` before it, wherever it is declared, read or changed.

import type { Root, Selector } from './model.ts';

export const selectors: readonly string[] = [
  'subject.type',
  'subject.id',
  'action.name',
  'resource.type',
  'resource.id',
] satisfies Selector[];

/** The strings that a root has itself: `type` and `id` of a subject. */
export function ownStrings(root: Root): readonly string[] {
  return selectors
    .filter((selector) => selector.startsWith(`${root}.`))
    .map((selector) => selector.slice(root.length + 1));
}

/** Whether a bare name after the root is not that of a declared property. */
export function isOwnName(root: string, name: string): boolean {
  if (selectors.includes(`${root}.${name}`)) return true;
  return name === 'properties' && ['subject', 'action', 'resource'].includes(root);
}
