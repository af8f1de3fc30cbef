// Reduces a condition to the parts that decided it: of a false `and` its false operands, of a true
// one all; of an `or` the opposite; of either, if unknown, the unknown ones. Comparisons and
// similar expressions show the values of their operands.

import { findAssumption } from '../model/assumption.ts';
import { findRole } from '../model/builtins.ts';
import type { Expr, QuantifierExpr } from '../model/model.ts';
import { splitCollections } from '../model/operands.ts';
import type { Fact } from '../request/fact.ts';
import type { Span } from '../support/source.ts';
import { pluralize } from '../support/words.ts';
import type { Value } from '../types/types.ts';
import { findCause, isUnknown, listPathKeys } from './causes.ts';
import type { ExplanationPart } from './explanation.ts';
import { describeHistoryTerm, explainEvents } from './history.ts';
import { describePattern } from './patterns.ts';
import { explainInnerValues, explainValues, listElementViews, maxElementsShown } from './values.ts';
import type { EvaluationView } from './view.ts';
import { describeWindowStatus } from './windows.ts';

/** Explains a condition. `seen` contains bindings that were explained before. */
export function explainCondition(
  expr: Expr,
  view: EvaluationView,
  seen: Set<Expr> = new Set(),
): ExplanationPart {
  switch (expr.kind) {
    case 'And':
    case 'Or':
      return createConditionPart(
        expr,
        view,
        splitCollections(expr) === undefined
          ? listDecisive(expr, view).map((operand) => explainOperand(expr, operand, view, seen))
          : listDecisive(expr, view).map((operand) => explainCollection(operand, view, seen)),
      );
    case 'Not':
      return explainNegation(expr, view, seen);
    case 'Known':
      return createConditionPart(
        expr,
        view,
        explainValues(expr.operand, view, seen),
        describeKnown(expr, view),
      );
    case 'Presence':
      return createConditionPart(
        expr,
        view,
        explainPathKeys(expr, view, seen),
        describePresence(expr, view),
      );
    case 'Quantifier':
      return explainQuantifier(expr, view, seen);
    case 'If': {
      const chosen = view.truth(expr.condition);
      const branches =
        chosen === undefined ? [expr.then, expr.else] : [chosen ? expr.then : expr.else];
      return createConditionPart(expr, view, explainAll([expr.condition, ...branches], view, seen));
    }
    case 'Else': {
      const needed = view.truth(expr.value) === undefined;
      return createConditionPart(
        expr,
        view,
        explainAll([expr.value, ...(needed ? [expr.fallback] : [])], view, seen),
      );
    }
    case 'Binding':
      if (seen.has(expr.binding.value)) return createConditionPart(expr, view, [], 'as above');
      seen.add(expr.binding.value);
      return createConditionPart(expr, view, [explainCondition(expr.binding.value, view, seen)]);
    case 'InWindow':
      return createConditionPart(
        expr,
        view,
        explainInnerValues(expr, view, seen),
        describeWindow(expr, view),
      );
    case 'History':
      return createConditionPart(
        expr,
        view,
        [...explainInnerValues(expr, view, seen), ...explainEvents(expr, view)],
        describeHistoryTerm(expr, view),
      );
    case 'Apply':
      return createConditionPart(
        expr,
        view,
        explainInnerValues(expr, view, seen),
        applySays(expr, view),
      );
    case 'Compare':
      return createConditionPart(
        expr,
        view,
        explainInnerValues(expr, view, seen),
        describeKnownness(expr.left, expr.right, view),
      );
    default:
      expr.kind satisfies
        | ('Constant' | 'Read' | 'Selector' | 'Now' | 'Variable' | 'Lookup' | 'Age')
        | ('Calendar' | 'Aggregate' | 'Set');
      return createConditionPart(expr, view, explainInnerValues(expr, view, seen));
  }
}

/** The conditions joined by `and`, including the conditions of the groups and `given`s around a rule. */
export function splitConjunction(expr: Expr): readonly Expr[] {
  return expr.kind === 'And' && splitCollections(expr) === undefined
    ? expr.operands.flatMap(splitConjunction)
    : [expr];
}

/** The unknown keys on the path of a member: its presence is then unknown, too. */
function explainPathKeys(
  expr: Expr & { kind: 'Presence' },
  view: EvaluationView,
  seen: Set<Expr>,
): readonly ExplanationPart[] {
  return listPathKeys(expr)
    .filter((key) => isUnknown(key, view))
    .flatMap((key) => explainValues(key, view, seen));
}

function createConditionPart(
  expr: Expr,
  view: EvaluationView,
  parts: readonly ExplanationPart[],
  says?: string,
): ExplanationPart {
  const cause = findCause(expr, view);
  const at = view.spot(expr.span);
  return {
    role: 'condition',
    form: expr.kind,
    at,
    name: at.text,
    value: view.verdict(expr),
    ...(says === undefined ? {} : { says }),
    ...(cause === undefined ? {} : { cause }),
    parts,
  };
}

function explainAll(
  exprs: readonly Expr[],
  view: EvaluationView,
  seen: Set<Expr>,
): readonly ExplanationPart[] {
  return exprs.map((expr) => explainCondition(expr, view, seen));
}

// --- logic ---------------------------------------------------------------------------------------

function listDecisive(expr: Expr & { kind: 'And' | 'Or' }, view: EvaluationView): readonly Expr[] {
  const value = view.truth(expr);
  return expr.operands.filter((operand) => view.truth(operand) === value);
}

