// The types of expressions by their nodes, which the checker notes for editors while it checks a policy.

import type { Expr } from '../model/model.ts';
import type { ExprNode } from '../syntax/ast.ts';

/** An expression that is checked in several scopes keeps the last type. One with an error has none. */
export type Notes = Map<ExprNode, Expr>;
