// The engines that run the tests of a policy: the evaluator, and a module. Both take decisions, evaluate possibilities and
// open sessions.

import { could, evaluate, type Trace } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { Policy as Module } from '@nhipol/runtime';
import { fillModule, fillTables } from '../generate/tables.ts';
import { toClock } from './ask.ts';
import type { SessionTestEngine } from './run-tests.ts';
import { createEvaluatorSessions, createModuleSessions } from './sessions.ts';

export interface EvaluatorOptions {
  /** The instant of a step that has none, neither its own nor its request's. */
  readonly otherwise?: bigint | undefined;
  /** Returns an observer for each decision. */
  readonly onlooker?: () => Trace | undefined;
}

export function createEvaluatorTestEngine(
  policy: PolicyModel,
  { otherwise, onlooker = () => undefined }: EvaluatorOptions = {},
): SessionTestEngine {
  const clock = (now: bigint | undefined) =>
    now === undefined ? ({ now: otherwise, precedence: 'request' } as const) : toClock({ now });
  return {
    decide: (request, now, tables) =>
      evaluate(fillTables(policy, tables), request, clock(now), onlooker()),
    could: (request, now, tables) => could(fillTables(policy, tables), request, clock(now)),
    open: createEvaluatorSessions(policy, onlooker),
  };
}

/** `module`: possibilities and sessions are available if it was compiled with them. */
export function createModuleTestEngine(
  module: Module,
  { otherwise }: Pick<EvaluatorOptions, 'otherwise'> = {},
): SessionTestEngine {
  const instant = (now: bigint | undefined) =>
    now === undefined ? ({ now: otherwise, clock: 'request' } as const) : { now };
  return {
    decide: (request, now, tables) => {
      fillModule(module, tables);
      return module.decideJson(request, instant(now));
    },
    could: (request, now, tables) => {
      fillModule(module, tables);
      return module.couldJson(request, instant(now));
    },
    open: createModuleSessions(module),
  };
}
