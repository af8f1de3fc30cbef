// Runs the tests of a policy and tries to refute its invariants with one or both engines, and returns the results as
// data. The module is assembled while the evaluator runs, and then decides the same requests.

import { type CheckedFiles, hasErrors, maskSecrets } from '@nhipol/language';
import { expectsPossibility, type PolicyModel, type PolicyTest } from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';
import type { Answer } from '@nhipol/runtime';
import {
  createEvaluatorTestEngine,
  createModuleTestEngine,
  type Decide,
  isSameAnswer,
  runTests,
  sampleInvariants,
  type TestEngine,
} from '@nhipol/testing';
import { coverByTests } from '@nhipol/testing/coverage';
import type { ModuleCache } from '../cache/module-cache.ts';
import { openModuleCache } from '../cache/open-cache.ts';
import { getSharedAssembler } from '../engines/assembler.ts';
import type { EngineName } from '../engines/engines.ts';
import { checkEntryText } from '../io/policies/check-policy.ts';
import { readSourceFile } from '../io/policies/policy-file.ts';
import { findRegion } from '../output/diagnostics/report.ts';
import { createDisagreement, type DecidedQuery, toRunRequest } from './disagreement.ts';
import type { InvariantRun, PlaceInFile, PolicyRun, TestRun } from './policy-run.ts';
import { toStepResponse } from './response.ts';
import { mayBeCached, startModule } from './start-module.ts';
import { listStepRuns, type StepRunContext } from './step-runs.ts';
import { matches, type TestFilter } from './test-filter.ts';

export interface RunOptions {
  readonly engine: EngineName | 'both';
  /** `undefined` for all tests and invariants. */
  readonly filter: TestFilter | undefined;
  /** The time of steps without an instant whose request has none either. */
  readonly now: bigint | undefined;
  /** Whether to measure the coverage of tests. */
  readonly covers: boolean;
  /** Whether to save time when compiling, instead of testing the code of the module that `compile` writes. */
  readonly quick: boolean;
  /** Whether modules may come from the cache. */
  readonly cache: boolean;
  /** Whether explanations are colored. */
  readonly colored: boolean;
}

/** Runs a policy. Throws a UsageError if it cannot be read. */
export async function runPolicy(path: string, options: RunOptions): Promise<PolicyRun> {
  const started = performance.now();
  const cache = openModuleCache(options.cache, process.env);
  const file = await readSourceFile(path);
  if (options.engine !== 'evaluator' && !(await mayBeCached(cache, file, options))) {
    getSharedAssembler();
  }
  const checked = await checkEntryText(file.entry, file.text);
  const { diagnostics, files, sources, policy } = checked;
  const outcome =
    policy === undefined || hasErrors(diagnostics)
      ? { ...nothing, policy: undefined }
      : { ...(await collectOutcome(policy, checked, options, cache)), policy: pickNames(policy) };
  const engines = options.engine === 'both' ? bothEngines : [options.engine];
  return {
    path,
    engines,
    diagnostics,
    files,
    sources,
    ...outcome,
    milliseconds: performance.now() - started,
  };
}

const bothEngines: readonly EngineName[] = ['evaluator', 'wasm'];

type Outcome = Pick<PolicyRun, 'tests' | 'invariants' | 'disagreements' | 'coverage' | 'leftOut'>;

const nothing: Outcome = {
  tests: [],
  invariants: [],
  disagreements: [],
  coverage: undefined,
  leftOut: 0,
};

function pickNames({ name, version }: PolicyModel) {
  return { name, version };
}

