// The service floor: the engine that decides the calls of identities in their sessions, the decision log, the store, the
// guard, which enforces decisions between a client and a server of MCP, and the daemon, which hooks of coding agents and
// guards share.

export { type Access, type AccessOptions, createAccess, openAccess } from './access/access.ts';
export { readAccess } from './access/access-file.ts';
export type { Role } from './access/caller.ts';
export { limitAccess } from './access/limited-access.ts';
export { RateLimits } from './access/rate-limits.ts';
export { createReplaceableAccess, type ReplaceableAccess } from './access/replaceable-access.ts';
export { ServiceClient } from './client/service-client.ts';
export {
  type Daemon,
  type DaemonOptions,
  type DaemonStatus,
  listenDaemon,
} from './daemon/daemon.ts';
export { relayByDaemon } from './daemon/daemon-client.ts';
export type { ServerOpening } from './daemon/opening.ts';
export type { Abilities } from './engine/abilities.ts';
export type { Call, CallerFacts, Identity } from './engine/call.ts';
export { Engine } from './engine/engine.ts';
export type { EngineOptions, EngineSessionOpening, Mode } from './engine/engine-parts.ts';
export type { DecideDetails, Decision, EngineSession } from './engine/engine-session.ts';
export type { HookReply } from './hooks/agents/agent.ts';
export { hookAgents } from './hooks/agents/index.ts';
export { type HookAskMode, Hooks } from './hooks/hooks.ts';
export {
  type DeliveryServer,
  type DeliveryServerOptions,
  listenDeliveries,
} from './http/delivery-server.ts';
export { createMetrics, type Metrics } from './http/metrics.ts';
export { createConsoleRoutes } from './http/routes/console.ts';
export { addSignals } from './http/routes/signals.ts';
export { addTransmitter } from './http/routes/ssf.ts';
export {
  listenService,
  type Service,
  type ServiceLimits,
  type ServiceOptions,
} from './http/server.ts';
export { readTls, type TlsFiles, type TlsSecrets } from './http/tls-files.ts';
export type { Members } from './json/members.ts';
export { parseFile, parseSettings, SettingsError } from './json/settings.ts';
export { isDigest } from './log/chain.ts';
export {
  type Checkpoint,
  isCheckpointKey,
  readCheckpoint,
  signCheckpoint,
} from './log/checkpoint.ts';
export { readLogId } from './log/end-of-log.ts';
export type { LogEntry, LogLine } from './log/entry.ts';
export { entrySchema } from './log/entry-schema.ts';
export { findKnownEnd, readKnownEnd } from './log/known-end.ts';
export { type DecisionLog, type LogFileOptions, openLogFile } from './log/log-file.ts';
export { logPaths } from './log/log-paths.ts';
export { streamLog } from './log/log-stream.ts';
export { type SinkFormat, sinkFormats } from './log/shipping/format.ts';
export { type Shipping, type ShippingOptions, shipLog } from './log/shipping/ship-log.ts';
export {
  createVerifier,
  type LogMark,
  type LogProblem,
  type Verified,
  type VerifierOptions,
} from './log/verify.ts';
export { MappingError } from './mapping/mapping-error.ts';
export { createTokenReader, type TokenMapping } from './mapping/token-facts.ts';
export { findResultPlace, type ResultLimits } from './mcp/calls/limited-result.ts';
export type { Permission } from './mcp/calls/permission.ts';
export type { ClientFacts } from './mcp/client.ts';
export { Guard, type GuardOptions } from './mcp/guard.ts';
export { type HttpGuard, listenHttp } from './mcp/http/http-guard.ts';
export type { HttpGuardOptions } from './mcp/http/http-guard-options.ts';
export {
  createTokenVerifier,
  type TokenOptions,
  type TokenVerifier,
} from './mcp/http/token-verifier.ts';
export type { Peer } from './mcp/peer.ts';
export { errorCodes } from './mcp/protocol/message.ts';
export { createErrorResponse } from './mcp/protocol/replies.ts';
export type { Relay } from './mcp/relay.ts';
export type { AskMode } from './mcp/relay-options.ts';
export { selectServerEnvironment } from './mcp/stdio/environment.ts';
export { refuseClient } from './mcp/stdio/refuse-client.ts';
export { type ServerProcess, startServer } from './mcp/stdio/server-process.ts';
export { relayStdio } from './mcp/stdio/stdio-relay.ts';
export { describeServer, type ServerDescription } from './mcp/tools/describe-server.ts';
export { digestOfTool, type Pins, pickReviewed, reviewedMembers } from './mcp/tools/inventory.ts';
export { Activation, type ModuleWithTables, type Outcome } from './pdp/activation.ts';
export { DecisionPoint, type DecisionPointOptions } from './pdp/decision-point.ts';
export { createInventory, type Inventory, InventoryError, readEntities } from './pdp/inventory.ts';
export { type ContextForm, contextForms } from './pdp/requests/response.ts';
export { createVouchedFacts, type VouchedFacts } from './pdp/requests/vouched-facts.ts';
export { type SessionCaller, serviceItself } from './pdp/sessions/session-caller.ts';
export { changeStream, type StreamChange } from './signals/receive/change-stream.ts';
export { formatEventUri } from './signals/sets/event-types.ts';
export type { SignalSettings } from './signals/settings.ts';
export { listSecretFiles, readSignalSettings } from './signals/settings-file.ts';
export { selectSettingsInUse } from './signals/settings-in-use.ts';
export { type SignalOptions, Signals } from './signals/signals.ts';
export { exclusiveSignals } from './signals/store/exclusive-signals.ts';
export type { SignalStore } from './signals/store/signal-store.ts';
export { sqliteSignals } from './signals/store/sqlite-signals.ts';
export { setContentType } from './signals/streams.ts';
export { SubjectError } from './signals/subjects/identifier.ts';
export { readSubject } from './signals/subjects/subject.ts';
export { setSigner } from './signals/transmit/set-signer.ts';
export { sqliteStore } from './store/sqlite-store.ts';
export { StateFile, type StateFileOptions } from './store/state-file.ts';
export type { ApprovalRequest, Revocation, Store } from './store/store.ts';
export { callJson } from './support/call-json.ts';
export { anyDestination, DestinationError } from './support/destinations.ts';
export { type DownloadOptions, download } from './support/download.ts';
export { formatUrl } from './support/format-url.ts';
export { isLoopback } from './support/loopback.ts';
export { readSigningKey, type SigningKey, SigningKeyError } from './tokens/signing-key.ts';
export { accessTokenTypes, tokenAlgorithms } from './tokens/verify-token.ts';
