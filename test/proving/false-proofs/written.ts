// Writes policies with many claims about a few conditions, the atoms. Most claims are nearly true: of some requests that are
// drawn, few violate them, and some do but for one condition. Requests are made before the claims.

import type { PolicyModel } from '@nhipol/language/model';
import type { Dice } from '../../../assurance/testing/generate/random.ts';
import { checkPolicy } from '../../support/checking.ts';
import {
  distance,
  drawClaim,
  drawLiterals,
  type Literal,
  type Rules,
  type Stated,
  toKey,
  type Written,
  writeClaim,
} from './claims.ts';
import { declare, type Material } from './material.ts';
import type { Evaluated } from './observe.ts';

export interface Draft {
  /** The declarations and rules. */
  readonly ruled: string;
  /** The conditions. */
  readonly conditions: readonly string[];
  readonly rules: Rules;
  /** The atoms as invariants. */
  readonly atoms: PolicyModel;
  /** Denies with the names of the atoms that are true, and of those that are false. */
  readonly module: PolicyModel;
  /** Another version of the rules. */
  readonly changed: PolicyModel;
}

export interface WrittenPolicy extends Draft {
  readonly text: string;
  readonly policy: PolicyModel;
  readonly claims: readonly Written[];
}

/** Formulas about more atoms are slow. */
const atomsOfGroup = 4;
const groupCount = 7;

/** The indices of the atoms of a group. */
function listAtoms(group: number): readonly number[] {
  return Array.from({ length: atomsOfGroup }, (_, index) => group * atomsOfGroup + index);
}

export function draft(material: Material, dice: Dice): Draft {
  const groups = material.groups ?? groupCount;
  const conditions = Array.from(
    { length: groups * atomsOfGroup },
    () => `(${material.atom(dice)})`,
  );
  const literals = (counts: readonly number[]) =>
    drawLiterals(dice.pick(counts), listAtoms(0), dice);
  const rules: Rules = { granted: literals([1, 2, 3]), refused: literals([1, 2]) };
  const [other = { atom: 0, isNegated: false }] = literals([1]);
  const skips = dice.chance(500) ? ', if unknown skip' : '';
  const never = `  deny never when ${writeLiteral(other, conditions)}${skips}`;
  const declarations = `policy acme.generated\n${declare(material)}`;
  const otherRules = dice.chance(500)
    ? { ...rules, granted: [...rules.granted.slice(1), ...literals([1])] }
    : { ...rules, refused: [...rules.refused.slice(1), ...literals([1])] };
  const ruled = `${declarations}${writeRules(rules, never, conditions)}`;
  const stated = conditions.map(
    (each, index) =>
      `  deny t${index} when ${each}, if unknown skip\n  deny f${index} when not ${each}, if unknown skip\n`,
  );
  return {
    ruled,
    conditions,
    rules,
    atoms: checkPolicy(
      `${ruled}${writeInvariants(conditions.map((each, at) => [`a${at}`, each]))}`,
    ),
    module: checkPolicy(`${declarations}for any {\n  permit ok otherwise\n${stated.join('')}}\n`),
    changed: checkPolicy(`${declarations}${writeRules(otherRules, never, conditions)}`),
  };
}

/** Adds claims; `sampled`: what some valid requests make of the atoms. */
export function write(
  made: Draft,
  claimCount: number,
  sampled: readonly Evaluated[],
  dice: Dice,
): WrittenPolicy {
  const { ruled, conditions } = made;
  const claims = drawClaims(made, claimCount, sampled, dice);
  const text = `${ruled}${writeInvariants(claims.map((each) => [each.name, writeClaim(each, conditions)]))}`;
  return { ...made, text, policy: checkPolicy(text), claims };
}

function writeLiteral({ atom, isNegated }: Literal, atoms: readonly string[]): string {
  return `${isNegated ? 'not ' : ''}${atoms[atom]}`;
}

function writeInvariants(all: readonly (readonly [name: string, condition: string])[]): string {
  return all.map(([name, each]) => `invariant "${name}" for any\n  ${each}\n`).join('');
}

function writeRules({ granted, refused }: Rules, never: string, atoms: readonly string[]): string {
  const all = (literals: readonly Literal[]) =>
    literals.map((each) => writeLiteral(each, atoms)).join(' and ');
  return `for any {
  permit ok when ${all(granted)}
  deny no when ${all(refused)}, if unknown skip
${never}
}
`;
}

/** Claims that are drawn for each that is wanted. */
const draws = 12;
/** A claim that more than one in this many of the samples violates is seldom taken, in thousandths. */
const [perViolation, seldom] = [100, 20];

function drawClaims(
  { rules, conditions }: Draft,
  count: number,
  sampled: readonly Evaluated[],
  dice: Dice,
): readonly Written[] {
  const isNearlyTrue = (claim: Stated) => {
    const distances = sampled.map(({ answer, truth }) => distance(claim, answer.effect, truth));
    const violating = distances.filter((each) => each === 0).length;
    const mayBeTrue = violating * perViolation <= sampled.length;
    return mayBeTrue && (violating > 0 || distances.includes(1));
  };
  const found = new Map<string, Written>();
  const groups = conditions.length / atomsOfGroup;
  for (let left = count * draws; left > 0 && found.size < count; left -= 1) {
    const group = dice.int(groups - 1);
    const claim = drawClaim(listAtoms(group), group === 0 ? rules : undefined, dice);
    const key = toKey(claim);
    if (found.has(key) || !(dice.chance(seldom) || isNearlyTrue(claim))) continue;
    found.set(key, { ...claim, group, name: `c${found.size}` });
  }
  return [...found.values()].sort((a, b) => a.group - b.group);
}
