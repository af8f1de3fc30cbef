// Resolves the scope of a group, an invariant or a context.

import type { Scope } from '../../model/model.ts';
import type { ExprNode, GroupNode, NameNode } from '../../syntax/ast.ts';
import type { Context } from '../context.ts';
import { checkNames, type EntityShapes } from '../declared-names.ts';
import { scopeNames } from './scope-names.ts';

/** A scope, with conditions for the names that it does not list. */
export interface GuardedScope {
  readonly scope: Scope;
  readonly guards: readonly ExprNode[];
}

export function checkGroupScope(
  context: Context,
  shapes: EntityShapes,
  group: Pick<GroupNode, 'subjects' | 'actions' | 'resources'>,
): GuardedScope {
  checkNames(context, shapes, 'subject', group.subjects);
  const actions = scopeNames(context, shapes, 'action', group.actions);
  const resources = scopeNames(context, shapes, 'resource', group.resources);
  const listNames = (names: readonly NameNode[] | undefined) =>
    names && [...new Set(names.map((name) => name.text))];
  const scope = {
    subjects: listNames(group.subjects),
    actions: actions.names,
    resources: resources.names,
  };
  return { scope, guards: [actions.guard, resources.guard].filter((guard) => guard !== undefined) };
}
