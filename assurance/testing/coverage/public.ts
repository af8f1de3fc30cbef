// Entry point `nhipol/testing/coverage`: what a policy's own tests cover, or the requests of a caller.

export { type CoverOptions, coverByTests } from './cover.ts';
export type * from './coverage.ts';
export { CoverageRecorder } from './recorder.ts';
