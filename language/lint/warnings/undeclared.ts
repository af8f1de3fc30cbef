// Warns of conditions that compare the request's types and names, or the types and names of an event, with a name
// that the policy does not declare: if it is probably misspelled, and, in a policy that lists all
// names of the kind, always.

import { checkSpelling, type Named, selectDeclared } from '../../checker/declared-names.ts';
import type { Reporter } from '../../diagnostics/diagnostics.ts';
import { findRole } from '../../model/builtins.ts';
import type { Expr, HistoryExpr, PolicyModel } from '../../model/model.ts';
import { collectExprs, listTermPatterns } from '../../model/operands.ts';
import { spellPath } from '../../model/reads.ts';
import type { Span } from '../../support/source.ts';
import type { Value } from '../../types/types.ts';

const named: Readonly<Record<string, Named>> = {
  'subject.type': 'subject',
  'action.name': 'action',
  'resource.type': 'resource',
  // Members of an event are read through a variable with this path.
  'event[].action.name': 'action',
  'event[].resource.type': 'resource',
};

export function warnUndeclared(policy: PolicyModel, reporter: Reporter): void {
  for (const expr of collectExpressions(policy)) {
    const sides = listSides(expr);
    for (const [one, other] of [sides, [...sides].reverse()]) {
      const what = one && nameRead(one);
      if (what === undefined || other === undefined) continue;
      for (const { value, span } of listStrings(other)) {
        checkSpelling({ reporter }, policy, what, value, span);
        const { names, any: wildcard } = selectDeclared(policy, what);
        if (wildcard === undefined && names.size > 0 && !names.has(value))
          reporter.report('undeclared-name', span, { what, name: value });
      }
    }
  }
}

/** All expressions of rules, scores and invariants, including those in patterns of events. */
function collectExpressions({ rules, scores, invariants }: PolicyModel): ReadonlySet<Expr> {
  const roots = [
    ...rules.flatMap(({ condition, narrowing, remainsChallenge }) => [
      condition,
      ...(narrowing === undefined ? [] : [narrowing.inside]),
      ...(narrowing?.settings.map(({ value }) => value) ?? []),
      ...(remainsChallenge === undefined ? [] : [remainsChallenge]),
    ]),
    ...scores.flatMap(({ conditions }) => conditions.map(({ condition }) => condition)),
    ...invariants.map(({ claim }) => claim),
  ];
  const exprs = collectExprs(roots);
  const histories = [...exprs].filter((expr): expr is HistoryExpr => expr.kind === 'History');
  const inPatterns = histories.flatMap(({ term }) =>
    listTermPatterns(term).flatMap(({ condition }) => condition ?? []),
  );
  return new Set([...exprs, ...collectExprs(inPatterns)]);
}

function listSides(expr: Expr): readonly Expr[] {
  if (expr.kind === 'Compare') return [expr.left, expr.right];
  return expr.kind === 'Apply' && findRole(expr) === 'membership' ? expr.args : [];
}

function nameRead(expr: Expr): Named | undefined {
  if (expr.kind === 'Binding') return nameRead(expr.binding.value);
  if (expr.kind === 'Selector') return named[expr.which];
  return expr.kind === 'Read' ? named[spellPath(expr)] : undefined;
}

/** The constant strings in an expression: the string itself, or the elements of a set. */
function listStrings(expr: Expr): readonly { readonly value: string; readonly span: Span }[] {
  if (expr.kind === 'Binding') return listStrings(expr.binding.value);
  if (expr.kind === 'Set') return expr.elements.flatMap(listStrings);
  if (expr.kind !== 'Constant') return [];
  const values: readonly Value[] = Array.isArray(expr.value) ? expr.value : [expr.value];
  return values.flatMap((value) => (typeof value === 'string' ? [{ value, span: expr.span }] : []));
}
