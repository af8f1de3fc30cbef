// Checks the declarations of constraints: the merge rule fits the type, and the limited path
// exists.

import type { Constraint } from '../../model/model.ts';
import type { ConstraintNode, ExprNode } from '../../syntax/ast.ts';
import { isEquatable, isOrdered, isSameType, type Type, typeName } from '../../types/types.ts';
import type { Context } from '../context.ts';
import { findDeclaredMembers } from '../declared-paths.ts';
import { splitPathNames } from '../paths.ts';
import type { Shapes } from './shapes.ts';

/** Checks the declaration of a constraint; returns undefined after a report. */
export function checkConstraint(
  context: Context,
  shapes: Shapes,
  node: ConstraintNode,
  type: Type,
): Constraint | undefined {
  const { fits, takes } = getMergeableTypes(node.merge);
  if (!fits(type)) {
    context.reporter.report('bad-constraint', node.type.span, {
      merge: node.merge,
      type: typeName(type),
      takes,
    });
    return undefined;
  }
  if (node.lowers && !canLower(type)) {
    const params = { merge: 'or lower', type: typeName(type), takes: loweredTypes };
    const help = 'remove `or lower`: a request beyond the limit is denied, and nothing is offered';
    context.reporter.report('bad-constraint', node.type.span, params, { help });
    return undefined;
  }
  const { lowers } = node;
  const base = { name: node.name.text, type, merge: node.merge, lowers, span: node.name.span };
  if (node.path === undefined) return { ...base, limits: undefined };
  const limits = resolveLimitPath(context, shapes, node.path, type);
  return limits && { ...base, limits };
}

const loweredTypes =
  'an `Int`, a `Decimal`, a `Duration`, an ordered enum, or a set of neither networks nor instants';

/** Whether a value of the answer can replace the value of the request: it has a form that requests have as well. */
function canLower(type: Type): boolean {
  if (type.kind !== 'Set') return isOrdered(type) && type.kind !== 'Timestamp';
  return type.element.kind !== 'Cidr' && type.element.kind !== 'Timestamp';
}

/** The types that a merge rule can merge. */
function getMergeableTypes(merge: ConstraintNode['merge']): {
  readonly fits: (type: Type) => boolean;
  readonly takes: string;
} {
  const isSet = (type: Type) => type.kind === 'Set';
  switch (merge) {
    case 'limits':
      return {
        fits: (type) => isOrdered(type) || isSet(type),
        takes: 'a type with an order, or a set',
      };
    case 'intersects':
      return { fits: isSet, takes: 'a set' };
    case 'must agree':
      return {
        fits: (type) => isEquatable(type) || isSet(type),
        takes: 'a scalar, an enum or a set',
      };
    case 'smallest wins':
    case 'largest wins':
      return { fits: isOrdered, takes: 'a type with an order' };
  }
}

/** A member of the request that some shape declares, with the type of the constraint. */
function resolveLimitPath(
  context: Context,
  shapes: Shapes,
  node: ExprNode,
  type: Type,
): Constraint['limits'] {
  const path = splitPathNames(node);
  if (path === undefined || path.names.length === 0) {
    context.reporter.report('wrong-type', node.span, {
      expected: 'a member of the request',
      found: path === undefined ? 'another expression' : `the whole \`${path.root}\``,
    });
    return undefined;
  }
  const members = findDeclaredMembers(context, shapes, node, path);
  if (members === undefined) return undefined;
  if (members.some((member) => isSameType(member.type, type))) return path;
  const [found] = members;
  context.reporter.report('wrong-type', node.span, {
    expected: typeName(type),
    found: found === undefined ? 'nothing' : typeName(found.type),
  });
  return undefined;
}
