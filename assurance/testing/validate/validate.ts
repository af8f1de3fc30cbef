// Translation validation: compares a compiled module with the evaluator on generated requests and the policy's own
// tests. Both must return exactly the same answers, also about what is possible for a part of a request.

import { could, decode, evaluateDecoded } from '@nhipol/language';
import { expectsPossibility, type PolicyModel } from '@nhipol/language/model';
import { load, type Policy as Module } from '@nhipol/runtime';
import fc from 'fast-check';
import { collectMapNames, removeSomeMembers } from '../generate/incomplete.ts';
import { createRandomNumbers, Dice } from '../generate/random.ts';
import { createRequestArbitrary, type GeneratedRequest } from '../generate/requests.ts';
import { fillModule, fillTables, type TableTexts } from '../generate/tables.ts';
import { listStepRequests } from '../generate/test-steps.ts';
import { toClock } from '../runner/ask.ts';
import { runSessionTests, type TestResult } from '../runner/run-tests.ts';
import { isSameAnswer } from '../runner/same-answer.ts';
import { createEvaluatorSessions, createModuleSessions } from '../runner/sessions.ts';
import type { StepResult } from '../runner/step-result.ts';
import { type InvariantResult, InvariantSampling } from './invariants.ts';

interface EngineDisagreement {
  readonly request: string;
  readonly now: bigint | undefined;
  readonly tables: TableTexts;
  readonly evaluator: StepResult;
  readonly module: StepResult;
}

export interface Validation {
  readonly requests: number;
  /** The number of steps of the policy's own tests. */
  readonly steps: number;
  readonly milliseconds: number;
  readonly disagreements: readonly EngineDisagreement[];
  readonly invariants: readonly InvariantResult[];
}

export interface ValidateOptions {
  /** The number of generated requests; default: 500. */
  readonly requests?: number;
  readonly seed?: number;
}

export function validate(
  policy: PolicyModel,
  wasm: Uint8Array,
  options: ValidateOptions = {},
): Validation {
  const started = performance.now();
  const module = load(wasm);
  const dice = new Dice(createRandomNumbers(options.seed ?? 1));
  const maps = collectMapNames(policy);
  const disagreements: EngineDisagreement[] = [];
  const sampling = new InvariantSampling(policy);
  const compare = (sample: GeneratedRequest): void => {
    const { text: request, now, tables } = sample;
    const bytes = new TextEncoder().encode(request);
    const decoded = decode(fillTables(policy, tables), bytes, toClock(sample));
    const evaluator = evaluateDecoded(fillTables(policy, tables), decoded);
    sampling.add(sample, decoded, evaluator);
    fillModule(module, tables);
    const answer = module.decideJson(bytes, now === undefined ? { now: 'request' } : { now });
    if (!isSameAnswer(evaluator, answer))
      disagreements.push({ request, now, tables, evaluator, module: answer });
    const part = module.manifest.possible ? removeSomeMembers(request, dice, 700, maps) : undefined;
    if (part !== undefined) comparePossibility(part, now, tables);
  };
  const comparePossibility = (request: string, now: bigint | undefined, tables: TableTexts) => {
    const bytes = new TextEncoder().encode(request);
    const evaluator = could(fillTables(policy, tables), bytes, toClock({ now }));
    const possibility = module.couldJson(bytes, { now: now ?? 'request' });
    if (JSON.stringify(evaluator) !== JSON.stringify(possibility))
      disagreements.push({ request, now, tables, evaluator, module: possibility });
  };
  const generated = fc.sample(createRequestArbitrary(policy), {
    numRuns: options.requests ?? 500,
    seed: options.seed ?? 1,
  });
  for (const sample of generated) compare(sample);
  const steps = policy.tests.flatMap(listStepRequests);
  for (const { request, now, tables } of steps) compare({ text: request, now, tables });
  if (module.manifest.sessions !== undefined)
    disagreements.push(...compareSessions(policy, module));
  return {
    requests: generated.length,
    steps: steps.length,
    milliseconds: performance.now() - started,
    disagreements,
    invariants: sampling.results,
  };
}

/** The `session` tests, by both engines. */
function compareSessions(policy: PolicyModel, module: Module): readonly EngineDisagreement[] {
  const [evaluator, own] = [createEvaluatorSessions(policy), createModuleSessions(module)].map(
    (open) => runSessionTests(policy, open),
  ) as [readonly TestResult[], readonly TestResult[]];
  return evaluator.flatMap(({ test, given }, index) =>
    listStepRequests(test).flatMap(({ step: expectation, request, now, tables }, step) => {
      if (expectsPossibility(expectation) && !module.manifest.possible) return [];
      const [expected, result] = [given[step]?.at(-1), own[index]?.given[step]?.at(-1)];
      return expected === undefined || result === undefined || isSameAnswer(expected, result)
        ? []
        : [{ request, now, tables, evaluator: expected, module: result }];
    }),
  );
}
