// The permission of a call: the constraints and obligations of all decisions that it needs.

import type { Answer } from '@nhipol/runtime';

export type Permission = Pick<
  Answer,
  'effect' | 'reasons' | 'constraints' | 'obligations' | 'validUntil'
>;

export interface CombinedPermission {
  readonly permission: Permission;
  /** Whether two answers limit the call by different values of the same constraint. */
  readonly isContradictory: boolean;
}

export function combinePermission(answers: readonly Answer[]): CombinedPermission {
  const constraints = new Map<string, Answer['constraints'][string]>();
  let isContradictory = false;
  for (const [name, value] of answers.flatMap((answer) => Object.entries(answer.constraints))) {
    const other = constraints.get(name);
    isContradictory ||= other !== undefined && printValue(other) !== printValue(value);
    constraints.set(name, value);
  }
  const ends = answers.map(({ validUntil }) => validUntil).filter((end) => end !== undefined);
  const effects = answers.map(({ effect }) => effect);
  const permission: Permission = {
    effect: effects.find((effect) => effect !== 'permit') ?? 'permit',
    reasons: answers.flatMap(({ reasons }) => reasons),
    constraints: Object.fromEntries(constraints),
    obligations: answers.flatMap(({ obligations }) => obligations),
    validUntil: ends.length === 0 ? undefined : Math.min(...ends),
  };
  return { permission, isContradictory };
}

function printValue(value: unknown): string {
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}n` : each));
}
