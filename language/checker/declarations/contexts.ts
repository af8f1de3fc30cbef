// Checks the declarations of the context: of the members that every request has, and of those that only the requests
// in a scope have. A request never has two declarations of one member.

import { digestMember } from '@nhipol/runtime/call-digest';
import { type DeclaredContexts, listContextCases } from '../../model/contexts.ts';
import type { Scope, ScopedContext } from '../../model/model.ts';
import { approvalsMember } from '../../request/approvals.ts';
import type { ContextNode } from '../../syntax/ast.ts';
import { noMembers, type RecordType } from '../../types/types.ts';
import type { Context } from '../context.ts';
import type { EntityShapes } from '../declared-names.ts';
import { relateFirstDeclaration } from '../related.ts';
import { checkGroupScope } from '../rules/scopes.ts';
import { memberLimit } from './types.ts';

/** Members with a meaning of their own for hosts and modules. */
const unscoped: readonly string[] = ['time', digestMember, approvalsMember];

/** A declaration in a file, with its members. */
export interface WrittenContext {
  readonly node: ContextNode;
  readonly type: RecordType;
}

export function declareContexts(
  context: Context,
  entities: EntityShapes,
  written: readonly WrittenContext[],
): DeclaredContexts {
  let general: RecordType | undefined;
  const contexts: ScopedContext[] = [];
  for (const { node, type } of written) {
    if (node.scope !== undefined) {
      const scope = checkScope(context, entities, node.scope);
      checkUnscoped(context, type);
      contexts.push({ scope, type });
    } else if (general === undefined) general = type;
    else {
      const related = relateFirstDeclaration(general.span);
      context.reporter.report('duplicate-name', node.span, { name: 'context' }, { related });
    }
  }
  checkOverlaps(context, general, contexts);
  const [first] = contexts;
  const none: RecordType | undefined = first && { ...first.type, members: noMembers };
  const declared = { context: general ?? none, contexts };
  checkSizes(context, declared);
  return declared;
}

/** A context is described by names: the names of a glob that also matches undeclared names are not known. */
function checkScope(
  context: Context,
  entities: EntityShapes,
  node: NonNullable<ContextNode['scope']>,
): Scope {
  const { scope, guards } = checkGroupScope(context, entities, node);
  if (guards.length > 0) {
    const why = 'selects its requests with a glob that also matches undeclared names';
    const help = 'list the names after `doing` and `on`, or remove `action any` or `resource any`';
    context.reporter.report('bad-context', node.span, { why }, { help });
  }
  return scope;
}

function checkUnscoped(context: Context, { members }: RecordType): void {
  for (const { name, span } of members.values()) {
    if (!unscoped.includes(name)) continue;
    const why = `declares \`${name}\`, which has its meaning in every request`;
    const help = `declare it without a scope: \`context { ${name} … }\``;
    context.reporter.report('bad-context', span, { why }, { help });
  }
}

function checkOverlaps(
  context: Context,
  general: RecordType | undefined,
  contexts: readonly ScopedContext[],
): void {
  const everywhere: Scope = { subjects: undefined, actions: undefined, resources: undefined };
  const all = [
    ...(general === undefined ? [] : [{ scope: everywhere, type: general }]),
    ...contexts,
  ];
  for (const [at, { scope, type }] of all.entries()) {
    const before = all.slice(0, at).filter((other) => overlap(scope, other.scope));
    for (const { name, span } of type.members.values()) {
      const first = before.find((other) => other.type.members.has(name))?.type.members.get(name);
      if (first === undefined) continue;
      const related = relateFirstDeclaration(first.span);
      context.reporter.report('overlapping-contexts', span, { name }, { related });
    }
  }
}

/** Whether a request can be in both scopes. */
function overlap(a: Scope, b: Scope): boolean {
  return (['subjects', 'actions', 'resources'] as const).every(
    (key) =>
      a[key] === undefined || b[key] === undefined || a[key].some((name) => b[key]?.includes(name)),
  );
}

/** The limit applies to all members that one request can have. */
function checkSizes(context: Context, declared: DeclaredContexts): void {
  for (const { scope, type } of declared.contexts) {
    const sizes = listContextCases(declared, scope).map(
      (contextCase) => contextCase.type?.members.size ?? 0,
    );
    if (type.members.size > memberLimit || Math.max(...sizes) <= memberLimit) continue;
    const what = 'members in the context of a request';
    context.reporter.report('too-many', type.span, { what, limit: memberLimit });
    return;
  }
}
