// Whether an enforcement point can do what an answer requires. A permit that can only be carried out in part is refused.

import type { Answer } from '@nhipol/runtime';
import { createRefusalAnswer } from './answers.ts';

/** The names of obligations and constraints that an enforcement point carries out. */
export interface Abilities {
  readonly obligations: ReadonlySet<string>;
  /**
   * Including those that limit a member of the request: the policy compares them itself, so that there is nothing left
   * to do.
   */
  readonly constraints: ReadonlySet<string>;
}

export const noAbilities: Abilities = { obligations: new Set(), constraints: new Set() };

/** The requirements of an answer, by name. */
export interface Required {
  readonly decision: boolean;
  readonly obligations: readonly { readonly name: string }[];
  readonly constraints: object;
}

/**
 * The refusal instead of an answer that requires what the enforcement point cannot do, or `undefined` if it can do it.
 */
export function findUnsupported(
  { decision, obligations, constraints }: Required,
  abilities: Abilities,
): Answer | undefined {
  if (!decision) return undefined;
  const missing = [
    ...obligations.map(({ name }) => name).filter((name) => !abilities.obligations.has(name)),
    ...Object.keys(constraints).filter((name) => !abilities.constraints.has(name)),
  ];
  if (missing.length === 0) return undefined;
  const names = missing.map((name) => `\`${name}\``).join(', ');
  return createRefusalAnswer(
    'not_enforceable',
    `it is permitted only with ${names}, which is not carried out here`,
  );
}
