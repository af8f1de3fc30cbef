// Checks what a narrow sets, and builds the condition under which it fires as a narrow: its values
// are known, the limited paths are within their constraints, and its `or deny unless` condition is
// true. Also builds what an answer offers if only the limits are exceeded.

import type {
  Constraint,
  Demand,
  Expr,
  LoweredPath,
  Narrowing,
  Setting,
} from '../../model/model.ts';
import { formatPropertyPath } from '../../model/reads.ts';
import { isOwnName } from '../../model/selectors.ts';
import { hasAllItems } from '../../support/all-there.ts';
import { invariant } from '../../support/invariant.ts';
import type { Span } from '../../support/source.ts';
import type { ExprNode, SettingNode } from '../../syntax/ast.ts';
import { bool } from '../../types/types.ts';
import type { Context } from '../context.ts';
import type { Declarations } from '../declarations/declarations.ts';
import { buildRangeConditions, expectRange } from '../declarations/ranges.ts';
import { reportSetTwice } from '../declarations/settings.ts';
import { requireClockFree, requireKnown, requireKnownDemands } from '../expressions/clock-free.ts';
import type { ExpressionChecker } from '../expressions/expressions.ts';
import { joinAllConditions } from '../expressions/parts.ts';
import { withoutSecrets } from './secrecy.ts';

export class NarrowingChecker {
  readonly #context: Context;
  readonly #declarations: Declarations;
  readonly #expressions: ExpressionChecker;

  /** `expressions` types expressions in the scope of the narrow. */
  constructor(context: Context, declarations: Declarations, expressions: ExpressionChecker) {
    this.#context = context;
    this.#declarations = declarations;
    this.#expressions = expressions;
  }

  check(
    name: { readonly span: Span; readonly text: string },
    nodes: readonly SettingNode[],
    unless: ExprNode | undefined,
    demands: readonly Demand[] | undefined,
  ): Narrowing | undefined {
    // Errors in the obligations have been reported.
    if (nodes.length === 0 && demands?.length === 0) {
      this.#context.reporter.report('narrow-without-constraint', name.span, { name: name.text });
      return undefined;
    }
    const settings = nodes.map((node) => this.#setting(node, nodes));
    const condition = unless && this.#expressions.expect(unless, bool);
    if (!hasAllItems(settings) || (unless !== undefined && condition === undefined))
      return undefined;
    const validSettings: readonly Setting[] = settings;
    const parts = validSettings.map((setting, index) =>
      this.#inside(setting, nodes[index] as SettingNode),
    );
    const others = [
      ...requireKnownDemands(demands ?? []),
      ...(condition === undefined ? [] : [condition]),
    ];
    return hasAllItems(parts) ? makeNarrowing(validSettings, parts, others, name.span) : undefined;
  }

  #setting(node: SettingNode, siblings: readonly SettingNode[]): Setting | undefined {
    const { name } = node;
    if (siblings.find((other) => other.name.text === name.text) !== node) {
      reportSetTwice(this.#context, node, siblings);
      return undefined;
    }
    const declared = this.#context.find(name.text, name.span.file);
    if (declared?.kind !== 'Constraint') {
      const constraints = [...this.#context.listVisibleNames(name.span.file)].filter(
        ([, d]) => d.kind === 'Constraint',
      );
      this.#context.unknown(
        'unknown-constraint',
        name,
        constraints.map(([constraint]) => constraint),
      );
      return undefined;
    }
    const constraint = this.#declarations.constraint(declared);
    const value = constraint && this.#expressions.expect(node.value, constraint.type);
    if (constraint === undefined || value === undefined) return undefined;
    const isConstant = value.kind === 'Constant';
    if (isConstant && !expectRange(this.#context, constraint.type, value.value, node.value.span)) {
      return undefined;
    }
    const shown = withoutSecrets(this.#context, value, 'a constraint');
    return shown && requireClockFree(this.#context, shown) && { constraint, value };
  }

  /** The conditions of a setting; undefined after a report. */
  #inside({ constraint, value }: Setting, node: SettingNode): Inside | undefined {
    const { span } = node;
    const certain = [...requireKnown(value), ...buildRangeConditions(constraint.type, value)];
    const { limits } = constraint;
    if (limits === undefined) return { certain, within: undefined, lowered: undefined };
    const [first = ''] = limits.names;
    const names = isOwnName(limits.root, first) ? ['properties', ...limits.names] : limits.names;
    const path = names.reduce<ExprNode>(
      (object, text) => ({
        kind: 'Access',
        object,
        name: { kind: 'Name', text, quoted: false, span },
        span,
      }),
      { kind: 'Reference', name: limits.root, span },
    );
    const present = this.#expressions.expect(path, constraint.type);
    if (present === undefined) return undefined;
    const within = this.#compareBound(present, value, span);
    if (!constraint.lowers) return { certain, within: [within], lowered: undefined };
    if (withoutSecrets(this.#context, { ...present, span }, 'a counter-offer') === undefined) {
      return undefined;
    }
    const lowered = this.#lowerValue(constraint, within, present, value);
    return { certain, within: [within], lowered };
  }

  #compareBound(present: Expr, value: Expr, span: Span): Expr {
    if (value.type.kind !== 'Set') {
      return { kind: 'Compare', operator: '<=', left: present, right: value, type: bool, span };
    }
    const builtin = this.#declarations.setBuiltin('within', value.type);
    return { kind: 'Apply', builtin, args: [present, value], type: bool, span };
  }

  /** A lowered set contains elements of the request only; another value must be in the range of the path. */
  #lowerValue(constraint: Constraint, within: Expr, present: Expr, value: Expr): Inside['lowered'] {
    const { limits, type } = constraint;
    invariant(limits !== undefined, 'a constraint that lowers has a path');
    const path = formatPropertyPath(limits.root, limits.names);
    const { span } = within;
    if (type.kind !== 'Set') {
      const needs = [...requireKnown(present), ...buildRangeConditions(present.type, value)];
      return { needs, path: { path, constraint, within, value } };
    }
    const builtin = this.#declarations.setBuiltin('intersect', type);
    const common: Expr = { kind: 'Apply', builtin, args: [present, value], type, span };
    return { needs: requireKnown(present), path: { path, constraint, within, value: common } };
  }
}

function makeNarrowing(
  settings: readonly Setting[],
  parts: readonly Inside[],
  others: readonly Expr[],
  span: Span,
): Narrowing {
  const paths = parts.flatMap(({ lowered }) => lowered?.path ?? []);
  const inside = parts.flatMap(({ certain, within }) => [...certain, ...(within ?? [])]);
  const needs = parts.flatMap(({ certain, within, lowered }) => [
    ...certain,
    ...(lowered?.needs ?? within ?? []),
  ]);
  const suffices = joinAllConditions([...needs, ...others], span);
  return {
    settings,
    inside: joinAllConditions([...inside, ...others], span),
    lowering: paths.length === 0 ? undefined : { suffices, paths },
  };
}

/** The conditions under which a setting lets a narrow fire as itself. */
interface Inside {
  /** Its value is known and in its range. */
  readonly certain: readonly Expr[];
  /** The limited path is within it. */
  readonly within: readonly [Expr] | undefined;
  /** If the path can be lowered: what that needs instead. */
  readonly lowered: { readonly needs: readonly Expr[]; readonly path: LoweredPath } | undefined;
}
