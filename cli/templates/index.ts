// The templates of `nhipol init`: a policy for each kind of identity, with a request that its tests
// start from. Their files lie in a folder each and come here as one generated map.

import { type Kind, kinds, titles } from './kinds.ts';
import { templateFiles } from './templates.generated.ts';

export interface Template {
  readonly kind: Kind;
  /** What kind of identity it is for, in a few words. */
  readonly title: string;
  /** By path within the new folder. */
  readonly files: ReadonlyMap<string, string>;
}

export const templates: readonly Template[] = kinds.map(templateOf);

export function templateOf(kind: Kind): Template {
  return { kind, title: titles[kind], files: templateFiles.get(kind) ?? new Map() };
}
