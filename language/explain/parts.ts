// Reduces a condition to the parts that decided it: of a false `and` its false operands, of a true
// one all; of an `or` the opposite; of either, if unknown, the unknown ones. Comparisons and
// similar expressions show the values of their operands.

import { assumptionOf } from '../model/assumption.ts';
import { roleOf } from '../model/builtins.ts';
import type { Expr, QuantifierExpr } from '../model/model.ts';
import type { Fact } from '../request/fact.ts';
import type { Span } from '../support/source.ts';
import { counted } from '../support/words.ts';
import type { Value } from '../types/types.ts';
import { causeOf, isUnknown } from './causes.ts';
import type { Part } from './explanation.ts';
import { eventParts, historySays } from './history.ts';
import { patternSays } from './patterns.ts';
import { elementViews, maxElementsShown, valuesOf, within } from './values.ts';
import type { View } from './view.ts';
import { windowStatus } from './windows.ts';

/** Explains a condition. `seen` contains bindings that were explained before. */
export function partOf(expr: Expr, view: View, seen: Set<Expr> = new Set()): Part {
  switch (expr.kind) {
    case 'And':
    case 'Or':
      return condition(
        expr,
        view,
        decisive(expr, view).map((operand) => operandOf(expr, operand, view, seen)),
      );
    case 'Not':
      return negated(expr, view, seen);
    case 'Known':
      return condition(expr, view, valuesOf(expr.operand, view, seen), knownSays(expr, view));
    case 'Presence':
      return condition(expr, view, [], presenceSays(expr, view));
    case 'Quantifier':
      return quantified(expr, view, seen);
    case 'If': {
      const chosen = view.truth(expr.condition);
      const branches =
        chosen === undefined ? [expr.then, expr.else] : [chosen ? expr.then : expr.else];
      return condition(expr, view, all([expr.condition, ...branches], view, seen));
    }
    case 'Else': {
      const needed = view.truth(expr.value) === undefined;
      return condition(
        expr,
        view,
        all([expr.value, ...(needed ? [expr.fallback] : [])], view, seen),
      );
    }
    case 'Binding':
      if (seen.has(expr.binding.value)) return condition(expr, view, [], 'as above');
      seen.add(expr.binding.value);
      return condition(expr, view, [partOf(expr.binding.value, view, seen)]);
    case 'InWindow':
      return condition(expr, view, within(expr, view, seen), windowSays(expr, view));
    case 'History':
      return condition(
        expr,
        view,
        [...within(expr, view, seen), ...eventParts(expr, view)],
        historySays(expr, view),
      );
    case 'Apply':
      return condition(expr, view, within(expr, view, seen), applySays(expr, view));
    case 'Compare':
      return condition(
        expr,
        view,
        within(expr, view, seen),
        knownnessSays(expr.left, expr.right, view),
      );
    default:
      return condition(expr, view, within(expr, view, seen));
  }
}

/** The conditions joined by `and`, including those of the groups and `given`s around a rule. */
export function conjunctsOf(expr: Expr): readonly Expr[] {
  return expr.kind === 'And' ? expr.operands.flatMap(conjunctsOf) : [expr];
}

