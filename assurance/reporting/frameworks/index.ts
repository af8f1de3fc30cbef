// The frameworks whose controls rules can name with `covers`.

import type { Control, Framework } from './framework.ts';
import { nist800207 } from './nist-800-207.ts';
import { nistCsf } from './nist-csf.ts';
import { owaspAgentic } from './owasp-agentic.ts';
import { owaspNhi } from './owasp-nhi.ts';

export type { Control, Framework } from './framework.ts';

export const frameworks: readonly Framework[] = [owaspNhi, owaspAgentic, nistCsf, nist800207];

/** Returns the control of an id in any spelling, or `undefined` if no known framework contains it. */
export function findControl(
  id: string,
): { readonly framework: Framework; readonly control: Control } | undefined {
  for (const framework of frameworks) {
    const canonicalId = framework.spellings.reduce(
      (text, { pattern, canonical }) => text.replace(pattern, canonical),
      id,
    );
    const control = framework.controls.find((each) => each.id === canonicalId);
    if (control !== undefined) return { framework, control };
  }
  return undefined;
}
