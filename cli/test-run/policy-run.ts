// The results of the tests and invariants of a policy as plain data, which crosses threads and is the input of all
// reports.

import type { Diagnostic } from '@nhipol/language';
import type { Answer, AuthZenResponse } from '@nhipol/runtime';
import type { StepDifference, StepResult } from '@nhipol/testing';
import type { TestCoverage } from '@nhipol/testing/coverage';
import type { EngineName } from '../engines/engines.ts';
import type { PossibilityJson } from '../output/possibility-json.ts';

export interface PolicyRun {
  /** The path on the command line. */
  readonly path: string;
  /** `undefined` if it has errors, and nothing was run. */
  readonly policy: { readonly name: string; readonly version: string } | undefined;
  /** The engines; two must agree. */
  readonly engines: readonly EngineName[];
  readonly diagnostics: readonly Diagnostic[];
  /** All files that were read or missing. `sources`: the contents of the existing ones. */
  readonly files: readonly string[];
  readonly sources: ReadonlyMap<string, string>;
  /** In the order of the policy. */
  readonly tests: readonly TestRun[];
  readonly invariants: readonly InvariantRun[];
  /** Disagreements of the engines on requests of the invariants. */
  readonly disagreements: readonly TestDisagreement[];
  /** The coverage of its tests, or `undefined` if it was not requested, or nothing was run. */
  readonly coverage: TestCoverage | undefined;
  /** The number of tests and invariants that the filter left out. */
  readonly leftOut: number;
  /** The total time to read, check, compile and run. */
  readonly milliseconds: number;
}

/** A place in a file, with a path relative to the working directory. */
export interface PlaceInFile {
  readonly file: string;
  /** Both count from 1; the column counts code points. */
  readonly line: number;
  readonly column: number;
}

export interface TestRun {
  readonly name: string;
  readonly place: PlaceInFile;
  readonly passed: boolean;
  readonly steps: readonly StepRun[];
  /** The total time of all engines. */
  readonly milliseconds: number;
}

export interface StepRun {
  readonly place: PlaceInFile;
  /** The unexpected response, otherwise the last one. */
  readonly response: Response;
  /** Empty if all is as expected. */
  readonly differences: readonly StepDifference[];
  /** The explanation of the difference as text, or `undefined` if there is none, or if the evaluator's answer is another. */
  readonly why: string | undefined;
  readonly disagreement: TestDisagreement | undefined;
}

export interface InvariantRun {
  readonly name: string;
  readonly place: PlaceInFile;
  /** The number of requests to which it applied. */
  readonly tried: number;
  readonly counterexample: (RunRequest & { readonly response: Response<Answer> }) | undefined;
}

/** Different answers of evaluator and module to the same request. */
export interface TestDisagreement extends RunRequest {
  readonly evaluator: Response;
  readonly module: Response;
}

/** A query of an engine. */
export interface RunRequest {
  /** The request as JSON. */
  readonly request: string;
  /** The time (RFC 3339), or `undefined` for the time of the request. */
  readonly now: string | undefined;
  /** The contents of external tables as JSON, by name. */
  readonly tables: ReadonlyMap<string, string>;
}

/** An answer or a possibility, as JSON with boxed exact numbers, see `response.ts`. */
export type Response<Result extends StepResult = StepResult> = Result extends Answer
  ? AuthZenResponse
  : PossibilityJson;

export interface TestSummary {
  readonly passed: number;
  readonly failed: number;
  readonly leftOut: number;
  /** Policies with errors. */
  readonly broken: number;
  readonly disagreements: number;
}

function isBroken({ policy }: PolicyRun): boolean {
  return policy === undefined;
}

/** Counts the results. Invariants and disagreements count like tests. */
export function summarizeRuns(runs: readonly PolicyRun[]): TestSummary {
  const outcomes = runs.flatMap(({ tests, invariants, disagreements }) => [
    ...tests.map(({ passed }) => passed),
    ...invariants.map(({ counterexample }) => counterexample === undefined),
    ...disagreements.map(() => false),
  ]);
  const passed = outcomes.filter(Boolean).length;
  return {
    passed,
    failed: outcomes.length - passed,
    leftOut: runs.reduce((sum, { leftOut }) => sum + leftOut, 0),
    broken: runs.filter(isBroken).length,
    disagreements: runs.flatMap(listDisagreements).length,
  };
}

/** Returns the disagreements on tests and on requests of invariants. */
function listDisagreements({ tests, disagreements }: PolicyRun): readonly TestDisagreement[] {
  const ofTests = tests.flatMap(({ steps }) =>
    steps.flatMap(({ disagreement }) => disagreement ?? []),
  );
  return [...ofTests, ...disagreements];
}