function condition(expr: Expr, view: View, parts: readonly Part[], says?: string): Part {
  const cause = causeOf(expr, view);
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

function all(exprs: readonly Expr[], view: View, seen: Set<Expr>): readonly Part[] {
  return exprs.map((expr) => partOf(expr, view, seen));
}

// --- logic ---------------------------------------------------------------------------------------

function decisive(expr: Expr & { kind: 'And' | 'Or' }, view: View): readonly Expr[] {
  const value = view.truth(expr);
  return expr.operands.filter((operand) => view.truth(operand) === value);
}

/** Shows the assumption of an `implies` as it is written, and not negated. */
function operandOf(
  expr: Expr & { kind: 'And' | 'Or' },
  operand: Expr,
  view: View,
  seen: Set<Expr>,
): Part {
  const assumption = operand === expr.operands[0] ? assumptionOf(expr, view.policy) : undefined;
  return partOf(assumption ?? operand, view, seen);
}

/** The parts of its operand, each with its own value, below the negated result. */
function negated(expr: Expr & { kind: 'Not' }, view: View, seen: Set<Expr>): Part {
  const { operand } = expr;
  const inner = partOf(operand, view, seen);
  const isOtherwise = operand.kind === 'Known' && sameSpan(operand.span, expr.span);
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

function sameSpan(a: Span, b: Span): boolean {
  return a.file === b.file && a.start === b.start && a.end === b.end;
}

// --- collections ---------------------------------------------------------------------------------

function quantified(expr: QuantifierExpr, view: View, seen: Set<Expr>): Part {
  const { value } = view.outcome(expr.collection);
  if (!Array.isArray(value)) return condition(expr, view, valuesOf(expr.collection, view, seen));
  const views = elementViews(expr, value as readonly (Fact | Value)[], view);
  const truth = view.truth(expr);
  const deciding = [...views.keys()].filter((at) => views[at]?.truth(expr.body) === truth);
  const parts = deciding.slice(0, maxElementsShown).map((at) => {
    const inner = views[at] as View;
    const body = partOf(expr.body, inner, new Set(seen));
    const which = `element ${at + 1} of ${views.length}`;
    return { ...body, says: body.says === undefined ? which : `${which}, ${body.says}` };
  });
  return condition(
    expr,
    view,
    parts,
    howMany(expr.quantifier, deciding.length, views.length, truth),
  );
}

function howMany(
  quantifier: QuantifierExpr['quantifier'],
  deciding: number,
  elements: number,
  truth: boolean | undefined,
): string {
  if (elements === 0) return 'there are no elements';
  const of = counted(elements, 'element');
  if (truth === undefined) return `it is unknown for ${deciding} of ${of}`;
  if (quantifier === 'any') return `it is true for ${truth ? deciding : 'none'} of ${of}`;
  return truth ? `it is true for all of ${of}` : `it is false for ${deciding} of ${of}`;
}

// --- in words ------------------------------------------------------------------------------------

function knownSays(expr: Expr & { kind: 'Known' }, view: View): string | undefined {
  if (!sameSpan(expr.span, expr.operand.span)) return undefined;
  return view.truth(expr) === true ? 'known' : 'unknown, so the rules in this `given` do not apply';
}

function presenceSays({ operand }: Expr & { kind: 'Presence' }, view: View) {
  const { fact } = view.expressions.follow(operand);
  if (fact === undefined || fact.presence === 'faulty') return undefined;
  const isPresent = fact.presence === 'present';
  return `it is ${isPresent ? 'present' : 'missing'}`;
}

function windowSays(expr: Expr & { kind: 'InWindow' }, view: View): string | undefined {
  const instant = view.isSecret(expr.of) ? undefined : view.value(expr.of);
  return instant === undefined ? undefined : windowStatus(expr.window, instant as bigint);
}

/** The checker compares a value with itself to find out whether it is known. */
function knownnessSays(left: Expr, right: Expr, view: View): string | undefined {
  if (left !== right) return undefined;
  return isUnknown(left, view) ? 'its value is unknown' : 'its value is known';
}

function applySays(expr: Expr & { kind: 'Apply' }, view: View): string | undefined {
  const { builtin, args } = expr;
  const [first, second] = args;
  if (first === undefined) return undefined;
  if (first === second) return knownnessSays(first, second, view);
  if (args.some((arg) => isUnknown(arg, view))) return undefined;
  if (roleOf(expr) === 'subset') return missingSays(first, second, view);
  if (builtin.pattern === undefined || args.some((arg) => view.isSecret(arg))) return undefined;
  return patternSays(builtin.pattern, view.value(first) as string, view.truth(expr) === true);
}

function missingSays(first: Expr, second: Expr | undefined, view: View): string | undefined {
  const [left, right] = [view.value(first), second && view.value(second)];
  if (!Array.isArray(left) || !Array.isArray(right)) return undefined;
  const missing = left.filter((element) => !right.includes(element));
  return missing.length === 0 ? undefined : `missing ${view.literal(first, missing)}`;
}
