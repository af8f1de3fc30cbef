// Resolves paths of the request against all declared shapes, independently of groups: paths that a
// test changes or a constraint limits.

import { guess } from '../diagnostics/guess.ts';
import type { Root } from '../model/model.ts';
import { throwUnreachable } from '../support/invariant.ts';
import type { ExprNode } from '../syntax/ast.ts';
import type { Member, RecordType } from '../types/types.ts';
import type { Context } from './context.ts';
import type { Shapes } from './declarations/shapes.ts';
import { findAccess, type PathNames } from './paths.ts';
import { relateShapes } from './related.ts';

/** The members that the shapes declare at the path; undefined after a report. */
export function findDeclaredMembers(
  context: Context,
  shapes: Shapes,
  node: ExprNode,
  { root, names, inProperties }: PathNames,
): readonly Member[] | undefined {
  let records = root === 'context' || inProperties ? listShapes(shapes, root) : [];
  let declaredMembers: readonly Member[] = [];
  for (const [depth, name] of names.entries()) {
    if (records.some((record) => record.broken?.has(name))) return undefined;
    declaredMembers = records
      .map((record) => record.members.get(name))
      .filter((member): member is Member => member !== undefined);
    if (declaredMembers.length === 0) {
      const known = records.flatMap((record) => [...record.members.keys()]);
      const span = findAccess(node, depth)?.name.span ?? node.span;
      context.reporter.report(
        'unknown-member',
        span,
        { owner: [root, ...names.slice(0, depth)].join('.'), name },
        { ...guess(name, span, known), related: relateShapes(records) },
      );
      return undefined;
    }
    records = declaredMembers
      .map((member) => member.type)
      .filter((type): type is RecordType => type.kind === 'Record');
  }
  return declaredMembers;
}

function listShapes(shapes: Shapes, root: Root): readonly RecordType[] {
  const optional = (shape: RecordType | undefined) => (shape === undefined ? [] : [shape]);
  switch (root) {
    case 'subject':
      return [...shapes.subjects.values(), ...optional(shapes.anySubject)];
    case 'action':
      return [...shapes.actions.values(), ...optional(shapes.anyAction)];
    case 'resource':
      return [...shapes.resources.values(), ...optional(shapes.anyResource)];
    case 'context':
      return [...optional(shapes.context), ...shapes.contexts.map(({ type }) => type)];
    default:
      return throwUnreachable(root);
  }
}
