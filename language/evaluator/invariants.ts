// Evaluates the invariants of a policy for a request and its answer. An invariant is violated if
// its claim is certainly false. An invalid request, or one outside its scope, violates none.

import { strictness } from '@nhipol/runtime/abi';
import type { AnswerVariables, Invariant, Policy, Variable } from '../model/model.ts';
import { type Clock, decode, decodeRecord } from '../request/decode.ts';
import { type Fact, type Facts, presentFact } from '../request/facts.ts';
import type { RecordType, Type } from '../types/types.ts';
import { allDemands, type Verdict } from './answer.ts';
import { Expressions } from './expressions.ts';
import { appliesTo } from './scope-applies.ts';

export interface JudgedInvariant {
  readonly invariant: Invariant;
  readonly holds: boolean;
}

/** Evaluates the invariants that apply to the request. */
export function judgeInvariants(
  policy: Policy,
  request: Uint8Array,
  clock: Clock,
  answer: Verdict,
): readonly JudgedInvariant[] {
  const { facts, error } = decode(policy, request, clock);
  if (facts === undefined || error !== undefined) return [];
  return policy.invariants
    .filter(({ scope }) => appliesTo(scope, facts))
    .map((invariant) => ({ invariant, holds: !isFalse(policy, invariant, facts, answer) }));
}

function isFalse(
  policy: Policy,
  { claim, answer: variables }: Invariant,
  facts: Facts,
  answer: Verdict,
): boolean {
  const expressions = new Expressions(facts, policy.contents);
  for (const [variable, fact] of answerFacts(policy, variables, answer))
    expressions.bind(variable, fact);
  return expressions.evaluate(claim).value === false;
}

function answerFacts(
  policy: Policy,
  { effect, reasons, constraints, obligations }: AnswerVariables,
  answer: Verdict,
): readonly (readonly [Variable, Fact])[] {
  return [
    [effect, presentFact(strictness(answer.effect))],
    [reasons, members(reasons.type, answer.reasons)],
    [constraints, decodeRecord(policy, constraints.type as RecordType, answer.constraints)],
    [
      obligations,
      members(
        obligations.type,
        allDemands(answer).map(({ name }) => name),
      ),
    ],
  ];
}

/** Represents names as a set of the enum's members. */
function members(type: Type, names: readonly string[]): Fact {
  const listed = type.kind === 'Set' && type.element.kind === 'Enum' ? type.element.members : [];
  const elements = [...new Set(names)].map((name) => presentFact(listed.indexOf(name)));
  return { presence: 'present', value: undefined, members: undefined, elements };
}
