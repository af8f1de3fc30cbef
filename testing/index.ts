// Entry point `nhipol/testing`: generated requests and sessions for property-based tests, a policy's own tests and
// their coverage, replay of session logs, and the comparison of a module with the evaluator.

export { type AskOptions, decide } from './arbitraries/decide.ts';
export { PropertyFailed } from './arbitraries/failure.ts';
export {
  type Decider,
  forAllRequests,
  forAllSessions,
  type RequestOptions,
  type RequestProperty,
  type SessionOptions,
  type SessionProperty,
} from './arbitraries/for-all.ts';
export { near, requests } from './arbitraries/requests.ts';
export {
  play,
  type SessionScenario,
  type SessionSignal,
  type SessionStep,
  sessions,
} from './arbitraries/sessions.ts';
export type { DrawOptions } from './arbitraries/supported-types.ts';
export type { AnyRequest, DecisionOf, RequestOf, TypedPolicy } from './arbitraries/typed-policy.ts';
export { type CoverOptions, coverByTests } from './coverage/cover.ts';
export type * from './coverage/coverage.ts';
export { CoverageRecorder } from './coverage/recorder.ts';
export { type GeneratedRequest, requestsFor } from './generate/requests.ts';
export { filled, fillModule, noTables, type TableTexts } from './generate/tables.ts';
export { operators as mutationOperators } from './mutate/operators/index.ts';
export { scoreOf, type Tally, tallyOf } from './mutate/score.ts';
export { MutationTrial, type Outcome } from './mutate/trial.ts';
export { comparingHost, evaluatorHost, type Host, HostsDisagree } from './replay/host.ts';
export { type LineFault, type LogLine, readLogLine } from './replay/log-line.ts';
export { moduleHost } from './replay/module-host.ts';
export { type Replayed, replay } from './replay/replay.ts';
export type { Timeline } from './replay/timeline.ts';
export { timelineJson } from './replay/timeline-json.ts';
export type { Difference } from './runner/differences.ts';
export {
  type Decide,
  type OpenSession,
  runTests,
  type StepFailure,
  type TestedSession,
  type TestResult,
} from './runner/run-tests.ts';
export { sameAnswer } from './runner/same-answer.ts';
export { evaluatorSessions, moduleSessions } from './runner/sessions.ts';
export { type InvariantResult, sampleInvariants } from './validate/invariants.ts';
export {
  type Disagreement,
  type ValidateOptions,
  type Validation,
  validate,
} from './validate/validate.ts';
