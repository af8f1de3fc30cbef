// Evaluates requests by the evaluator and by modules: the answer, and which atoms are true and which are false.

import { decode, type EvaluatedAnswer, ExpressionEvaluator } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { TableTexts } from '@nhipol/testing';
import { decideFacts } from '../../../language/evaluator/decide.ts';
import type { Facts } from '../../../language/request/facts.ts';
import type { Ask } from '../../support/modules/engines.ts';
import type { Truth } from './claims.ts';

/** The part of an answer that claims are about. */
export type Decided = Pick<EvaluatedAnswer, 'effect' | 'reasons'>;

export interface Evaluated {
  readonly answer: Decided;
  readonly truth: Truth;
}

/** Evaluates a policy whose invariants are atoms. */
export function evaluateAtoms(policy: PolicyModel, facts: Facts): Evaluated {
  const truth = evaluateTruth(policy, new ExpressionEvaluator(facts, policy.contents));
  return { answer: decideFacts(policy, facts, undefined), truth };
}

export function evaluateTruth(policy: PolicyModel, expressions: ExpressionEvaluator): Truth {
  let [isTrue, isFalse] = [0, 0];
  for (const [index, { claim }] of policy.invariants.entries()) {
    const { value } = expressions.evaluate(claim);
    if (value === true) isTrue |= 1 << index;
    if (value === false) isFalse |= 1 << index;
  }
  return { isTrue, isFalse };
}

const encoder = new TextEncoder();

/** The facts of a request that is valid, at its own time. */
export function decodeFacts(policy: PolicyModel, text: string): Facts | undefined {
  const { facts, error } = decode(policy, encoder.encode(text), {
    now: undefined,
    precedence: 'request',
  });
  return error === undefined ? facts : undefined;
}

/** The truth of atoms by a module that denies with their names. */
export function readTruth(module: Ask, text: string, tables: TableTexts): Truth {
  let [isTrue, isFalse] = [0, 0];
  for (const reason of module(text, undefined, tables).reasons) {
    const bit = 1 << Number(reason.slice(1));
    if (reason.startsWith('t')) isTrue |= bit;
    if (reason.startsWith('f')) isFalse |= bit;
  }
  return { isTrue, isFalse };
}

/** Whether engines give the same effect for the same reasons. */
export function areAlike(a: Decided, b: Decided | undefined): boolean {
  return b !== undefined && a.effect === b.effect && a.reasons.join() === b.reasons.join();
}
