// Compares the decisions of two policies for every request that is valid for both: which kinds of differences exist,
// each with a request, and which are excluded by a proof.

import { type EvaluatedAnswer, listAnswerDemands } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { EnumType, Type } from '@nhipol/language/types';
import { type EffectName, strictness } from '@nhipol/runtime/abi';
import { type Demanded, effectNames, type SymbolicDecision } from '../decision/decision.ts';
import { areEqual } from '../expressions/collections.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import { type Literal, no } from '../formula/formula.ts';
import type { Prover, Verdict } from '../prover.ts';
import { createProver, type ProvingOptions, runBounded } from '../provers.ts';
import { isHeld } from '../symbolic/algebra.ts';
import type { Finite, Symbolic } from '../symbolic/symbolic.ts';
import { combineVerdicts, findSpan, selectSecond } from './both.ts';
import type { Second } from './claim.ts';

/** Kinds of differences; each implies that there is none of those before it. */
export const differenceKinds = [
  'looser',
  'stricter',
  'reasons',
  'constraints',
  'obligations',
] as const;

export type DifferenceKind = (typeof differenceKinds)[number];

/** That there is no such difference. */
export const differenceClaims: Readonly<Record<DifferenceKind, string>> = {
  looser: 'no effect is less strict',
  stricter: 'no effect is stricter',
  reasons: 'equal effects have the same reasons',
  constraints: 'equal effects and reasons have the same constraints',
  obligations: 'equal effects, reasons and constraints have the same obligations',
};

export interface Answers {
  readonly before: EvaluatedAnswer;
  readonly after: EvaluatedAnswer;
}

export interface Difference {
  readonly kind: DifferenceKind;
  /** True where the answers differ in this way. */
  readonly goal: Literal;
  readonly verdict: Verdict<Answers>;
}

export interface DecidedDifferences {
  readonly prover: Prover;
  readonly differences: readonly Difference[];
}

export function compareDecisions(
  before: PolicyModel,
  after: PolicyModel,
  options: ProvingOptions,
): readonly Difference[] {
  return decideDifferences(before, after, options).differences;
}

/** Decides for each kind whether there is a request with such a difference. */
export function decideDifferences(
  before: PolicyModel,
  after: PolicyModel,
  options: ProvingOptions,
): DecidedDifferences {
  const { prover, goals } = createGoals(before, after, options, buildDifferenceGoals);
  const second = selectSecond(options, (secondOptions) => {
    const other = createGoals(before, after, secondOptions, buildDifferenceGoals);
    return { prover: other.prover, goals: new Map(Object.entries(other.goals)) };
  });
  const differences = differenceKinds.map((kind) => {
    const confirm = (_: unknown, answers: readonly EvaluatedAnswer[]) => {
      const [first, last] = answers as readonly [EvaluatedAnswer, EvaluatedAnswer];
      return compareAnswers(first, last) === kind ? { before: first, after: last } : undefined;
    };
    const verdict = prover.decide(goals[kind], confirm);
    return {
      kind,
      goal: goals[kind],
      verdict: confirmAgreement(verdict, prover, second, kind, confirm),
    };
  });
  return { prover, differences };
}

/**
 * Decides whether an answer of the second policy is looser, or of the same effect with other constraints or obligations,
 * whatever its reasons. A proof is about the requests that are valid for both.
 */
export function decideLoosening(
  before: PolicyModel,
  after: PolicyModel,
  options: ProvingOptions,
): Verdict<Answers> {
  const { prover, goals: goal } = createGoals(before, after, options, encodeLoosening);
  const second = selectSecond(options, (secondOptions) => {
    const other = createGoals(before, after, secondOptions, encodeLoosening);
    return { prover: other.prover, goals: new Map([['looser', other.goals]]) };
  });
  const confirm = (_: unknown, answers: readonly EvaluatedAnswer[]) => {
    const [first, last] = answers as readonly [EvaluatedAnswer, EvaluatedAnswer];
    return isMilder(first, last) ? { before: first, after: last } : undefined;
  };
  const verdict = prover.decide(goal, confirm);
  return confirmAgreement(verdict, prover, second, 'looser', confirm);
}

