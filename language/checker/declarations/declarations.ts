// The declarations of a policy as the parts of the checker read them. `declaration-checker.ts` checks them
// with these parts.

import type { Binding, Constraint, Expr, Obligation, Table } from '../../model/model.ts';
import type { Span } from '../../support/source.ts';
import type {
  CallNode,
  ConstNode,
  ConstraintNode,
  ExprNode,
  FunctionNode,
  LetNode,
  ObligationNode,
  TableNode,
  WindowNode,
} from '../../syntax/ast.ts';
import type { Resolution } from '../../types/builtins/builtin.ts';
import type { Window } from '../../types/time/window.ts';
import type { Type, Value } from '../../types/types.ts';
import type { Context } from '../context.ts';
import type { Events } from '../history/events.ts';
import type { Shapes } from './shapes.ts';
import type { Types } from './types.ts';

/** Each method returns `undefined` after a report. */
export interface Declarations {
  readonly types: Types;
  readonly functions: FunctionDeclarations;
  readonly events: Events;
  readonly shapes: Shapes;
  constant(node: ConstNode, span: Span): Expr | undefined;
  /** Evaluates a constant whose dependencies have been checked. */
  checkConstant(node: ConstNode): void;
  /** The value of a constant expression of the type. */
  evaluateConstant(node: ExprNode, type: Type, what: string): Value | undefined;
  table(node: TableNode): Table | undefined;
  window(node: WindowNode): Window | undefined;
  obligation(node: ObligationNode): Obligation | undefined;
  constraint(node: ConstraintNode): Constraint | undefined;
  /** A builtin of two sets of the type. */
  setBuiltin(name: 'within' | 'intersect', type: Type): Resolution;
}

export interface FunctionDeclarations {
  let(node: LetNode): Binding | undefined;
  /** Inlines a call; errors are reported to the context. */
  call(
    context: Context,
    node: CallNode,
    declared: FunctionNode,
    infer: (argument: CallNode['args'][number], type: Type) => Expr | undefined,
  ): Expr | undefined;
}
