// The abilities of a guard: the obligations and constraints that its options name, and those that the policy itself
// compares.

import type { Abilities } from '@nhipol/service';
import type { GuardPolicy } from './policy-source.ts';

export interface AbilityOptions {
  readonly obligation: readonly string[];
  readonly constraint: readonly string[];
}

export function abilitiesOf(
  { obligation, constraint }: AbilityOptions,
  { limits }: Pick<GuardPolicy, 'limits'>,
): Abilities {
  return { obligations: new Set(obligation), constraints: new Set([...constraint, ...limits]) };
}
