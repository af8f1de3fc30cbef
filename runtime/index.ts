// The JavaScript host: loads a policy compiled by nhipol and decides requests with it. ABI.md specifies the
// interface to the module.

export {
  type AuthZenAccessRequest,
  type AuthZenObligation,
  type AuthZenReason,
  type AuthZenResponse,
  toAuthZen,
} from './answer/authzen.ts';
export type { Possibility } from './answer/possibility.ts';
export { ExactDecimal } from './contract/exact-decimal.ts';
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
export type { Bindings } from './direct/writer.ts';
export { TableError } from './instance/table-error.ts';
export { mergePatch } from './json/merge-patch.ts';
export { stringify } from './json/stringify.ts';
export { type LoadOptions, load, loadStreaming } from './load.ts';
export { LoadError } from './module/load-error.ts';
export type { DecideOptions } from './module/moment.ts';
export type { Policy, SessionSource } from './policy.ts';
export type { Approval } from './sessions/approvals.ts';
export type { Listener, ListenerErrorHandler } from './sessions/changes/notifier.ts';
export type { ChangeKind, SessionChange } from './sessions/changes/session-change.ts';
export { type Clock, hostClock } from './sessions/clock.ts';
export { createSessions, type SessionsOptions } from './sessions/create-sessions.ts';
export type { PolicyChange, RestoreMismatch } from './sessions/migration/migrate.ts';
export type { EffectChange, Preview } from './sessions/migration/preview.ts';
export type {
  Persistence,
  PersistOptions,
} from './sessions/persistence/persistence.ts';
export type { SessionStore } from './sessions/persistence/session-store.ts';
export type { RestoredSession } from './sessions/persistence/session-text.ts';
export type { RequestParts } from './sessions/request-parts.ts';
export type { Session } from './sessions/session.ts';
export { SessionError } from './sessions/session-error.ts';
export type { Sessions } from './sessions/sessions.ts';
export type {
  Opening,
  Part,
  PolicyTypes,
  Question,
  TypedPolicy,
  TypedSession,
  TypedSessions,
} from './sessions/typed-sessions.ts';
