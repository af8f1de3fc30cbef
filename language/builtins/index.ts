// All builtins by the name that an author writes.

import { arithmetic } from './arithmetic.ts';
import type { Builtin } from './builtin.ts';
import { sets } from './sets.ts';
import { text } from './text.ts';

export const builtins: ReadonlyMap<string, Builtin> = new Map(
  [...arithmetic, ...sets, ...text].map((builtin) => [builtin.name, builtin]),
);

/** Those written as calls: `size(x)`. */
export const functions = ['size', 'lower', 'length', 'spiffe'] as const;

/** Those written as members of a SPIFFE ID: `id.trust_domain`. */
export const spiffeMembers = ['trust_domain', 'path'] as const;
