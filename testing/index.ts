// What users import as `nhipol/testing`: requests and sessions of a policy for property-based tests, its
// own tests and what they cover, logs of sessions replayed, and the comparison of a module with the
// evaluator.

export type { Difference } from './differences.ts';
export { type InvariantResult, sampleInvariants } from './invariants.ts';
export { operators as mutationOperators } from './mutate/operators/index.ts';
export { scoreOf, type Tally, tallyOf } from './mutate/score.ts';
export { MutationTrial, type Outcome } from './mutate/trial.ts';
export { type AskOptions, decide } from './properties/decide.ts';
export type { DrawOptions } from './properties/drawable.ts';
export { PropertyFailed } from './properties/failure.ts';
export {
  type Decider,
  forAllRequests,
  forAllSessions,
  type RequestOptions,
  type RequestProperty,
  type SessionOptions,
  type SessionProperty,
} from './properties/for-all.ts';
export { near, requests } from './properties/requests.ts';
export {
  play,
  type SessionScenario,
  type SessionSignal,
  type SessionStep,
  sessions,
} from './properties/sessions.ts';
export type { AnyRequest, DecisionOf, RequestOf, TypedPolicy } from './properties/typed-policy.ts';
export { comparingHost, evaluatorHost, type Host, HostsDisagree } from './replay/host.ts';
export { type LineFault, type LogLine, readLogLine } from './replay/log-line.ts';
export { moduleHost } from './replay/module-host.ts';
export { type Replayed, replay } from './replay/replay.ts';
export type { Timeline } from './replay/timeline.ts';
export { timelineJson } from './replay/timeline-json.ts';
export { type GeneratedRequest, requestsFor } from './requests.ts';
export {
  type Decide,
  type OpenSession,
  runTests,
  type StepFailure,
  type TestedSession,
  type TestResult,
} from './run-tests.ts';
export { sameAnswer } from './same-answer.ts';
export { evaluatorSessions, moduleSessions } from './sessions.ts';
export { filled, fillModule, noTables, type TableTexts } from './tables.ts';
export { type CoverOptions, coverByTests } from './test-coverage/cover.ts';
export { CoverageRecorder } from './test-coverage/recorder.ts';
export type * from './test-coverage/test-coverage.ts';
export {
  type Disagreement,
  type ValidateOptions,
  type Validation,
  validate,
} from './validate.ts';
