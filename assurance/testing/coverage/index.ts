// The exports of coverage: what tests cover of a policy.

export { coverByTests } from './cover.ts';
export type { CoveredFile, OutcomeName, Point, TestCoverage } from './coverage.ts';
export { CoverageRecorder } from './recorder.ts';
export { type RuleOutcome, RuleOutcomes } from './rule-outcomes.ts';
