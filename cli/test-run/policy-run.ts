// What became of the tests and invariants of one policy, as plain data: it crosses threads, and every report
// is made of it.

import type { AuthZenResponse } from '@nhipol/runtime';
import type { Diagnostic } from '../../language/index.ts';
import type { TestCoverage } from '../../testing/coverage/coverage.ts';
import type { Difference } from '../../testing/runner/differences.ts';
import type { EngineName } from '../engines/engines.ts';

export interface PolicyRun {
  /** As the user named it. */
  readonly path: string;
  /** undefined: it has errors, and nothing was run. */
  readonly policy: { readonly name: string; readonly version: string } | undefined;
  /** What decided; two must agree. */
  readonly engines: readonly EngineName[];
  readonly diagnostics: readonly Diagnostic[];
  /** All that was read or looked for, and the texts of what was there. */
  readonly files: readonly string[];
  readonly sources: ReadonlyMap<string, string>;
  /** In the order of the policy. */
  readonly tests: readonly TestRun[];
  readonly invariants: readonly InvariantRun[];
  /** Where the engines disagree about requests that invariants were tried on. */
  readonly disagreements: readonly Disagreement[];
  /** What its tests cover; undefined: nobody asks, or nothing was run. */
  readonly coverage: TestCoverage | undefined;
  /** How many tests and invariants the filter left out. */
  readonly leftOut: number;
  /** All of it: read, checked, compiled and run. */
  readonly milliseconds: number;
}

/** A place as the user can open it: its file is seen from the working directory. */
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
  /** By all engines together. */
  readonly milliseconds: number;
}

export interface StepRun {
  readonly place: PlaceInFile;
  /** The one that is not as expected, else the last that was given. */
  readonly response: Response;
  /** None: all is as expected. */
  readonly differences: readonly Difference[];
  /** Why the answer differs, as text for people; undefined: it doesn't, or the evaluator answers another way. */
  readonly why: string | undefined;
  readonly disagreement: Disagreement | undefined;
}

export interface InvariantRun {
  readonly name: string;
  readonly place: PlaceInFile;
  /** How many of the requests it was about. */
  readonly tried: number;
  readonly counterexample: (Asked & { readonly response: Response }) | undefined;
}

/** Evaluator and module answer the same request differently, so that one of them is wrong. */
export interface Disagreement extends Asked {
  readonly evaluator: Response;
  readonly module: Response;
}

/** What was asked. */
export interface Asked {
  /** JSON text. */
  readonly request: string;
  /** RFC 3339; undefined: the request's own time. */
  readonly now: string | undefined;
  /** JSON texts by the names of external tables. */
  readonly tables: ReadonlyMap<string, string>;
}

/** An answer, with its exact numbers boxed: see `response.ts`. */
export type Response = AuthZenResponse;

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly leftOut: number;
  /** Policies with errors. */
  readonly broken: number;
  readonly disagreements: number;
}

export function isBroken({ policy }: PolicyRun): boolean {
  return policy === undefined;
}

/** An invariant and a request that the engines disagree about count as a test does. */
export function summaryOf(runs: readonly PolicyRun[]): Summary {
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
    disagreements: runs.flatMap(disagreementsOf).length,
  };
}

/** Of tests and of invariants' requests. */
export function disagreementsOf({ tests, disagreements }: PolicyRun): readonly Disagreement[] {
  const ofTests = tests.flatMap(({ steps }) =>
    steps.flatMap(({ disagreement }) => disagreement ?? []),
  );
  return [...ofTests, ...disagreements];
}
