// Warns of parts of conditions that are the same for all values of their operands, such as two comparisons of one
// operand that contradict each other, or of which one is always true.

import type { LoadedFile } from '../../checker/load.ts';
import type { Expr } from '../../model/model.ts';
import { listOperands, listTermPatterns } from '../../model/operands.ts';
import type { Span } from '../../support/source.ts';
import { isVocabulary } from '../../vocabulary/vocabulary.ts';
import type { LintAnalysis } from '../analysis.ts';
import {
  explainConflict,
  findConflict,
  hasSwitch,
  isReported,
  type NeverHas,
  requireEveryPart,
} from '../reasoning/decided.ts';
import { listSubConditions } from '../reasoning/monotonicity.ts';
import { onlyFalse, onlyTrue } from '../reasoning/truth-set.ts';
import { listDecidingExprs, type RuleInfo } from '../rules.ts';

/** `without` contains the conditions that other warnings are about. */
export function warnOfDecidedConditions(
  analysis: LintAnalysis,
  has: NeverHas,
  without: Iterable<Expr>,
  files: ReadonlyMap<string, LoadedFile>,
): void {
  const walk = new Walk(analysis, has, new Set(without), files);
  for (const judged of analysis.judged) {
    for (const expr of listDecidingExprs(judged)) walk.visit(expr, judged, undefined);
  }
}

/** Visits each expression once. */
class Walk {
  readonly #analysis: LintAnalysis;
  readonly #has: NeverHas;
  readonly #seen: Set<Expr>;
  readonly #files: ReadonlyMap<string, LoadedFile>;

  constructor(
    analysis: LintAnalysis,
    has: NeverHas,
    seen: Set<Expr>,
    files: ReadonlyMap<string, LoadedFile>,
  ) {
    this.#analysis = analysis;
    this.#has = has;
    this.#seen = seen;
    this.#files = files;
  }

  /** `call` is the outermost call of a predicate or function that contains the expression. */
  visit(expr: Expr, judged: RuleInfo, call: Span | undefined): void {
    if (this.#seen.has(expr) || isVocabulary(expr.span.file)) return;
    this.#seen.add(expr);
    if (isWritten(expr, judged) && isCandidate(expr, call) && this.#warn(expr, judged, call))
      return;
    const isCall = expr.kind === 'Binding' && expr.binding.span === expr.span;
    for (const operand of listInnerExprs(expr))
      this.visit(operand, judged, isCall ? (call ?? expr.span) : call);
  }

  /** Whether there was something to warn of, or another warning is about it. */
  #warn(expr: Expr, judged: RuleInfo, call: Span | undefined): boolean {
    const { reporter } = this.#analysis;
    for (const [value, without] of [
      [true, onlyFalse],
      [false, onlyTrue],
    ] as const) {
      if (!this.#has(judged.scope, expr, without)) continue;
      const conflict = findConflict(this.#analysis, expr, without);
      if (isReported(conflict)) return true;
      const related = explainConflict(expr, conflict);
      const fix =
        value && isOnlyInPermit(expr, judged) ? requireEveryPart(expr, this.#files) : undefined;
      reporter.report('decided-condition', call ?? expr.span, { value }, { related, fix });
      return true;
    }
    return false;
  }
}

/** Whether the condition is in a rule itself, which permits if it is true. */
function isOnlyInPermit(expr: Expr, { effect, when }: RuleInfo): boolean {
  if (effect !== 'permit' || when === undefined) return false;
  const places = listSubConditions(when).filter((part) => part.expr === expr);
  return places.length > 0 && places.every(({ rises, span }) => rises && span === expr.span);
}

/** The conjunction of the conditions of a rule, its groups and its obligations has the position of the rule. */
function isWritten({ span }: Expr, judged: RuleInfo): boolean {
  return span.start !== judged.span.start || span.file !== judged.span.file;
}

/** A junction, or a test of a window, whose value does not come from a constant or of an argument. */
function isCandidate(expr: Expr, call: Span | undefined): boolean {
  if (expr.kind === 'InWindow') return call === undefined;
  if (expr.kind !== 'And' && expr.kind !== 'Or') return false;
  return !hasSwitch(expr) && (call === undefined || !hasArgument(expr));
}

/** Whether the expression depends on an argument that is a constant. */
function hasArgument(expr: Expr): boolean {
  return listSubConditions(expr).some((part) =>
    listOperands(part.expr).some(
      (operand) => operand.kind === 'Binding' && operand.binding.value.kind === 'Constant',
    ),
  );
}

/** The operands, and the conditions on events. */
function listInnerExprs(expr: Expr): readonly Expr[] {
  if (expr.kind !== 'History') return listOperands(expr);
  const conditions = listTermPatterns(expr.term).flatMap(({ condition }) => condition ?? []);
  return [...listOperands(expr), ...conditions];
}
