// Constants, tables, constraints, obligations and windows. Each is checked once, when it is first
// needed.

import { ExpressionEvaluator as Evaluator } from '../../evaluator/expressions.ts';
import type { Constraint, Expr, Obligation, Table } from '../../model/model.ts';
import { isConstant } from '../../model/operands.ts';
import { noFacts } from '../../request/facts.ts';
import { invariant } from '../../support/invariant.ts';
import type { Span } from '../../support/source.ts';
import type {
  ConstNode,
  ConstraintNode,
  ExprNode,
  ObligationNode,
  TableNode,
  WindowNode,
} from '../../syntax/ast.ts';
import type { Resolution } from '../../types/builtins/builtin.ts';
import { builtins } from '../../types/builtins/index.ts';
import type { Window } from '../../types/time/window.ts';
import type { Type, Value } from '../../types/types.ts';
import type { Context } from '../context.ts';
import type { Env } from '../expressions/env.ts';
import { ExpressionChecker } from '../expressions/expressions.ts';
import { Functions } from '../expressions/functions.ts';
import { Events } from '../history/events.ts';
import { checkConstraint } from './constraints.ts';
import type { Declarations } from './declarations.ts';
import { checkObligation } from './obligations.ts';
import { expectRange } from './ranges.ts';
import { ScopeView, type Shapes } from './shapes.ts';
import { checkTable } from './tables.ts';
import { Types } from './types.ts';
import { checkWindow } from './windows.ts';

const noShapes: Shapes = {
  subjects: new Map(),
  actions: new Map(),
  resources: new Map(),
  anySubject: undefined,
  anyAction: undefined,
  anyResource: undefined,
  context: undefined,
  contexts: [],
  signals: new Map(),
  outcomes: new Set(),
  lacksSignals: false,
};

export class DeclarationChecker implements Declarations {
  readonly types: Types;
  readonly functions: Functions;
  readonly events: Events;
  readonly #context: Context;
  readonly #constants = new Map<ConstNode, Expr | undefined>();
  readonly #tables = new Map<TableNode, Table | undefined>();
  readonly #constraints = new Map<ConstraintNode, Constraint | undefined>();
  readonly #windows = new Map<WindowNode, Window | undefined>();
  #shapes: Shapes = noShapes;
  readonly #obligations = new Map<ObligationNode, Obligation | undefined>();

  constructor(context: Context) {
    this.#context = context;
    this.events = new Events(context);
    this.functions = new Functions(context, this);
    this.types = new Types(context, (node, type, what) => this.evaluateConstant(node, type, what));
  }

  /**
   * Must be called before any constraint is checked, because a constraint can limit a path of the
   * shapes.
   */
  setShapes(shapes: Shapes, span: Span): void {
    this.#shapes = shapes;
    this.functions.setShapes(shapes, span);
  }

  get shapes(): Shapes {
    return this.#shapes;
  }

  get tables(): readonly Table[] {
    return [...this.#tables.values()].filter((table) => table !== undefined);
  }

  get constraints(): readonly Constraint[] {
    return [...this.#constraints.values()].filter((constraint) => constraint !== undefined);
  }

  get obligations(): readonly Obligation[] {
    return [...this.#obligations.values()].filter((obligation) => obligation !== undefined);
  }

  constant(node: ConstNode, span: Span): Expr | undefined {
    this.functions.prepare(node);
    const folded = this.#constants.get(node);
    return folded && { ...folded, span: span };
  }

  checkConstant(node: ConstNode): void {
    const checked = this.#constantExpressions(node.span).value(node.value);
    this.#constants.set(node, checked && this.#fold(checked, 'a `const`'));
  }

  evaluateConstant(node: ExprNode, type: Type, what: string): Value | undefined {
    const checked = this.#constantExpressions(node.span).expect(node, type);
    const folded = checked && this.#fold(checked, what);
    if (folded?.kind !== 'Constant') return undefined;
    return expectRange(this.#context, type, folded.value, node.span) ? folded.value : undefined;
  }

  #fold(expr: Expr, what: string): Expr | undefined {
    const value = isConstant(expr)
      ? new Evaluator(noFacts, new Map()).evaluate(expr).value
      : undefined;
    if (value === undefined) {
      this.#context.reporter.report('not-constant', expr.span, { what });
      return undefined;
    }
    return { kind: 'Constant', value: value as Value, type: expr.type, span: expr.span };
  }

  /** An environment in which no request can be read. */
  #constantExpressions(span: Span): ExpressionChecker {
    const view = new ScopeView(
      noShapes,
      { subjects: undefined, actions: undefined, resources: undefined },
      span,
    );
    const env: Env = { view, locals: new Map(), hasContext: true, hasTime: true, outside: true };
    return new ExpressionChecker(this.#context, this, env);
  }

  table(node: TableNode): Table | undefined {
    if (!this.#tables.has(node)) {
      this.#tables.set(node, undefined);
      this.#tables.set(node, checkTable(this.#context, this, node));
    }
    return this.#tables.get(node);
  }

  window(node: WindowNode): Window | undefined {
    if (!this.#windows.has(node)) this.#windows.set(node, checkWindow(this.#context, node));
    return this.#windows.get(node);
  }

  setBuiltin(name: 'within' | 'intersect', type: Type): Resolution {
    const resolution = builtins.get(name)?.resolve([type, type]);
    invariant(resolution !== undefined, 'sets can be compared');
    return resolution;
  }

  obligation(node: ObligationNode): Obligation | undefined {
    if (!this.#obligations.has(node))
      this.#obligations.set(node, checkObligation(this.#context, this.types, node));
    return this.#obligations.get(node);
  }

  constraint(node: ConstraintNode): Constraint | undefined {
    if (!this.#constraints.has(node)) {
      const type = this.types.resolve(node.type);
      this.#constraints.set(node, type && checkConstraint(this.#context, this.#shapes, node, type));
    }
    return this.#constraints.get(node);
  }
}
