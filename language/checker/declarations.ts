// Constants, tables and constraints: each is checked when first asked for, and once.

import type { ConstNode, ConstraintNode, ExprNode, TableNode, WindowNode } from '../ast.ts';
import type { Resolution } from '../builtins/builtin.ts';
import { builtins } from '../builtins/index.ts';
import { Expressions as Evaluator } from '../evaluator/expressions.ts';
import { invariant } from '../invariant.ts';
import type { Constraint, Expr, Table } from '../model.ts';
import { isConstant } from '../operands.ts';
import type { Span } from '../source.ts';
import type { Window } from '../time/window.ts';
import { isEquatable, isOrdered, type Type, typeName, type Value } from '../types.ts';
import type { Context } from './context.ts';
import { Expressions } from './expressions.ts';
import type { Env } from './names.ts';
import { pathNames } from './paths.ts';
import { expectRange } from './ranges.ts';
import { type Shapes, View } from './shapes.ts';
import { readTable } from './tables.ts';
import { Types } from './types.ts';
import { checkWindow } from './windows.ts';

const nothing = {
  presence: 'absent',
  value: undefined,
  members: undefined,
  elements: undefined,
} as const;

export class Declarations {
  readonly types: Types;
  readonly #context: Context;
  readonly #constants = new Map<ConstNode, Expr | undefined>();
  readonly #tables = new Map<TableNode, Table | undefined>();
  readonly #constraints = new Map<ConstraintNode, Constraint | undefined>();
  readonly #windows = new Map<WindowNode, Window | undefined>();

  constructor(context: Context) {
    this.#context = context;
    this.types = new Types(context, (node, type, what) => this.constantOf(node, type, what));
  }

  get tables(): readonly Table[] {
    return [...this.#tables.values()].filter((table) => table !== undefined);
  }

  get constraints(): readonly Constraint[] {
    return [...this.#constraints.values()].filter((constraint) => constraint !== undefined);
  }

  constant(node: ConstNode, at: Span): Expr | undefined {
    if (!this.#constants.has(node)) {
      this.#constants.set(node, undefined);
      const checked = this.#outside(node.span).value(node.value);
      this.#constants.set(node, checked && this.#fold(checked, 'a `const`'));
    }
    const folded = this.#constants.get(node);
    return folded && { ...folded, span: at };
  }

  /** The value of a constant expression of the type. */
  constantOf(node: ExprNode, type: Type, what: string): Value | undefined {
    const checked = this.#outside(node.span).expect(node, type);
    const folded = checked && this.#fold(checked, what);
    if (folded?.kind !== 'Constant') return undefined;
    return expectRange(this.#context, type, folded.value, node.span) ? folded.value : undefined;
  }

  #fold(expr: Expr, what: string): Expr | undefined {
    const value = isConstant(expr)
      ? new Evaluator({
          subject: nothing,
          action: nothing,
          resource: nothing,
          context: nothing,
          selectors: new Map(),
          now: undefined,
        }).evaluate(expr).value
      : undefined;
    if (value === undefined) {
      this.#context.reporter.report('not-constant', expr.span, { what });
      return undefined;
    }
    return { kind: 'Constant', value: value as Value, type: expr.type, span: expr.span };
  }

  /** Where no request can be read. */
  #outside(at: Span): Expressions {
    const shapes: Shapes = {
      subjects: new Map(),
      actions: new Map(),
      resources: new Map(),
      anyAction: undefined,
      anyResource: undefined,
      context: undefined,
    };
    const view = new View(
      shapes,
      { subjects: undefined, actions: undefined, resources: undefined },
      at,
    );
    const env: Env = { view, locals: new Map(), hasContext: true, hasTime: true, outside: true };
    return new Expressions(this.#context, this, env);
  }

  table(node: TableNode): Table | undefined {
    if (!this.#tables.has(node)) {
      this.#tables.set(node, undefined);
      this.#tables.set(node, readTable(this.#context, this, node));
    }
    return this.#tables.get(node);
  }

  window(node: WindowNode): Window | undefined {
    if (!this.#windows.has(node)) this.#windows.set(node, checkWindow(this.#context, node));
    return this.#windows.get(node);
  }

  /** The builtin by which a set is bounded. */
  within(type: Type): Resolution {
    const resolution = builtins.get('within')?.resolve([type, type]);
    invariant(resolution !== undefined, 'sets can be compared');
    return resolution;
  }

  constraint(node: ConstraintNode): Constraint | undefined {
    if (!this.#constraints.has(node)) this.#constraints.set(node, this.#checkConstraint(node));
    return this.#constraints.get(node);
  }

  #checkConstraint(node: ConstraintNode): Constraint | undefined {
    const type = this.types.resolve(node.type);
    if (type === undefined) return undefined;
    const set = type.kind === 'Set';
    const [fits, takes] =
      node.merge === 'limits'
        ? [isOrdered(type) || set, 'a type with an order, or a set']
        : node.merge === 'intersects'
          ? [set, 'a set']
          : node.merge === 'must agree'
            ? [isEquatable(type), 'a scalar or an enum']
            : [isOrdered(type), 'a type with an order'];
    if (!fits) {
      this.#context.reporter.report('bad-constraint', node.type.span, {
        merge: node.merge,
        type: typeName(type),
        takes,
      });
      return undefined;
    }
    const limits = node.path === undefined ? undefined : pathNames(node.path);
    if (node.path !== undefined && limits === undefined) {
      this.#context.reporter.report('wrong-type', node.path.span, {
        expected: 'a member of the request',
        found: 'another expression',
      });
      return undefined;
    }
    return { name: node.name.text, type, merge: node.merge, limits, span: node.name.span };
  }
}
