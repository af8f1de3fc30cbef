// The exports of the language: parse, check, evaluate and explain, and the types of their results. `model/`, `syntax/`,
// `types/` and `support/` have exports of their own.

export { type Analysis, analyze, type Checked, check } from './check.ts';
export { type CheckedFiles, checkFiles, type ReadsFile, readFiles } from './check-files.ts';
export type { DeclarationNode } from './checker/context.ts';
export { memberLimit } from './checker/declarations/types.ts';
export { canSubtract, mayFail } from './checker/expressions/intervals.ts';
export { listReadableMembers } from './checker/expressions/root-members.ts';
export { locateClockUse } from './checker/expressions/time.ts';
export {
  type LoadedFile,
  loadFiles,
  type ParsedFiles,
  type UnreadableFile,
} from './checker/load.ts';
export type { Notes } from './checker/notes.ts';
export { expandRows } from './checker/tests/expand-rows.ts';
export {
  type Diagnostic,
  diagnosticLimit,
  hasErrors,
  type Related,
  Reporter,
  type Severity,
  sortDiagnostics,
} from './diagnostics/diagnostics.ts';
export { applyFixes, type Edit, type Fix } from './diagnostics/fix.ts';
export { groups } from './diagnostics/messages/groups.ts';
export { type DiagnosticCode, messages } from './diagnostics/messages/index.ts';
export { type Palette, plain, render, summarize } from './diagnostics/render.ts';
export { type EvaluatedAnswer, listAnswerDemands } from './evaluator/answer.ts';
export { findReachedBand } from './evaluator/contributions.ts';
export { could, type EvaluatedPossibility, toPossibility } from './evaluator/could.ts';
export { evaluate, evaluateDecoded } from './evaluator/evaluate.ts';
export { ExpressionEvaluator } from './evaluator/expressions.ts';
export { boundTerm, type HistoryBound } from './evaluator/history/bound.ts';
export { identifyPattern } from './evaluator/history/identity.ts';
export { countWindowParts, isCounted } from './evaluator/history/parts.ts';
export { matchesNow } from './evaluator/history/term-input.ts';
export { formatEventPattern, formatField, formatHistoryWindow } from './evaluator/history/text.ts';
export { countEvents } from './evaluator/history.ts';
export {
  judgeDecoded,
  judgeInvariants,
  judgeSessionInvariants,
  readsHistory,
} from './evaluator/invariants.ts';
export { findMatchedEvents } from './evaluator/matches.ts';
export {
  type Answered,
  couldInSession,
  decideInSession,
  type EvaluatorSession,
  findFactsError,
  grantInSession,
  noSharedHistory,
  openSession,
  patchSession,
  recordSignal,
  reevaluate,
  type SharedHistory,
  type SignalError,
  withSharedHistory,
} from './evaluator/session.ts';
export { clockSkew, compares } from './evaluator/time.ts';
export type { Trace } from './evaluator/trace.ts';
export { explain, explainCould, explainCouldInSession, explainSession } from './explain/explain.ts';
export type { Explanation } from './explain/explanation.ts';
export { formatInlineJson, formatInlineObject } from './explain/inline-json.ts';
export { judgeAll } from './explain/judged.ts';
export { renderExplanation } from './explain/render.ts';
export { EvaluationView } from './explain/view.ts';
export { isConflict } from './lint/reasoning/assumptions.ts';
export { inferDomain } from './lint/reasoning/operands.ts';
export { Reasoning } from './lint/reasoning/reasoning.ts';
export { makeScopeClaims, overlap } from './lint/reasoning/scopes.ts';
export {
  onlyFalse,
  onlyTrue,
  onlyUnknown,
  possible,
  type TruthSet,
} from './lint/reasoning/truth-set.ts';
export { isEnclosingPath } from './lint/rules.ts';
export {
  describeHandling,
  listEffectParts,
  listRuleEffects,
  type RuleEffect,
} from './lint/warnings/opt-outs.ts';
export { toPossibilityForm } from './possibility/possibility.ts';
export { approveRequest, declaresApprovals } from './request/approvals.ts';
export { changeRequest } from './request/change-request.ts';
export { decode, findRequestErrors, type RequestClock, spellJsonPath } from './request/decode.ts';
export { findDroppedMembers, readScopeNames } from './request/dropped-members.ts';
export type { RequestError } from './request/errors.ts';
export { describeExpectation } from './request/expectation.ts';
export { type Decoded, isDigestMember, noFacts } from './request/facts.ts';
export {
  createJsonNumber,
  emptyObject,
  type Json,
  type JsonArray,
  type JsonMember,
  type JsonObject,
  parseJson,
  readJson,
  toJsonValue,
  toParsedJson,
  writeJson,
} from './request/json.ts';
export { nameJsonType } from './request/scalar.ts';
export type { HistoryEvent } from './request/session-event.ts';
export {
  hasSecrets,
  maskPayload,
  maskRequest,
  maskSecrets,
  maskValues,
} from './secrets/mask-request.ts';
export { fillTable, listExternalTables } from './tables/fill.ts';
export { isError, readTable, reportTableError } from './tables/read-table.ts';
export { displayPath, isVocabulary, readSourceText } from './vocabulary/vocabulary.ts';
