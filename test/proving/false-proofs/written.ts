// Writes policies with many claims about a few conditions, which are often true, and nearly as often nearly true.

import type { Policy } from '../../../language/index.ts';
import type { Dice } from '../../../testing/generate/random.ts';
import { policyOf } from '../../support/checking.ts';
import { declare, type Material } from './material.ts';

/** A claim: where the answer has the effect, if there is one, the condition is not false. */
export interface Written {
  readonly name: string;
  readonly effect: 'permit' | 'deny' | undefined;
  readonly condition: string;
}

export interface WrittenPolicy {
  readonly text: string;
  readonly policy: Policy;
  /** Denies with the name of each claim whose condition is false. */
  readonly falsifier: Policy;
  /** Another version of the rules. */
  readonly changed: Policy;
  readonly claims: readonly Written[];
}

const defaultAtoms = 6;

export function write(material: Material, claimCount: number, dice: Dice): WrittenPolicy {
  const pool = Array.from(
    { length: material.atoms ?? defaultAtoms },
    () => `(${material.atom(dice)})`,
  );
  const literal = () => (dice.chance(350) ? `not ${dice.pick(pool)}` : dice.pick(pool));
  const literals = (count: number) => [
    ...new Set(Array.from({ length: count }, () => dice.pick(pool))),
  ];
  const signed = (count: number) =>
    literals(count).map((each) => (dice.chance(350) ? `not ${each}` : each));
  const granted = signed(dice.pick([1, 2, 3]));
  const refused = signed(dice.pick([1, 2]));
  const rules = (permits: readonly string[], denies: readonly string[]) => `for any {
  permit ok when ${permits.join(' and ')}
  deny no when ${denies.join(' and ')}, if unknown skip
  deny never when ${other}${other2}
}
`;
  const other = literal();
  const other2 = dice.chance(500) ? ', if unknown skip' : '';
  const claim = (index: number): Written => {
    const name = `c${index}`;
    const kind = dice.int(9);
    if (kind < 6) {
      const effect = undefined;
      const parts = signed(dice.pick([2, 3, 3, 4]));
      return { name, effect, condition: `not (${parts.join(' and ')})` };
    }
    const consequence = signed(dice.pick([1, 2]));
    if (kind < 9) {
      const own = dice.chance(700) ? [dice.pick(granted)] : [];
      const parts = dice.chance(600) ? [...own, ...consequence] : consequence;
      return { name, effect: 'permit', condition: parts.join(' or ') };
    }
    const denied = [...refused.map((each) => `(${each})`), ...consequence];
    return { name, effect: 'deny', condition: denied.join(' or ') };
  };
  const claims = Array.from({ length: claimCount }, (_, index) => claim(index));
  const declarations = declare(material);
  const invariants = claims.map(
    ({ name, effect, condition }) => `invariant "${name}" for any
  ${effect === undefined ? '' : `effect is ${effect} implies `}(${condition})
`,
  );
  const text = `policy acme.generated
${declarations}${rules(granted, refused)}${invariants.join('')}`;
  const falsified = claims.map(
    ({ name, condition }) => `  deny ${name} when not (${condition}), if unknown skip\n`,
  );
  const falsifier = `policy acme.falsifier
${declarations}for any {
  permit ok otherwise
${falsified.join('')}}
`;
  const replaced = dice.chance(500)
    ? rules([...granted.slice(1), literal()], refused)
    : rules(granted, [...refused.slice(1), literal()]);
  return {
    text,
    policy: policyOf(text),
    falsifier: policyOf(falsifier),
    changed: policyOf(`policy acme.generated\n${declarations}${replaced}`),
    claims,
  };
}