async function collectOutcome(
  policy: PolicyModel,
  checked: CheckedFiles,
  options: RunOptions,
  cache: ModuleCache | undefined,
): Promise<Outcome> {
  const { sources } = checked;
  const isChosen = ({ name }: { readonly name: string }) => matches(name, options.filter);
  const [tests, invariants] = [policy.tests.filter(isChosen), policy.invariants.filter(isChosen)];
  const all = policy.tests.length + policy.invariants.length;
  const leftOut = all - tests.length - invariants.length;
  // A policy without a selected test is skipped.
  if (leftOut > 0 && leftOut === all) return { ...nothing, leftOut };
  const { covers, now } = options;
  const coverage = covers ? coverByTests(policy, { tests, otherwise: now }) : undefined;
  if (all === 0) return { ...nothing, coverage };
  const locateSpan = (span: Span): PlaceInFile => {
    const { file, start } = findRegion({ sources }, span);
    return { file, ...start };
  };
  const look = { policy, findPlace: locateSpan, ...options };
  const [first, second] = await createEngines(policy, tests, checked, options, cache);
  const run = (engine: TestEngine) => runTests({ ...policy, tests }, engine);
  const results = run(first);
  const sampled = sample({ ...policy, invariants }, first.decide);
  const other = await second?.();
  const others = other && run(other);
  return {
    tests: results.map((result, index) => testRun(result, others?.[index], look)),
    invariants: sampled.results.map((result) => createInvariantRun(policy, result, locateSpan)),
    disagreements: sampled.asked
      .flatMap((query) => (other && findDisagreement(query, other.decide)) ?? [])
      .slice(0, maxDisagreements),
    coverage,
    leftOut,
  };
}

/** One disagreement is enough to report a bug. */
const maxDisagreements = 1;

/** Returns the first engine, and a function that returns the second one when it is compiled. */
async function createEngines(
  policy: PolicyModel,
  tests: readonly PolicyTest[],
  checked: CheckedFiles,
  { engine, now, quick }: RunOptions,
  cache: ModuleCache | undefined,
): Promise<readonly [TestEngine, (() => Promise<TestEngine>)?]> {
  const evaluator = createEvaluatorTestEngine(policy, { otherwise: now });
  if (engine === 'evaluator') return [evaluator];
  const sessions = tests.some(({ opens }) => opens !== undefined);
  const possible = tests.some(({ steps }) => steps.some(expectsPossibility));
  const compiling = await startModule(policy, checked, { sessions, possible, quick }, cache);
  const assembleEngine = async (): Promise<TestEngine> =>
    createModuleTestEngine(await compiling(), { otherwise: now });
  return engine === 'wasm' ? [await assembleEngine()] : [evaluator, assembleEngine];
}

// --- tests ---------------------------------------------------------------------------------------

type Results = ReturnType<typeof runTests>;

/** Combines the results of a test. `other`: the result of the other engine. */
function testRun(
  result: Results[number],
  other: Results[number] | undefined,
  look: StepRunContext,
): TestRun {
  const steps = listStepRuns(result, other, look);
  return {
    name: result.test.name,
    place: look.findPlace(result.test.span),
    passed: steps.every(
      ({ differences, disagreement }) => differences.length === 0 && disagreement === undefined,
    ),
    steps,
    milliseconds: result.milliseconds + (other?.milliseconds ?? 0),
  };
}

// --- invariants ----------------------------------------------------------------------------------

function sample(policy: PolicyModel, decide: Decide) {
  const asked: DecidedQuery[] = [];
  const results = sampleInvariants(policy, (request, now, tables) => {
    const answer = decide(request, now, tables);
    asked.push({ request: new TextDecoder().decode(request), now, tables, answer });
    return answer;
  });
  return { results, asked };
}

function findDisagreement(query: DecidedQuery, decide: Decide) {
  const { request, now, tables, answer } = query;
  const other: Answer = decide(new TextEncoder().encode(request), now, tables);
  return isSameAnswer(answer, other) ? undefined : createDisagreement(query, answer, other);
}

function createInvariantRun(
  policy: PolicyModel,
  { invariant, tried, counterexample }: ReturnType<typeof sampleInvariants>[number],
  findPlace: StepRunContext['findPlace'],
): InvariantRun {
  return {
    name: invariant.name,
    place: findPlace(invariant.span),
    tried,
    counterexample: counterexample && {
      ...toRunRequest({ ...counterexample, request: maskSecrets(policy, counterexample.request) }),
      response: toStepResponse(counterexample.answer),
    },
  };
}
