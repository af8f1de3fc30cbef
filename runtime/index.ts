// The JavaScript host: loads a policy compiled by nhipol and decides requests with it. ABI.md says
// how it speaks with the module.

export {
  type AuthZenAccessRequest,
  type AuthZenObligation,
  type AuthZenReason,
  type AuthZenResponse,
  toAuthZen,
} from './authzen.ts';
export type {
  Answer,
  AnswerAccessRequest,
  AnswerError,
  AnswerObligation,
  EffectName,
  JsonValue,
  Manifest,
  ReasonDetail,
} from './contract/index.ts';
export { ExactDecimal } from './exact-decimal.ts';
export type { Bindings } from './facts/writer.ts';
export type { DecideOptions } from './instant.ts';
export { type LoadOptions, load, loadStreaming } from './load.ts';
export { LoadError } from './load-error.ts';
export { mergePatch } from './merge-patch.ts';
export type { Policy, SessionSource } from './policy.ts';
export type { Listener, ListenerErrorHandler } from './sessions/announcer.ts';
export type { Approval } from './sessions/approvals.ts';
export type { Misfit, PolicyChange } from './sessions/carry-over.ts';
export { type Clock, hostClock } from './sessions/clock.ts';
export { createSessions, type SessionsOptions } from './sessions/create-sessions.ts';
export type { Keeping, KeepOptions } from './sessions/keeping.ts';
export type { EffectChange, Preview } from './sessions/preview.ts';
export type { Asked } from './sessions/request-parts.ts';
export type { ChangeKind, SessionChange } from './sessions/session-change.ts';
export { SessionError } from './sessions/session-error.ts';
export type { SessionStore } from './sessions/session-store.ts';
export type { RestoredSession } from './sessions/session-text.ts';
export type { Sessions } from './sessions/sessions.ts';
export type {
  Opening,
  Part,
  PolicyTypes,
  Question,
  TypedPolicy,
  TypedSessions,
} from './sessions/typed-sessions.ts';
export { stringify } from './stringify.ts';
export { TableError } from './table-error.ts';
