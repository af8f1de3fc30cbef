// Runs the `test` blocks of a policy. Comes in: the checked policy and something that decides, be it
// the evaluator or a module, and perhaps something that opens sessions. Goes out: for every step what
// was expected and what came instead. No I/O, no clock: a step is judged at its own instant or at the
// request's.

import type { Answer } from '@nhipol/runtime';
import {
  historyIn,
  type Policy,
  type PolicyTest,
  type TestChange,
  type TestGrant,
  type TestSignal,
  type TestStep,
} from '../language/index.ts';
import { granted } from '../language/request/approvals.ts';
import { changeRequest } from '../language/request/change-request.ts';
import { ownTime } from './ask.ts';
import { type Difference, differencesOf } from './differences.ts';
import { noTables, type TableTexts } from './tables.ts';

/**
 * `now` overrules the request's time; without it the request's own time counts. `tables`: what
 * external tables hold.
 */
export type Decide = (request: Uint8Array, now: bigint | undefined, tables: TableTexts) => Answer;

/** One session, as a test drives it. */
export interface TestedSession {
  /** What it is asked about from now on, and what external tables hold. */
  readonly change: (changes: readonly TestChange[], tables: TableTexts) => void;
  /** What was asked last is approved. */
  readonly grant: (grant: TestGrant, now: bigint) => void;
  readonly receive: (signal: TestSignal, now: bigint) => void;
  /** The same as many single calls; undefined: there is no faster way than these. */
  readonly receiveRepeatedly?: (signal: TestSignal, now: bigint, times: number) => void;
  readonly askRepeatedly?: (now: bigint, times: number) => readonly AnswerRun[];
  /** Takes the decision, or judges once more what was asked last. */
  readonly ask: (now: bigint) => Answer;
  readonly judge: (now: bigint) => Answer;
}

/** Answers that follow one another and are the same. */
export interface AnswerRun {
  readonly answer: Answer;
  /** At least 1. */
  readonly times: number;
}

export type OpenSession = (request: string, now: bigint) => TestedSession;

export interface TestResult {
  readonly test: PolicyTest;
  readonly passed: boolean;
  /** One for each step: the last that was given in it. */
  readonly answers: readonly Answer[];
  /** For each step all that were given in it. */
  readonly given: readonly (readonly Answer[])[];
  readonly failures: readonly StepFailure[];
  readonly milliseconds: number;
}

export interface StepFailure {
  /** Counts from 1. */
  readonly step: number;
  readonly expected: TestStep;
  readonly answer: Answer;
  readonly differences: readonly Difference[];
}

/**
 * `open`: without it tests of sessions are left out, since nothing could run them. In a policy that asks for what
 * happened, each step of another test is a session of its own, in which nothing has happened before.
 */
export function runTests(
  policy: Policy,
  decide: Decide,
  open?: OpenSession,
): readonly TestResult[] {
  return policy.tests.flatMap((test) => {
    if (test.opens !== undefined) return open === undefined ? [] : [runSessionTest(test, open)];
    const alone = open !== undefined && opensSessions(policy, test);
    return [runTest(test, alone ? askingAlone(open) : asking(decide))];
  });
}

/** Those that are run in sessions. */
export function runSessionTests(policy: Policy, open: OpenSession): readonly TestResult[] {
  return policy.tests.flatMap((test) => {
    if (test.opens !== undefined) return [runSessionTest(test, open)];
    return opensSessions(policy, test) ? [runTest(test, askingAlone(open))] : [];
  });
}

/** Whether each step of a test of requests is put to a session of its own: each needs an instant to open it. */
function opensSessions(policy: Policy, test: PolicyTest): boolean {
  if (historyIn(policy).length === 0) return false;
  const isTimed = policy.context?.members.has('time') === true;
  return stepsOf(test).every(
    ({ request, now }) => !isTimed || (now ?? ownTime(request)) !== undefined,
  );
}

function runSessionTest(test: PolicyTest, open: OpenSession): TestResult {
  return runTest(test, asking(open(test.request, test.opens ?? 0n)));
}

/** Each request is all that is asked for in its session, which opens at the instant of the request. */
function askingAlone(open: OpenSession): Ask {
  return ({ request, now, tables }) => {
    // Where nothing tells an instant, the policy reads none.
    const instant = now ?? ownTime(request) ?? 0n;
    const session = open(request, instant);
    session.change([], tables);
    return [session.ask(instant)];
  };
}

export interface Asked {
  readonly step: TestStep;
  /** JSON text. */
  readonly request: string;
  readonly now: bigint | undefined;
  readonly tables: TableTexts;
}

/** What a test asks, step by step; each step changes what the steps before it left. */
export function stepsOf(test: PolicyTest): readonly Asked[] {
  let request = test.request;
  let tables = noTables;
  return test.steps.map((step) => {
    const approved = step.grants.reduce(
      (before, grant) => granted(before, grant, step.at ?? ownTime(before) ?? 0n),
      request,
    );
    request = changeRequest(approved, step.changes);
    tables = changeTables(tables, step);
    return { step, request, now: step.at, tables };
  });
}

function changeTables(before: TableTexts, step: TestStep): TableTexts {
  if (step.tables.length === 0) return before;
  const after = new Map(before);
  for (const { table, json } of step.tables) {
    if (json === undefined) after.delete(table.name);
    else after.set(table.name, json);
  }
  return after;
}

/** The answers to one step, of which each must be as expected. */
type Ask = (asked: Asked) => readonly Answer[];

function asking(by: Decide | TestedSession): Ask {
  if (typeof by === 'function') {
    return ({ request, now, tables }) => [by(new TextEncoder().encode(request), now, tables)];
  }
  return ({ step, now = 0n, tables }) => {
    for (const grant of step.grants) by.grant(grant, now);
    by.change(step.changes, tables);
    for (const signal of step.signals) by.receive(signal, now);
    if (step.asks === 0) return [by.judge(now)];
    return Array.from({ length: step.asks }, () => by.ask(now));
  };
}

function runTest(test: PolicyTest, ask: Ask): TestResult {
  const started = performance.now();
  const all: (readonly Answer[])[] = [];
  const failures: StepFailure[] = [];
  for (const [index, asked] of stepsOf(test).entries()) {
    const { step } = asked;
    const given = ask(asked);
    all.push(given);
    const failed = given
      .map((answer) => ({ answer, differences: differencesOf(step, answer) }))
      .find(({ differences }) => differences.length > 0);
    if (failed !== undefined) failures.push({ step: index + 1, expected: step, ...failed });
  }
  return {
    test,
    passed: failures.length === 0,
    answers: all.flatMap((given) => given.slice(-1)),
    given: all,
    failures,
    milliseconds: performance.now() - started,
  };
}
