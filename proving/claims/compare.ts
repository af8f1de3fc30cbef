// Compares the decisions of two policies for every request that is valid for both: which kinds of differences exist,
// each with a request, and which are excluded by a proof.

import { strictness } from '@nhipol/runtime/abi';
import { type Answer, allDemands, type Policy } from '../../language/index.ts';
import { type Decision, effectNames } from '../decision/decision.ts';
import { areEqual } from '../expressions/collections.ts';
import { type Literal, no } from '../formula/formula.ts';
import { Prover, type ProverOptions, type Verdict } from '../prover.ts';
import { isHeld } from '../symbolic/algebra.ts';

/** Kinds of differences; each implies that there is none of those before it. */
export const differenceKinds = [
  'looser',
  'stricter',
  'reasons',
  'constraints',
  'obligations',
] as const;

export type DifferenceKind = (typeof differenceKinds)[number];

export interface Answers {
  readonly before: Answer;
  readonly after: Answer;
}

export interface Difference {
  readonly kind: DifferenceKind;
  readonly verdict: Verdict<Answers>;
}

/** Decides for each kind whether there is a request with such a difference. */
export function compareDecisions(
  before: Policy,
  after: Policy,
  options: ProverOptions,
): readonly Difference[] {
  const prover = new Prover([before, after], [], options);
  const [old, now] = prover.decisions as readonly [Decision, Decision];
  const goals = goalsOf(old, now);
  return differenceKinds.map((kind) => ({
    kind,
    verdict: prover.decide(goals[kind], (_, answers) => {
      const [first, second] = answers as readonly [Answer, Answer];
      return kindOf(first, second) === kind ? { before: first, after: second } : undefined;
    }),
  }));
}

function goalsOf(old: Decision, now: Decision): Readonly<Record<DifferenceKind, Literal>> {
  const { formula } = old.encoding;
  const changed = (isLooser: boolean) =>
    formula.any(
      effectNames.flatMap((a) =>
        effectNames
          .filter((b) => (isLooser ? strictness(b) < strictness(a) : strictness(b) > strictness(a)))
          .map((b) => formula.and(old.has(a), now.has(b))),
      ),
    );
  const [looser, stricter] = [changed(true), changed(false)];
  const sameEffect = formula.and(-looser, -stricter);
  const differ = (a: Literal, b: Literal) => -formula.equivalent(a, b);
  const ids = new Set([...old.reasons.keys(), ...now.reasons.keys()]);
  const reasons = formula.any([...ids].map((id) => differ(old.isReason(id), now.isReason(id))));
  const constraints = formula.any(constraintChanges(old, now));
  const names = [...old.policy.obligations, ...now.policy.obligations].map(({ name }) => name);
  const obligations = formula.any(
    [...new Set(names)].map((name) => differ(old.demands(name), now.demands(name))),
  );
  return {
    looser,
    stricter,
    reasons: formula.and(sameEffect, reasons),
    constraints: formula.and(sameEffect, -reasons, constraints),
    obligations: formula.and(sameEffect, -reasons, -constraints, obligations),
  };
}

function constraintChanges(old: Decision, now: Decision): readonly Literal[] {
  const { formula } = old.encoding;
  const [before, after] = [old.constraints, now.constraints];
  return [...new Set([...before.keys(), ...after.keys()])].map((name) => {
    const [a, b] = [before.get(name), after.get(name)];
    const [hasA, hasB] = [a, b].map((each) => (each === undefined ? no : isHeld(formula, each)));
    const isPresenceEqual = formula.equivalent(hasA ?? no, hasB ?? no);
    const same = a === undefined || b === undefined ? no : areEqual(formula, a, b);
    return formula.or(-isPresenceEqual, formula.and(hasA ?? no, hasB ?? no, -same));
  });
}

/** The first kind of difference between two answers; undefined if they are equal, but for values of obligations. */
function kindOf(before: Answer, after: Answer): DifferenceKind | undefined {
  const change = strictness(after.effect) - strictness(before.effect);
  if (change !== 0) return change < 0 ? 'looser' : 'stricter';
  if (!isSame(before.reasons, after.reasons)) return 'reasons';
  if (!isSame(before.constraints, after.constraints)) return 'constraints';
  const names = (answer: Answer) => [...new Set(allDemands(answer).map(({ name }) => name))].sort();
  return isSame(names(before), names(after)) ? undefined : 'obligations';
}

function isSame(a: unknown, b: unknown): boolean {
  const text = (value: unknown) =>
    JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}` : each));
  return text(a) === text(b);
}