/** Shows the assumption of an `implies` as it is written, and not negated. */
function explainOperand(
  expr: Expr & { kind: 'And' | 'Or' },
  operand: Expr,
  view: EvaluationView,
  seen: Set<Expr>,
): ExplanationPart {
  const assumption = operand === expr.operands[0] ? findAssumption(expr, view.policy) : undefined;
  return explainCondition(assumption ?? operand, view, seen);
}

/** One of several collections of a quantifier, at its own place. */
function explainCollection(expr: Expr, view: EvaluationView, seen: Set<Expr>): ExplanationPart {
  const part = explainCondition(expr, view, seen);
  if (expr.kind !== 'Quantifier') return part;
  const at = view.spot(expr.collection.span);
  return { ...part, at, name: at.text };
}

/** The parts of its operand, each with its own value, below the negated result. */
function explainNegation(
  expr: Expr & { kind: 'Not' },
  view: EvaluationView,
  seen: Set<Expr>,
): ExplanationPart {
  const { operand } = expr;
  const inner = explainCondition(operand, view, seen);
  const isOtherwise = operand.kind === 'Known' && isSameSpan(operand.span, expr.span);
  const says = isOtherwise
    ? view.truth(expr) === true
      ? 'unknown, so `otherwise` applies'
      : 'known, so `otherwise` does not apply'
    : inner.says;
  const at = view.spot(expr.span);
  return {
    ...inner,
    at,
    name: at.text,
    value: view.verdict(expr),
    ...(says === undefined ? {} : { says }),
  };
}

function isSameSpan(a: Span, b: Span): boolean {
  return a.file === b.file && a.start === b.start && a.end === b.end;
}

// --- collections ---------------------------------------------------------------------------------

function explainQuantifier(
  expr: QuantifierExpr,
  view: EvaluationView,
  seen: Set<Expr>,
): ExplanationPart {
  const { value } = view.evaluateExpr(expr.collection);
  if (!Array.isArray(value))
    return createConditionPart(expr, view, explainValues(expr.collection, view, seen));
  const views = listElementViews(expr, value as readonly (Fact | Value)[], view);
  const truth = view.truth(expr);
  const deciding = [...views.keys()].filter((at) => views[at]?.truth(expr.body) === truth);
  const parts = deciding.slice(0, maxElementsShown).map((at) => {
    const inner = views[at] as EvaluationView;
    const body = explainCondition(expr.body, inner, new Set(seen));
    const which = `element ${at + 1} of ${views.length}`;
    return { ...body, says: body.says === undefined ? which : `${which}, ${body.says}` };
  });
  return createConditionPart(
    expr,
    view,
    parts,
    describeCount(expr.quantifier, deciding.length, views.length, truth),
  );
}

function describeCount(
  quantifier: QuantifierExpr['quantifier'],
  deciding: number,
  elements: number,
  truth: boolean | undefined,
): string {
  if (elements === 0) return 'there are no elements';
  const of = pluralize(elements, 'element');
  if (truth === undefined) return `it is unknown for ${deciding} of ${of}`;
  if (quantifier === 'any') return `it is true for ${truth ? deciding : 'none'} of ${of}`;
  return truth ? `it is true for all of ${of}` : `it is false for ${deciding} of ${of}`;
}

// --- in words ------------------------------------------------------------------------------------

function describeKnown(expr: Expr & { kind: 'Known' }, view: EvaluationView): string | undefined {
  if (!isSameSpan(expr.span, expr.operand.span)) return undefined;
  return view.truth(expr) === true ? 'known' : 'unknown, so the rules in this `given` do not apply';
}

function describePresence({ operand }: Expr & { kind: 'Presence' }, view: EvaluationView) {
  const { fact } = view.expressions.follow(operand);
  if (fact === undefined || fact.presence === 'faulty') return undefined;
  const isPresent = fact.presence === 'present';
  return `it is ${isPresent ? 'present' : 'missing'}`;
}

function describeWindow(
  expr: Expr & { kind: 'InWindow' },
  view: EvaluationView,
): string | undefined {
  const instant = view.isSecret(expr.of) ? undefined : view.value(expr.of);
  return instant === undefined ? undefined : describeWindowStatus(expr.window, instant as bigint);
}

/** The checker compares a value with itself to find out whether it is known. */
function describeKnownness(left: Expr, right: Expr, view: EvaluationView): string | undefined {
  if (left !== right) return undefined;
  return isUnknown(left, view) ? 'its value is unknown' : 'its value is known';
}

function applySays(expr: Expr & { kind: 'Apply' }, view: EvaluationView): string | undefined {
  const { builtin, args } = expr;
  const [first, second] = args;
  if (first === undefined) return undefined;
  if (first === second) return describeKnownness(first, second, view);
  if (args.some((arg) => isUnknown(arg, view))) return undefined;
  if (findRole(expr) === 'subset') return describeMissing(first, second, view);
  if (builtin.pattern === undefined || args.some((arg) => view.isSecret(arg))) return undefined;
  return describePattern(builtin.pattern, view.value(first) as string, view.truth(expr) === true);
}

function describeMissing(
  first: Expr,
  second: Expr | undefined,
  view: EvaluationView,
): string | undefined {
  const [left, right] = [view.value(first), second && view.value(second)];
  if (!Array.isArray(left) || !Array.isArray(right)) return undefined;
  const missing = left.filter((element) => !right.includes(element));
  return missing.length === 0 ? undefined : `missing ${view.literal(first, missing)}`;
}
