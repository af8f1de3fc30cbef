// Runs the `test` blocks of a policy. Takes the checked policy and an engine (the evaluator or a module), which may
// open sessions. Returns the expectation of every step, and its answer or possibility. No I/O, no clock: a
// step is evaluated at its own instant or at the request's.

import {
  collectPolicyHistory,
  expectsPossibility,
  type PolicyModel,
  type PolicyTest,
  type TestChange,
  type TestGrant,
  type TestSignal,
  type TestStep,
} from '@nhipol/language/model';
import type { Answer, Possibility } from '@nhipol/runtime';
import type { TableTexts } from '../generate/tables.ts';
import { listStepRequests, readContextTime, type StepRequest } from '../generate/test-steps.ts';
import { listStepDifferences, type StepDifference } from './differences.ts';
import { isAnswer, type StepResult } from './step-result.ts';

/**
 * `now` overrides the request's time; without it the request's own time is used. `tables`: the contents of
 * external tables.
 */
export type Decide = (request: Uint8Array, now: bigint | undefined, tables: TableTexts) => Answer;

/** Evaluates whether a request could be permitted; the parameters are those of `Decide`. */
type Could = (request: Uint8Array, now: bigint | undefined, tables: TableTexts) => Possibility;

/** The evaluator or a module. Without `open`, it runs no sessions. */
export interface TestEngine {
  readonly decide: Decide;
  readonly could: Could;
  readonly open?: SessionOpener | undefined;
}

export interface SessionTestEngine extends TestEngine {
  readonly open: SessionOpener;
}

/** A session, as a test drives it. */
export interface TestedSession {
  /** Changes its facts, and the contents of external tables. */
  readonly change: (changes: readonly TestChange[], tables: TableTexts) => void;
  /** Approves the latest query. */
  readonly grant: (grant: TestGrant, now: bigint) => void;
  readonly receive: (signal: TestSignal, now: bigint) => void;
  /** The same as many single calls, or `undefined` if there is no faster way. */
  readonly receiveRepeatedly?: (signal: TestSignal, now: bigint, times: number) => void;
  readonly askRepeatedly?: (now: bigint, times: number) => readonly AnswerRun[];
  /** Takes the decision, or evaluates the latest query again. */
  readonly ask: (now: bigint) => Answer;
  readonly judge: (now: bigint) => Answer;
  /** Evaluates whether the latest query could be permitted after these changes; the session stays as it is. */
  readonly could: (changes: readonly TestChange[], now: bigint) => Possibility;
  /** Opens another session, with which it has the events of all sessions in common. */
  readonly other: SessionOpener;
}

/** Equal consecutive answers. */
export interface AnswerRun {
  readonly answer: Answer;
  /** At least 1. */
  readonly times: number;
}

export type SessionOpener = (request: string, now: bigint) => TestedSession;

export interface TestResult {
  readonly test: PolicyTest;
  readonly passed: boolean;
  /** The last answer of each step that expects one. */
  readonly answers: readonly Answer[];
  /** All results of each step. */
  readonly given: readonly (readonly StepResult[])[];
  readonly failures: readonly StepFailure[];
  readonly milliseconds: number;
}

export interface StepFailure {
  /** Starts at 1. */
  readonly step: number;
  readonly expected: TestStep;
  readonly result: StepResult;
  readonly differences: readonly StepDifference[];
}

/**
 * Runs all tests of a policy. If the engine opens no sessions, `session` tests are skipped. In a policy with history
 * terms, each step of a `request` test has its own session without history.
 */
export function runTests(policy: PolicyModel, engine: TestEngine): readonly TestResult[] {
  const { open } = engine;
  return policy.tests.flatMap((test) => {
    if (test.opens !== undefined) return open === undefined ? [] : [runSessionTest(test, open)];
    const alone = open !== undefined && opensSessions(policy, test);
    return [runTest(test, alone ? createStandaloneAsk(open) : createTestAsk(engine))];
  });
}