/** A prover about two policies, and the goals about their decisions. */
function createGoals<Goals>(
  before: PolicyModel,
  after: PolicyModel,
  options: ProvingOptions,
  toGoals: (old: SymbolicDecision, now: SymbolicDecision) => Goals,
): { readonly prover: Prover; readonly goals: Goals } {
  return runBounded(options, (boundedOptions) => {
    const prover = createProver([before, after], [], boundedOptions);
    const [old, now] = prover.decisions as readonly [SymbolicDecision, SymbolicDecision];
    return { prover, goals: toGoals(old, now) };
  });
}

function encodeLoosening(old: SymbolicDecision, now: SymbolicDecision): Literal {
  const { looser, sameEffect, constraints, obligations } = listDifferences(old, now);
  const { formula } = old.encoding;
  return formula.or(looser, formula.and(sameEffect, formula.or(constraints, obligations)));
}

/** The verdict, if the other prover agrees. */
function confirmAgreement(
  verdict: Verdict<Answers>,
  prover: Prover,
  second: Second,
  goal: string,
  confirm: (requests: unknown, answers: readonly EvaluatedAnswer[]) => Answers | undefined,
): Verdict<Answers> {
  if (second === undefined) return verdict;
  return combineVerdicts(verdict, findSpan(prover), () => {
    const { prover: other, goals } = second();
    const storedGoal = goals.get(goal);
    return storedGoal === undefined ? undefined : other.decide(storedGoal, confirm);
  });
}

export function isMilder(before: EvaluatedAnswer, after: EvaluatedAnswer): boolean {
  const change = strictness(after.effect) - strictness(before.effect);
  return change === 0 ? !areTermsSame(before, after) : change < 0;
}

/** For each kind, whether the answers of two policies differ in this way. */
export function buildDifferenceGoals(
  old: SymbolicDecision,
  now: SymbolicDecision,
): Readonly<Record<DifferenceKind, Literal>> {
  const { formula } = old.encoding;
  const { looser, stricter, sameEffect, reasons, constraints, obligations } = listDifferences(
    old,
    now,
  );
  return {
    looser,
    stricter,
    reasons: formula.and(sameEffect, reasons),
    constraints: formula.and(sameEffect, -reasons, constraints),
    obligations: formula.and(sameEffect, -reasons, -constraints, obligations),
  };
}

/** The differences in the parts of two answers. Those after `sameEffect` mean something only where it is true. */
function listDifferences(
  old: SymbolicDecision,
  now: SymbolicDecision,
): Readonly<Record<DifferenceKind | 'sameEffect', Literal>> {
  const { formula } = old.encoding;
  const createChange = (isLooser: boolean) =>
    formula.any(
      effectNames.flatMap((a) =>
        effectNames
          .filter((b) => (isLooser ? strictness(b) < strictness(a) : strictness(b) > strictness(a)))
          .map((b) => formula.and(old.has(a), now.has(b))),
      ),
    );
  const [looser, stricter] = [createChange(true), createChange(false)];
  const sameEffect = formula.and(-looser, -stricter);
  // Both answers have one effect here. What they would have with it is equal wherever rules are, so that the formula is
  // about the rules that differ.
  const ids = [...new Set([...old.reasons.keys(), ...now.reasons.keys()])];
  const differ = (id: string, effect: EffectName) =>
    -formula.equivalent(old.isEffectReason(id, effect), now.isEffectReason(id, effect));
  const reasons = formula.any(
    effectNames.map((effect) =>
      formula.and(old.has(effect), formula.any(ids.map((id) => differ(id, effect)))),
    ),
  );
  const constraints = formula.and(
    old.has('narrow'),
    formula.any(encodeConstraintChanges(old, now)),
  );
  const names = [...old.policy.obligations, ...now.policy.obligations].map(({ name }) => name);
  const obligations = formula.any(
    [...new Set(names)].flatMap((name) => [
      listMissing(old, old.listDemanded(name), now.listDemanded(name)),
      listMissing(old, now.listDemanded(name), old.listDemanded(name)),
    ]),
  );
  return { looser, stricter, sameEffect, reasons, constraints, obligations };
}

