// Finds what distinguishes the members of a family before any of them is evaluated: a part of their
// common condition that compares a cell of the request with a constant of each member. If that part is
// known and false, the whole condition is false at any time. A member that the index finds can
// still be false; a member that it does not find is false for certain.

import type { Pattern } from '@nhipol/language/types';
import { buildScalarKey } from '../ir/cells.ts';
import type { IrCell, IrExpr } from '../ir/expressions.ts';
import type { IrScalar } from '../ir/values.ts';
import { listLiteralSegments } from './literal-segments.ts';
import type { FamilyMember, Parameter, ParameterValue } from './member.ts';

export type Discriminator = {
  readonly cell: IrCell;
  /** Whether no member fires, or bounds an answer, if the cell is unknown. */
  readonly onlyKnown: boolean;
} & MemberValues;

/** For each member, the values of the cell with which it must be evaluated. */
type MemberValues =
  | { readonly by: 'text' | 'word'; readonly values: readonly (readonly IrScalar[])[] }
  /** One of these networks contains it. */
  | { readonly by: 'network'; readonly values: readonly (readonly Uint8Array[])[] }
  /** It has these segments, or `undefined` if it can be any string. */
  | {
      readonly by: 'segments';
      readonly separator: string;
      readonly values: readonly (ReadonlyMap<number, string> | undefined)[];
    };

interface Part {
  readonly cell: IrCell;
  readonly parameter: Parameter;
  readonly by: MemberValues['by'];
}

/** `undefined` if no part divides the members into at least `least` groups. */
export function findDiscriminator(
  condition: IrExpr,
  parameters: readonly Parameter[],
  members: readonly FamilyMember[],
  least: number,
): Discriminator | undefined {
  const [first] = members;
  if (first === undefined) return undefined;
  const { effect, skipUnknown } = first.rule;
  const onlyKnown = (effect === 'permit' || skipUnknown) && !condition.timeful;
  let best: { readonly discriminator: Discriminator; readonly spread: number } | undefined;
  for (const { cell, parameter, by } of listConjuncts(condition).flatMap(
    (part) => findPart(part) ?? [],
  )) {
    const index = parameters.indexOf(parameter);
    if (index < 0) continue;
    const { told, spread } = collectMemberValues(
      by,
      members.map(({ values }) => values[index] as ParameterValue),
    );
    if (best === undefined || spread > best.spread)
      best = { discriminator: { cell, onlyKnown, ...told }, spread };
  }
  return best !== undefined && best.spread >= least ? best.discriminator : undefined;
}

function listConjuncts(expr: IrExpr): readonly IrExpr[] {
  return expr.kind === 'and' ? expr.operands.flatMap(listConjuncts) : [expr];
}

function findPart(expr: IrExpr): Part | undefined {
  if (expr.kind === 'compare' && expr.operator === 'is') {
    return findInterval(expr.left, expr.right) ?? findInterval(expr.right, expr.left);
  }
  if (expr.kind !== 'apply') return undefined;
  const [cell, constant] = expr.args;
  switch (expr.function) {
    case 'inBytes':
    case 'inWords':
      return findInterval(cell, constant);
    case 'ipInCidr':
    case 'ipInCidrs': {
      const part = findInterval(cell, constant);
      return part && { ...part, by: 'network' };
    }
    case 'matches':
      return isOfRequest(cell) ? { cell, parameter: expr, by: 'segments' } : undefined;
    default:
      return undefined;
  }
}

function findInterval(cell: IrExpr | undefined, parameter: IrExpr | undefined): Part | undefined {
  if (!isOfRequest(cell) || parameter?.kind !== 'const') return undefined;
  if (cell.rep !== 'bytes' && cell.rep !== 'word') return undefined;
  return { cell, parameter, by: cell.rep === 'bytes' ? 'text' : 'word' };
}

/** Whether it is a cell of the facts that is known or unknown independently of time. */
function isOfRequest(expr: IrExpr | undefined): expr is IrCell {
  return expr?.kind === 'cell' && !expr.timeful && expr.address.base === 'facts';
}

function collectMemberValues(
  by: MemberValues['by'],
  values: readonly ParameterValue[],
): { readonly told: MemberValues; readonly spread: number } {
  if (by === 'segments') {
    const patterns = values as readonly Pattern[];
    const separator = patterns[0]?.source.separator ?? '/';
    const segments = patterns.map(({ source }) =>
      source.separator === separator ? listLiteralSegments(source) : undefined,
    );
    const keys = segments.flatMap((segment) =>
      segment === undefined ? [] : [JSON.stringify([...segment])],
    );
    return { told: { by, separator, values: segments }, spread: new Set(keys).size };
  }
  const scalars = values.map((value) =>
    Array.isArray(value) ? (value as readonly IrScalar[]) : [value as IrScalar],
  );
  const spread = new Set(scalars.flat().map(buildScalarKey)).size;
  if (by !== 'network') return { told: { by, values: scalars }, spread };
  return { told: { by, values: scalars as readonly (readonly Uint8Array[])[] }, spread };
}
