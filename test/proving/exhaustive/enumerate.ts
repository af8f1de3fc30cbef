// Compares the answers that a formula allows with those of all requests of a family.

import { evaluate, judgeInvariants, listAnswerDemands } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { type Literal, Prover, type SymbolicDecision } from '@nhipol/proving';
import { effects } from '@nhipol/runtime/abi';
import { createRandomNumbers } from '@nhipol/testing';
import { twoWeeks } from '../../../assurance/proving/expressions/windows.ts';
import { solve } from '../../../assurance/proving/solver/solve.ts';
import { checkPolicy } from '../../support/checking.ts';
import { type Family, listRequests, twoConditions } from './family.ts';

export interface Enumerated {
  readonly policies: number;
  /** The number of evaluations. */
  readonly requests: number;
  /** The number of different answers. */
  readonly answers: number;
  /** Policies for which the formula is exact. */
  readonly exact: number;
  readonly differences: readonly string[];
}

/** Compares each policy with all requests. */
export function enumerate(family: Family, policies: readonly string[]): Enumerated {
  return compare(family, policies, true);
}

/** The same for two conditions in one policy, of which the values of the family do not show every answer. */
export function enumeratePairs(
  family: Family,
  pairs: readonly (readonly [string, string])[],
): Enumerated {
  const policies = pairs.map(([a, b]) => twoConditions(a, b));
  return compare(family, policies, false);
}

function compare(family: Family, policies: readonly string[], isComplete: boolean): Enumerated {
  const requests = listRequests(family).map((request) => ({
    request,
    bytes: new TextEncoder().encode(request),
  }));
  const differences: string[] = [];
  let [evaluations, answers, exact] = [0, 0, 0];
  for (const rules of policies) {
    const policy = checkPolicy(policyText(family, rules));
    const seen = new Map<string, string>();
    const seenInWeeks = new Map<string, string>();
    const clock = { now: undefined, precedence: 'request' } as const;
    for (const { request, bytes } of requests) {
      const answer = evaluate(policy, bytes, clock);
      evaluations += 1;
      if (answer.error !== undefined) continue;
      const demanded = listAnswerDemands(answer).map(({ name }) => name);
      const violated = judgeInvariants(policy, bytes, clock, answer)
        .filter(({ holds }) => !holds)
        .map(({ invariant }) => invariant.name);
      const own = signature(answer.effect, answer.reasons, [...demanded, ...violated]);
      seen.set(own, request);
      if (isInWeeks(request)) seenInWeeks.set(own, request);
    }
    answers += seen.size;
    const found = possibleAnswers(policy);
    if (found.isExact) exact += 1;
    for (const [answer, request] of seen)
      if (!found.possible.has(answer))
        differences.push(`impossible: ${answer}, but ${request}\n${rules}`);
    for (const [answer, request] of found.isExact ? seenInWeeks : [])
      if (!found.exactly.has(answer))
        differences.push(`impossible in two weeks: ${answer}, but ${request}\n${rules}`);
    for (const effect of effects) {
      const occurs = [...seen.keys()].some((each) => each.startsWith(`${effect} `));
      const verdict = found.verdicts.get(effect);
      if (occurs && verdict === 'proved')
        differences.push(`proved that ${effect} does not occur\n${rules}`);
      if (!isComplete) continue;
      if (!occurs && verdict === 'refuted')
        differences.push(`a request for ${effect} is not among those of the family\n${rules}`);
      // Windows are related to the clock in some years only.
      if (found.isExact && !family.declarations.includes('window') && verdict === 'undecided')
        differences.push(`${effect} is undecided in an exact formula\n${rules}`);
    }
    if (!isComplete) continue;
    for (const answer of found.exactly)
      if (!seen.has(answer)) differences.push(`no request: ${answer}\n${rules}`);
  }
  return { policies: policies.length, requests: evaluations, answers, exact, differences };
}

export function policyText({ declarations, scope = 'for any' }: Family, rules: string): string {
  return scope === '' ? `${declarations}${rules}` : `${declarations}${scope} {\n  ${rules}\n}\n`;
}

/** `others`: the names of obligations, and of violated invariants. */
function signature(effect: string, reasons: readonly string[], others: readonly string[]): string {
  return `${effect} ${[...reasons].sort().join(',')} ${[...new Set(others)].sort().join(',')}`;
}

/** Whether all instants of a request are those for which windows are exact. */
function isInWeeks(request: string): boolean {
  const instants = request.match(/\d{4}-\d\d-\d\dT[\d:.]+Z/g) ?? [];
  return instants.map(Date.parse).every((at) => at >= twoWeeks.from && at < twoWeeks.to);
}

interface Possible {
  /** The answers that the formula allows, and those where it is exact. */
  readonly possible: ReadonlySet<string>;
  readonly exactly: ReadonlySet<string>;
  readonly isExact: boolean;
  readonly verdicts: ReadonlyMap<string, string>;
}

function possibleAnswers(policy: PolicyModel): Possible {
  const claims = policy.invariants.map(({ claim }) => claim);
  const prover = new Prover([policy], claims, { random: createRandomNumbers(1) });
  const [decision] = prover.decisions as readonly [SymbolicDecision];
  const others = [
    ...policy.obligations.map(({ name }) => [name, decision.demands(name)] as const),
    ...policy.invariants.map((each) => [each.name, decision.violates(each)] as const),
  ];
  const { sides, approximations } = prover.encoding;
  const outside = [...sides, -prover.facts.inSession];
  const possible = enumerateAnswers(prover, decision, others, outside);
  const exactly = enumerateAnswers(prover, decision, others, [
    ...outside,
    ...prover.exact,
    ...approximations.map(({ when }) => -when),
  ]);
  const verdicts = new Map(
    effects.map((effect) => {
      const { kind } = prover.decide(decision.has(effect), (_, [answer]) =>
        answer?.effect === effect ? answer : undefined,
      );
      return [effect, kind];
    }),
  );
  const isExact = approximations.length === 0 && prover.encoding.domains.incomplete.size === 0;
  return { possible, exactly, isExact, verdicts };
}

/** All answers of the formula, found by excluding those before. */
function enumerateAnswers(
  { formula }: Prover,
  decision: SymbolicDecision,
  others: readonly (readonly [string, Literal])[],
  roots: readonly Literal[],
): ReadonlySet<string> {
  const found = new Set<string>();
  const excluded: Literal[] = [];
  const parts = [...effects.map((effect) => decision.has(effect)), ...decision.reasons.values()];
  const all = [...parts, ...others.map(([, literal]) => literal)];
  for (;;) {
    const solution = solve(formula, [...roots, ...excluded]);
    if (solution.kind !== 'satisfiable') return found;
    const { isTrue } = solution.model;
    const effect = effects.find((each) => isTrue(decision.has(each))) ?? 'none';
    const reasons = [...decision.reasons].filter(([, literal]) => isTrue(literal));
    const named = others.filter(([, literal]) => isTrue(literal));
    found.add(
      signature(
        effect,
        reasons.map(([id]) => id),
        named.map(([name]) => name),
      ),
    );
    excluded.push(-formula.all(all.map((literal) => (isTrue(literal) ? literal : -literal))));
  }
}
