// The client of a service, `@nhipol/service/client`: it needs `fetch`, and nothing of Node.

export type { DecisionCallOptions, OnFailure } from './decide.ts';
export type { Evaluation, EvaluationContext, SessionState } from './evaluation.ts';
export type {
  Action,
  ApprovalOfCall,
  Entity,
  EvaluationRequest,
  EvaluationsRequest,
  SearchRequests,
  SessionOpening,
  SessionPatch,
  SessionQuery,
} from './requests.ts';
export type { FoundEntities } from './search.ts';
export type { FollowOptions, ServerEvent } from './server-events.ts';
export {
  type EvaluateOptions,
  ServiceClient,
  type ServiceClientOptions,
} from './service-client.ts';
export { type FailureCode, ServiceError } from './service-error.ts';
export { SessionClient, type SessionDetails } from './session-client.ts';
export type { ServiceEvent, SessionChanged, SessionEvent } from './session-events.ts';
export type { CallOptions, TransportOptions } from './transport.ts';
export { RevokedError, type Watch, type WatchOptions } from './watch.ts';
