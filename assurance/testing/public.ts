// Entry point `nhipol/testing`: generated requests and sessions for property-based tests of policies.
// `nhipol/testing/node` reads the policies, `nhipol/testing/coverage` and `/mutation` assess their tests.

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
export type {
  DecisionOf,
  RequestOf,
  TypedSourcePolicy,
  UntypedRequest,
} from './arbitraries/typed-policy.ts';
export { createModuleSessions } from './runner/sessions.ts';
