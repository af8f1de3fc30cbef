// The templates of `nhipol init`: for each kind of identity, a policy with the request on which its tests are based.
// Their files are in one folder per kind, and are embedded in a generated map.

import { kinds, type TemplateKind, titles } from './kinds.ts';
import { templateFiles } from './templates.generated.ts';

export interface PolicyTemplate {
  readonly kind: TemplateKind;
  /** A description of the kind of identity. */
  readonly title: string;
  /** The files by path within the new folder. */
  readonly files: ReadonlyMap<string, string>;
}

export const templates: readonly PolicyTemplate[] = kinds.map(getTemplate);

export function getTemplate(kind: TemplateKind): PolicyTemplate {
  return { kind, title: titles[kind], files: templateFiles.get(kind) ?? new Map() };
}
