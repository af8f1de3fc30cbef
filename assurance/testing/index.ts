// The exports of testing: run tests, generate requests, explore, validate and verify.

export type { SessionSample } from './explore/sessions.ts';
export { createRandomNumbers } from './generate/random.ts';
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
export { createEvaluatorTestEngine, createModuleTestEngine } from './runner/engines.ts';
export { explainStepFailure, explainTest } from './runner/explain-test.ts';
export {
  type Decide,
  runTests,
  type StepFailure,
  type TestEngine,
  type TestResult,
} from './runner/run-tests.ts';
export { isSameAnswer } from './runner/same-answer.ts';
export { createEvaluatorSessions } from './runner/sessions.ts';
export { findSignalRefusal } from './runner/signal-refusal.ts';
export { isPossibility, type StepResult } from './runner/step-result.ts';
export { type InvariantResult, sampleInvariants } from './validate/invariants.ts';
export { validate } from './validate/validate.ts';
export { findAllowance } from './verify/missing-data.ts';
export { printSessionLog } from './verify/session-log.ts';
export {
  buildCounterexampleJson,
  printVerificationJson,
  type VerifiedPolicy,
} from './verify/verification-json.ts';
export {
  type ClaimResult,
  type Counterexample,
  createProofCounterexample,
  type Verification,
  verify,
  verifySteps,
} from './verify/verify.ts';