/** Runs the `session` tests. */
export function runSessionTests(policy: PolicyModel, open: SessionOpener): readonly TestResult[] {
  return policy.tests.flatMap((test) => {
    if (test.opens !== undefined) return [runSessionTest(test, open)];
    return opensSessions(policy, test) ? [runTest(test, createStandaloneAsk(open))] : [];
  });
}

/** Whether each step of a `request` test is evaluated in its own session: each needs an instant to open it. */
function opensSessions(policy: PolicyModel, test: PolicyTest): boolean {
  if (collectPolicyHistory(policy).length === 0) return false;
  const isTimed = policy.context?.members.has('time') === true;
  return listStepRequests(test).every(
    ({ request, now }) => !isTimed || (now ?? readContextTime(request)) !== undefined,
  );
}

function runSessionTest(test: PolicyTest, open: SessionOpener): TestResult {
  const testedSession = open(test.request, test.opens ?? 0n);
  const others = new Map<string, Ask>();
  const askOwn = createAsk(testedSession);
  return runTest(test, (stepRequest) => {
    const { step, now = 0n } = stepRequest;
    if (step.session === undefined) return askOwn(stepRequest);
    const ask = others.get(step.session) ?? createAsk(testedSession.other(test.request, now));
    others.set(step.session, ask);
    return ask(stepRequest);
  });
}

/** Each request is the only query of its session, which opens at the instant of the request. */
function createStandaloneAsk(open: SessionOpener): Ask {
  return ({ step, request, now, tables }) => {
    // If there is no instant, the policy reads none.
    const instant = now ?? readContextTime(request) ?? 0n;
    const session = open(request, instant);
    session.change([], tables);
    return [expectsPossibility(step) ? session.could([], instant) : session.ask(instant)];
  };
}

/** The results of one step, each of which must be as expected. */
type Ask = (stepRequest: StepRequest) => readonly StepResult[];

function createTestAsk({ decide, could }: TestEngine): Ask {
  return ({ step, request, now, tables }) => {
    const evaluated = expectsPossibility(step) ? could : decide;
    return [evaluated(new TextEncoder().encode(request), now, tables)];
  };
}

function createAsk(by: TestedSession): Ask {
  /** The changes of the query since the latest step with an answer. */
  let open: readonly TestChange[] = [];
  return ({ step, now = 0n, tables }) => {
    if (step.grants.length > 0) {
      by.change(open, tables);
      open = [];
    }
    for (const grant of step.grants) by.grant(grant, now);
    // An outcome is that of the request before it changes.
    for (const signal of step.signals) by.receive(signal, now);
    if (expectsPossibility(step)) {
      const ofSubject = step.changes.filter(({ path: [root] }) => root === 'subject');
      by.change(ofSubject, tables);
      open = [...open, ...step.changes.filter((change) => !ofSubject.includes(change))];
      return [by.could(open, now)];
    }
    by.change([...open, ...step.changes], tables);
    open = [];
    if (step.asks === 0) return [by.judge(now)];
    return Array.from({ length: step.asks }, () => by.ask(now));
  };
}

function runTest(test: PolicyTest, ask: Ask): TestResult {
  const started = performance.now();
  const all: (readonly StepResult[])[] = [];
  const failures: StepFailure[] = [];
  for (const [index, asked] of listStepRequests(test).entries()) {
    const { step } = asked;
    const given = ask(asked);
    all.push(given);
    const failed = given
      .map((result) => ({ result, differences: listStepDifferences(step, result) }))
      .find(({ differences }) => differences.length > 0);
    if (failed !== undefined) failures.push({ step: index + 1, expected: step, ...failed });
  }
  return {
    test,
    passed: failures.length === 0,
    answers: all.flatMap((given) => given.slice(-1).filter(isAnswer)),
    given: all,
    failures,
    milliseconds: performance.now() - started,
  };
}
