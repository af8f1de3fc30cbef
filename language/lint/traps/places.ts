// The conditions of all rules as the warnings about traps read them: each with its rule and with what its being true
// does to the answer.

import { isComparable } from '../../model/comparable.ts';
import { isInterpolation } from '../../model/interpolation.ts';
import type { CompareExpr, Expr, PolicyModel, ReadExpr } from '../../model/model.ts';
import { collectExprs, unwrapBinding } from '../../model/operands.ts';
import { spellPath } from '../../model/reads.ts';
import type { Span } from '../../support/source.ts';
import type { BuiltinName } from '../../types/builtins/names.ts';
import {
  type Comparison,
  flippedComparisons,
  negatedComparisons,
} from '../../types/comparisons.ts';
import type { Value } from '../../types/types.ts';
import { isVocabulary } from '../../vocabulary/vocabulary.ts';
import type { LintAnalysis } from '../analysis.ts';
import { listSubConditions } from '../reasoning/monotonicity.ts';
import type { RuleInfo } from '../rules.ts';

/** A condition within the condition of a rule, without logical operators. */
export interface ConditionPlace {
  readonly judged: RuleInfo;
  readonly expr: Expr;
  /** Whether the answer is looser if it is true; otherwise it is stricter. */
  readonly grants: boolean;
  /** The position of the condition, or of the name that refers to it. */
  readonly span: Span;
}

const operators: readonly Expr['kind'][] = ['Binding', 'And', 'Or', 'Not'];

export function listConditionPlaces({ judged }: LintAnalysis): readonly ConditionPlace[] {
  return judged.flatMap((ruleInfo) =>
    listSubConditions(ruleInfo.condition)
      .filter(({ expr }) => !operators.includes(expr.kind))
      .map(({ expr, rises, span }) => ({
        judged: ruleInfo,
        expr,
        grants: (ruleInfo.effect === 'permit') === rises,
        span,
      })),
  );
}

/** The value that a string comparison reads, without the check that it is not empty, or one segment. */
export function findComparedValue(expr: Expr): Expr {
  const inner = unwrapBinding(expr);
  const [value] = isComparable(inner) ? inner.args : [];
  return value === undefined ? inner : findComparedValue(value);
}

/** A call of an operator or function with its operands, without the names that refer to them. */
export function matchCall(
  expr: Expr,
  names: readonly BuiltinName[],
): { readonly name: BuiltinName; readonly args: readonly Expr[] } | undefined {
  const inner = unwrapBinding(expr);
  if (inner.kind !== 'Apply' || !names.includes(inner.builtin.name)) return undefined;
  return { name: inner.builtin.name, args: inner.args.map(unwrapBinding) };
}

/** The constant values of an expression: itself, or the elements of a constant set. */
export function listConstants(expr: Expr): readonly Value[] | undefined {
  const inner = unwrapBinding(expr);
  if (inner.kind === 'Set') {
    const elements = inner.elements.map((element) => listConstants(element));
    return elements.every((element) => element !== undefined) ? elements.flat() : undefined;
  }
  if (inner.kind !== 'Constant') return undefined;
  return Array.isArray(inner.value) ? (inner.value as readonly Value[]) : [inner.value];
}

export function listConstantStrings(expr: Expr): readonly string[] {
  return (listConstants(expr) ?? []).filter((value) => typeof value === 'string');
}

/** A comparison as it decides: with the operator that holds where the answer is looser, both ways round. */
export function listLooseComparisons(place: ConditionPlace): readonly {
  readonly operator: Comparison;
  readonly left: Expr;
  readonly right: Expr;
}[] {
  if (place.expr.kind !== 'Compare') return [];
  const { left, right, operator: written } = place.expr as CompareExpr;
  const operator = place.grants ? written : negatedComparisons[written];
  return [
    { operator, left: unwrapBinding(left), right: unwrapBinding(right) },
    {
      operator: flippedComparisons[operator],
      left: unwrapBinding(right),
      right: unwrapBinding(left),
    },
  ];
}

/** The path of a member of the request. */
export function formatRequestPath(expr: Expr): string | undefined {
  const inner = unwrapBinding(expr);
  return inner.kind === 'Read' && typeof inner.from === 'string' ? spellPath(inner) : undefined;
}

/** The path of a member of the request, or of an element of one of its collections. */
export function findMemberPath(expr: Expr): string | undefined {
  const inner = unwrapBinding(expr);
  if (inner.kind === 'Read') return spellPath(inner);
  return inner.kind === 'Variable' ? `${inner.variable.path}[]` : undefined;
}

/** The name of the member that is read, or of the collection of which it is an element. */
export function nameRead(expr: Expr): string {
  return /(?:^|\.)"?([^."[]*)"?(?:\[\])*$/.exec(findMemberPath(expr) ?? '')?.[1] ?? '';
}

export function listReadExprs(expr: Expr): readonly ReadExpr[] {
  return [...collectExprs([expr])].filter((each): each is ReadExpr => each.kind === 'Read');
}

/** The constant parts with which a string begins and ends; undefined where it has a value of the request. */
export function findConstantEnds(expr: Expr): {
  readonly first: string | undefined;
  readonly last: string | undefined;
} {
  const inner = unwrapBinding(expr);
  const parts = isInterpolation(inner) ? inner.args : [inner];
  const text = (part: Expr | undefined) =>
    part?.kind === 'Constant' && typeof part.value === 'string' ? part.value : undefined;
  return { first: text(parts[0]), last: text(parts.at(-1)) };
}

/** The text of a string with `…` for each value of the request, or `undefined` if it is not written in the policy. */
export function formatTemplate(expr: Expr): string | undefined {
  const inner = unwrapBinding(expr);
  if (!isInterpolation(inner)) return listConstantStrings(inner)[0];
  const text = (part: Expr) =>
    part.kind === 'Constant' && typeof part.value === 'string' ? part.value : '…';
  return inner.args.map(text).join('');
}

/** Positions in a vocabulary are reported where its predicate is called. */
export function findShownSpan({ span, judged }: ConditionPlace, inner: Expr): Span {
  if (isVocabulary(inner.span.file) || inner.span.file !== span.file) {
    return isVocabulary(span.file) ? judged.span : span;
  }
  return inner.span.start >= span.start && inner.span.end <= span.end ? inner.span : span;
}

/** Whether a policy permits names of a kind that it does not declare. */
export function hasOpenNames(
  policy: PolicyModel,
  kind: 'subjects' | 'actions' | 'resources',
): boolean {
  const any = {
    subjects: policy.anySubject,
    actions: policy.anyAction,
    resources: policy.anyResource,
  };
  return any[kind] !== undefined || policy[kind].size === 0;
}
