// The abilities of a guard: the obligations and constraints that its options name, and those that the policy itself
// compares.

import type { Abilities } from '@nhipol/service';
import type { GuardModule } from './policies/guard-module.ts';

export interface AbilityOptions {
  readonly obligation: readonly string[];
  readonly constraint: readonly string[];
}

export function collectAbilities(
  { obligation, constraint }: AbilityOptions,
  { limits }: Pick<GuardModule, 'limits'>,
): Abilities {
  return { obligations: new Set(obligation), constraints: new Set([...constraint, ...limits]) };
}
