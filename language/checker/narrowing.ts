// Checks what a narrow sets, and builds the condition under which it fires as a narrow: its values
// are known, the limited paths are within their constraints, and its `or deny unless` condition is
// true.

import type { Demand, Expr, Narrowing, Setting } from '../model/model.ts';
import { isOwnName } from '../model/selectors.ts';
import type { Span } from '../support/source.ts';
import type { ExprNode, SettingNode } from '../syntax/ast.ts';
import { bool } from '../types/types.ts';
import { clockFreeOnly, knownConditions, knownDemands } from './clock-free.ts';
import type { Context } from './context.ts';
import type { Declarations } from './declarations.ts';
import { allThere, type Expressions } from './expressions.ts';
import { constant } from './names.ts';
import { expectRange, rangeConditions } from './ranges.ts';
import { withoutSecrets } from './secrecy.ts';
import { reportSetTwice } from './settings.ts';

export class NarrowingChecker {
  readonly #context: Context;
  readonly #declarations: Declarations;
  readonly #expressions: Expressions;

  /** `expressions` types expressions in the scope of the narrow. */
  constructor(context: Context, declarations: Declarations, expressions: Expressions) {
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
    if (!allThere(settings) || (unless !== undefined && condition === undefined)) return undefined;
    const known: readonly Setting[] = settings;
    const inside = [
      ...known.flatMap((setting, index) => this.#inside(setting, nodes[index] as SettingNode)),
      ...knownDemands(demands ?? []),
      ...(condition === undefined ? [] : [condition]),
    ];
    return allThere(inside) ? { settings: known, inside: all(inside, name.span) } : undefined;
  }

  #setting(node: SettingNode, siblings: readonly SettingNode[]): Setting | undefined {
    const { name } = node;
    if (siblings.find((other) => other.name.text === name.text) !== node) {
      reportSetTwice(this.#context, node, siblings);
      return undefined;
    }
    const declared = this.#context.find(name.text, name.span.file);
    if (declared?.kind !== 'Constraint') {
      const known = [...this.#context.namesIn(name.span.file)].filter(
        ([, d]) => d.kind === 'Constraint',
      );
      this.#context.unknown(
        'unknown-constraint',
        name,
        known.map(([constraint]) => constraint),
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
    return shown && clockFreeOnly(this.#context, shown) && { constraint, value };
  }

  /** The conditions of a setting: its value is known, and the limited path is within it. */
  #inside({ constraint, value }: Setting, node: SettingNode): readonly (Expr | undefined)[] {
    const { span } = node;
    const conditions: (Expr | undefined)[] = [...knownConditions(value)];
    conditions.push(...rangeConditions(constraint.type, value));
    const { limits } = constraint;
    if (limits !== undefined) {
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
      conditions.push(present && this.#bounded(present, value, span));
    }
    return conditions;
  }

  #bounded(present: Expr, value: Expr, span: Span): Expr {
    if (value.type.kind !== 'Set') {
      return { kind: 'Compare', operator: '<=', left: present, right: value, type: bool, span };
    }
    const builtin = this.#declarations.within(value.type);
    return { kind: 'Apply', builtin, args: [present, value], type: bool, span };
  }
}

/** Joins conditions with `and`; the result is true if there are none. */
export function all(conditions: readonly Expr[], span: Span): Expr {
  const [only] = conditions;
  if (only === undefined) return constant(true, bool, span);
  return conditions.length === 1 ? only : { kind: 'And', operands: conditions, type: bool, span };
}
