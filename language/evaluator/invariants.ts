// Evaluates the invariants of a policy for a request and its answer. An invariant is violated if
// its claim is certainly false. An invalid request, or one outside its scope, violates none. One that
// reads history is evaluated in sessions only.

import { strictness } from '@nhipol/runtime/abi';
import type { AnswerVariables, Expr, Invariant, PolicyModel, Variable } from '../model/model.ts';
import { collectHistoryTerms } from '../model/reads.ts';
import { decode, decodeRecord, type RequestClock } from '../request/decode.ts';
import { createPresentFact, type Fact } from '../request/fact.ts';
import type { Decoded, Facts } from '../request/facts.ts';
import type { RecordType, Type } from '../types/types.ts';
import { type ClaimableAnswer, listAnswerDemands } from './answer.ts';
import { ExpressionEvaluator } from './expressions.ts';
import { isInScope } from './scope-applies.ts';
import { type EvaluatorSession, readSessionFacts } from './session.ts';

export interface JudgedInvariant {
  readonly invariant: Invariant;
  readonly holds: boolean;
}

/** Evaluates the invariants that apply to the request; without those that read history. */
export function judgeInvariants(
  policy: PolicyModel,
  request: Uint8Array,
  clock: RequestClock,
  answer: ClaimableAnswer,
): readonly JudgedInvariant[] {
  return judgeDecoded(policy, decode(policy, request, clock), answer);
}

/** The same for a request that is decoded by the declarations of the policy. */
export function judgeDecoded(
  policy: PolicyModel,
  { facts, error }: Decoded,
  answer: ClaimableAnswer,
): readonly JudgedInvariant[] {
  if (facts === undefined || error !== undefined) return [];
  return judgeAll(policy, facts, answer).filter(({ invariant }) => !readsHistory(invariant));
}

/** The same for a decision in a session, which is given as it was before the decision. */
export function judgeSessionInvariants(
  policy: PolicyModel,
  session: EvaluatorSession,
  now: bigint,
  answer: ClaimableAnswer,
): readonly JudgedInvariant[] {
  const { facts, error } = readSessionFacts(policy, session, now);
  return facts === undefined || error !== undefined ? [] : judgeAll(policy, facts, answer);
}

const reading = new WeakMap<Expr, boolean>();

/** Whether the claim is about events of a session. */
export function readsHistory({ claim }: Invariant): boolean {
  const isFound = reading.get(claim) ?? collectHistoryTerms([claim]).length > 0;
  reading.set(claim, isFound);
  return isFound;
}

function judgeAll(
  policy: PolicyModel,
  facts: Facts,
  answer: ClaimableAnswer,
): readonly JudgedInvariant[] {
  return policy.invariants
    .filter(({ scope }) => isInScope(scope, facts))
    .map((invariant) => ({ invariant, holds: !isFalse(policy, invariant, facts, answer) }));
}

function isFalse(
  policy: PolicyModel,
  { claim, answer: variables }: Invariant,
  facts: Facts,
  answer: ClaimableAnswer,
): boolean {
  const expressions = new ExpressionEvaluator(facts, policy.contents);
  for (const [variable, fact] of answerFacts(policy, variables, answer))
    expressions.bind(variable, fact);
  return expressions.evaluate(claim).value === false;
}

function answerFacts(
  policy: PolicyModel,
  { effect, reasons, constraints, obligations }: AnswerVariables,
  answer: ClaimableAnswer,
): readonly (readonly [Variable, Fact])[] {
  return [
    [effect, createPresentFact(strictness(answer.effect))],
    [reasons, createMembers(reasons.type, answer.reasons)],
    [constraints, decodeRecord(policy, constraints.type as RecordType, answer.constraints)],
    [
      obligations,
      createMembers(
        obligations.type,
        listAnswerDemands(answer).map(({ name }) => name),
      ),
    ],
  ];
}

/** Represents names as a set of the enum's members. */
function createMembers(type: Type, names: readonly string[]): Fact {
  const listed = type.kind === 'Set' && type.element.kind === 'Enum' ? type.element.members : [];
  const elements = [...new Set(names)].map((name) => createPresentFact(listed.indexOf(name)));
  return { presence: 'present', value: undefined, members: undefined, elements };
}