/** Where two narrows have different constraints. */
function encodeConstraintChanges(old: SymbolicDecision, now: SymbolicDecision): readonly Literal[] {
  const { formula } = old.encoding;
  const [before, after] = [old.mergedConstraints, now.mergedConstraints];
  return [...new Set([...before.keys(), ...after.keys()])].map((name) => {
    const [a, b] = [before.get(name), after.get(name)];
    const [hasA, hasB] = [a, b].map((each) => (each === undefined ? no : isHeld(formula, each)));
    const isPresenceEqual = formula.equivalent(hasA ?? no, hasB ?? no);
    const [typeA, typeB] = [old, now].map(
      ({ policy }) => policy.constraints.find((constraint) => constraint.name === name)?.type,
    );
    const same =
      a === undefined || b === undefined || typeA === undefined || typeB === undefined
        ? no
        : areEqual(old.encoding, nameValue(typeA, a), nameValue(typeB, b));
    return formula.or(-isPresenceEqual, formula.and(hasA ?? no, hasB ?? no, -same));
  });
}

/** Whether one of the obligations of an answer is not among others, of another answer with the same effect. */
function listMissing(
  answer: SymbolicDecision,
  demanded: readonly Demanded[],
  others: readonly Demanded[],
): Literal {
  const { formula } = answer.encoding;
  return formula.any(
    demanded.map(({ effect, when, values }) => {
      const same = others.map((other) => {
        if (other.effect !== effect || other.values.size !== values.size) return no;
        const equal = [...values].map(([name, { type, value }]) => {
          const storedValue = other.values.get(name);
          if (storedValue === undefined) return no;
          return areEqual(
            answer.encoding,
            nameValue(type, value),
            nameValue(storedValue.type, storedValue.value),
          );
        });
        return formula.and(other.when, ...equal);
      });
      return formula.and(answer.has(effect), when, -formula.any(same));
    }),
  );
}

/** Members of enums by their names, as two versions can declare them in another order. */
function nameValue(type: Type, value: Symbolic<SymbolicFact>): Symbolic<SymbolicFact> {
  const nameLiterals = (literals: ReadonlyMap<Finite, Literal>, { members }: EnumType) =>
    new Map([...literals].map(([each, literal]) => [members[each as number] ?? '', literal]));
  if (type.kind === 'Enum' && value.kind === 'choice')
    return { kind: 'choice', values: nameLiterals(value.values, type) };
  const element = type.kind === 'Set' || type.kind === 'List' ? type.element : undefined;
  if (element?.kind === 'Enum' && value.kind === 'set')
    return { ...value, elements: nameLiterals(value.elements, element) };
  return value;
}

/** The first kind of difference between two answers, or `undefined` if they are equal. */
export function compareAnswers(
  before: EvaluatedAnswer,
  after: EvaluatedAnswer,
): DifferenceKind | undefined {
  const change = strictness(after.effect) - strictness(before.effect);
  if (change !== 0) return change < 0 ? 'looser' : 'stricter';
  if (!isSame(before.reasons, after.reasons)) return 'reasons';
  if (!hasSameConstraints(before, after)) return 'constraints';
  return isSame(listDemands(before), listDemands(after)) ? undefined : 'obligations';
}

function areTermsSame(before: EvaluatedAnswer, after: EvaluatedAnswer): boolean {
  return hasSameConstraints(before, after) && isSame(listDemands(before), listDemands(after));
}

function hasSameConstraints(before: EvaluatedAnswer, after: EvaluatedAnswer): boolean {
  return isSame(sortMembers(before.constraints), sortMembers(after.constraints));
}

/** The obligations as texts, regardless of their order and of the order of their values. */
function listDemands(answer: EvaluatedAnswer): readonly string[] {
  const texts = listAnswerDemands(answer).map(({ name, properties }) =>
    printValue([name, sortMembers(properties)]),
  );
  return [...new Set(texts)].sort();
}

function sortMembers(members: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1));
}

function isSame(a: unknown, b: unknown): boolean {
  return printValue(a) === printValue(b);
}

function printValue(value: unknown): string {
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}` : each));
}
