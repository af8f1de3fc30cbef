// Claims about atoms: conditions that a request makes true, false or unknown. A claim says that where the answer has its
// effect, not all of its literals are false.

import type { EffectName } from '@nhipol/runtime/abi';
import type { Dice } from '../../../assurance/testing/generate/random.ts';

/** An atom by its index, or its negation. */
export interface Literal {
  readonly atom: number;
  readonly isNegated: boolean;
}

/** A claim. */
export interface Stated {
  readonly effect: 'permit' | 'deny' | undefined;
  /** Without duplicates, and without an atom and its negation. */
  readonly literals: readonly Literal[];
}

export interface Written extends Stated {
  readonly name: string;
  /** Claims of one group are about the same few atoms; those of the first group are also about the answer. */
  readonly group: number;
}

/** The atoms that a request makes true and false, as sets of bits. */
export interface Truth {
  readonly isTrue: number;
  readonly isFalse: number;
}

/** Whether the answer and the atoms violate the claim. */
export function isViolated(claim: Stated, effect: EffectName, truth: Truth): boolean {
  return distance(claim, effect, truth) === 0;
}

/** The number of literals that are not false; infinite if the answer does not have the effect. */
export function distance(claim: Stated, effect: EffectName, truth: Truth): number {
  if (claim.effect !== undefined && claim.effect !== effect) return Number.POSITIVE_INFINITY;
  let count = 0;
  for (const { atom, isNegated } of claim.literals) {
    const bits = isNegated ? truth.isTrue : truth.isFalse;
    if (((bits >> atom) & 1) === 0) count += 1;
  }
  return count;
}

export function toKey({ effect, literals }: Stated): string {
  const own = literals.map(({ atom, isNegated }) => (isNegated ? -1 - atom : atom));
  return `${effect} ${own.sort((a, b) => a - b).join(' ')}`;
}

/** The condition as the policy states it. */
export function writeClaim({ effect, literals }: Stated, atoms: readonly string[]): string {
  const writeLiteral = (isNegated: boolean, atom: number) =>
    `${isNegated ? 'not ' : ''}${atoms[atom]}`;
  if (effect !== undefined) {
    const all = literals.map(({ atom, isNegated }) => writeLiteral(isNegated, atom)).join(' or ');
    return `effect is ${effect} implies (${all})`;
  }
  return `not (${literals.map(({ atom, isNegated }) => writeLiteral(!isNegated, atom)).join(' and ')})`;
}

/** The rules that claims are about: a permit if all of `granted` hold, a deny if all of `refused` do. */
export interface Rules {
  readonly granted: readonly Literal[];
  readonly refused: readonly Literal[];
}

/** Literals of different atoms. */
export function drawLiterals(
  count: number,
  atoms: readonly number[],
  dice: Dice,
): readonly Literal[] {
  const found = new Map<number, Literal>();
  for (let left = count; left > 0; left -= 1) {
    const atom = dice.pick(atoms);
    found.set(atom, { atom, isNegated: dice.chance(350) });
  }
  return [...found.values()];
}

/** A claim about some of the atoms; with `rules`, most often about the answer as well. */
export function drawClaim(atoms: readonly number[], rules: Rules | undefined, dice: Dice): Stated {
  if (rules === undefined || dice.chance(400))
    return { effect: undefined, literals: drawLiterals(dice.pick(sizes), atoms, dice) };
  const { granted, refused } = rules;
  const consequence = drawLiterals(dice.pick([1, 2]), atoms, dice);
  const effect = dice.chance(750) ? 'permit' : 'deny';
  const given = effect === 'deny' ? refused : dice.chance(600) ? [dice.pick(granted)] : [];
  const literals = new Map([...consequence, ...given].map((each) => [each.atom, each]));
  return { effect, literals: [...literals.values()] };
}

const sizes = [2, 2, 3, 3, 3, 4];
