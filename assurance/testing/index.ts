// The exports of testing: run tests, generate requests, explore, validate and verify.

export type { SessionSample } from './explore/sessions.ts';
export { random } from './generate/random.ts';
export { createRequestArbitrary, type GeneratedRequest } from './generate/requests.ts';
export {
  filledAsTaken,
  fillModule,
  fillTables,
  noTables,
  type TableTexts,
} from './generate/tables.ts';
export { listStepRequests, readContextTime, type StepRequest } from './generate/test-steps.ts';
export type { StepDifference } from './runner/differences.ts';
export { evaluatorTestEngine, moduleTestEngine } from './runner/engines.ts';
export { explainTest, whyFailed } from './runner/explain-test.ts';
export {
  type Decide,
  runTests,
  type StepFailure,
  type TestEngine,
  type TestResult,
} from './runner/run-tests.ts';
export { sameAnswer } from './runner/same-answer.ts';
export { evaluatorSessions } from './runner/sessions.ts';
export { signalRefusal } from './runner/signal-refusal.ts';
export { isPossibility, type StepResult } from './runner/step-result.ts';
export { type InvariantResult, sampleInvariants } from './validate/invariants.ts';
export { validate } from './validate/validate.ts';
export { findAllowance } from './verify/missing-data.ts';
export { sessionLog } from './verify/session-log.ts';
export {
  counterexampleJson,
  type VerifiedPolicy,
  verificationJson,
} from './verify/verification-json.ts';
export {
  type ClaimResult,
  type Counterexample,
  createProofCounterexample,
  type Verification,
  verify,
  verifySteps,
} from './verify/verify.ts';
