// The permission of a call: the constraints and obligations of all decisions that it needs.

import type { Answer } from '@nhipol/runtime';

export type Permission = Pick<
  Answer,
  'effect' | 'reasons' | 'constraints' | 'obligations' | 'validUntil'
>;

/** undefined: two answers limit the call by different values of the same constraint. */
export function combinePermission(answers: readonly Answer[]): Permission | undefined {
  const constraints = new Map<string, Answer['constraints'][string]>();
  for (const [name, value] of answers.flatMap((each) => Object.entries(each.constraints))) {
    const other = constraints.get(name);
    if (other !== undefined && printValue(other) !== printValue(value)) return undefined;
    constraints.set(name, value);
  }
  const ends = answers.map(({ validUntil }) => validUntil).filter((end) => end !== undefined);
  const effects = answers.map(({ effect }) => effect);
  return {
    effect: effects.find((effect) => effect !== 'permit') ?? 'permit',
    reasons: answers.flatMap(({ reasons }) => reasons),
    constraints: Object.fromEntries(constraints),
    obligations: answers.flatMap(({ obligations }) => obligations),
    validUntil: ends.length === 0 ? undefined : Math.min(...ends),
  };
}

function printValue(value: unknown): string {
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}n` : each));
}
