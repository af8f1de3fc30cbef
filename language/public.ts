// Entry point `nhipol`: parse, check, evaluate and explain policies. `nhipol/format` formats them, and
// `nhipol/compiler` compiles them.

export { type Checked, check } from './check.ts';
export { type Diagnostic, hasErrors, type Severity } from './diagnostics/diagnostics.ts';
export { applyFixes, type Edit, type Fix, type Fixed } from './diagnostics/fix.ts';
export { type Palette, renderDiagnostic } from './diagnostics/render.ts';
export type { EvaluatedAnswer } from './evaluator/answer.ts';
export { could, type EvaluatedPossibility } from './evaluator/could.ts';
export { evaluate, type RequestClock, type Trace } from './evaluator/evaluate.ts';
export {
  couldInSession,
  decideInSession,
  type EvaluatorSession,
  grantInSession,
  noSharedHistory,
  openSession,
  patchSession,
  recordSignal,
  reevaluate,
  type SharedHistory,
  type Signal,
  withSharedHistory,
} from './evaluator/session.ts';
export {
  type Explanation,
  explain,
  explainCould,
  explainCouldInSession,
  explainSession,
} from './explain/explain.ts';
export { type RenderOptions, renderExplanation } from './explain/render.ts';
export type * from './model/model.ts';
export type { RequestError } from './request/errors.ts';
export { createMask, type Mask } from './secrets/mask.ts';
export { maskSecrets } from './secrets/mask-request.ts';
export type { Position, SourceMap, Span } from './support/source.ts';
export { parse } from './syntax/parse.ts';
