// Checks the values of constraints, obligations and messages: they must not move with the clock,
// and must be known.

import type { Extra, Related } from '../../diagnostics/diagnostics.ts';
import { proposeEnclosure } from '../../diagnostics/fix.ts';
import { isInterpolation, isShownValue } from '../../model/interpolation.ts';
import type { Demand, Expr, ReadExpr } from '../../model/model.ts';
import { collectExprs } from '../../model/operands.ts';
import { invariant } from '../../support/invariant.ts';
import { builtins } from '../../types/builtins/index.ts';
import { bool } from '../../types/types.ts';
import type { Context } from '../context.ts';

/**
 * Reports a value that moves with the clock. An answer contains only the edges of conditions, so
 * its values must not have edges.
 */
export function requireClockFree(
  context: Context,
  expr: Expr,
  extra: Extra = { help: steadyHelp },
): Expr | undefined {
  if (!readsClock(expr)) return expr;
  context.reporter.report('time-not-traceable', expr.span, {}, extra);
  return undefined;
}

const steadyHelp =
  'an answer is valid until a condition changes: use a value that does not change with time, or the last one that was observed, with `latest(…)`';

/** A message may show a value that is no longer fresh: it was fresh when the rule fired. */
export function explainInMessage(expr: Expr): Extra {
  if (expr.kind !== 'Read') {
    return {
      help: 'a message cannot change with time: show the instant itself, such as `{subject.expires_at}`',
    };
  }
  return {
    help: 'it can become stale while the answer is valid: write `latest(…)` to show the last value regardless of its age',
    related: findFreshMember(expr),
    fix: proposeEnclosure(expr.span, 'latest(', ')', 'write `latest(…)` around it'),
  };
}

function findFreshMember({ members }: ReadExpr): readonly Related[] {
  const fresh = members.find((member) => member.fresh !== undefined);
  return fresh
    ? [{ span: fresh.span, message: `\`${fresh.name}\` is declared \`fresh\` here` }]
    : [];
}

/** Whether a value moves with the clock, by itself or by becoming stale. */
function readsClock(expr: Expr): boolean {
  return [...collectExprs([expr])].some(
    (part) =>
      part.kind === 'Now' ||
      part.kind === 'Age' ||
      (part.kind === 'History' && 'window' in part.term && part.term.window !== undefined) ||
      (part.kind === 'Read' &&
        !part.latest &&
        part.members.some((member) => member.fresh !== undefined)),
  );
}

/**
 * A condition that is true if the value is known, and otherwise unknown, so that the unknown paths
 * are reported: the value compared with itself. Empty for a value that is always known.
 */
export function requireKnown(value: Expr): readonly Expr[] {
  if (value.kind === 'Constant') return [];
  if (isInterpolation(value)) return value.args.flatMap(requireKnown);
  if (isShownValue(value)) return value.args.flatMap(requireKnown);
  const { type, span } = value;
  if (type.kind !== 'Set') {
    return [{ kind: 'Compare', operator: 'is', left: value, right: value, type: bool, span }];
  }
  const builtin = builtins.get('within')?.resolve([type, type]);
  invariant(builtin !== undefined, 'sets can be compared');
  return [{ kind: 'Apply', builtin, args: [value, value], type: bool, span }];
}

/** The conditions that all values of the obligations are known. */
export function requireKnownDemands(demands: readonly Demand[]): readonly Expr[] {
  return demands.flatMap(({ properties }) =>
    properties.flatMap(({ value }) => requireKnown(value)),
  );
}
