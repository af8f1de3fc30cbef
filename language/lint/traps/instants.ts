// Advises about maximum ages that also accept an instant in the future, in each way to write them.

import type { Reporter } from '../../diagnostics/diagnostics.ts';
import type { Expr } from '../../model/model.ts';
import { collectExprs, unwrapBinding } from '../../model/operands.ts';
import type { Comparison } from '../../types/comparisons.ts';
import {
  type ConditionPlace,
  formatRequestPath,
  listConstants,
  listLooseComparisons,
  matchCall,
  nameRead,
} from './places.ts';

/** Members that are usually in the past. */
const issued =
  /^(?:iat|(?:auth|login)_time|(?:.*_)?(?:issued|authenticated|created|started|observed|granted|approved|verified)(?:_at|_on)?|last_.*)$/;
/** Members that are usually in the future, so that they may be compared with some leeway. */
const ending =
  /^(?:exp|eol|(?:.*_)?(?:expir\w*|ends?|ending|until|deadline|not_after|valid_to|due)(?:_at|_on|_time)?)$/;

export function adviseOfInstants(places: readonly ConditionPlace[], reporter: Reporter): void {
  const bounded = new Set(places.flatMap((place) => listPathsBeforeNow(place)));
  for (const place of places) {
    for (const { operator, left, right } of listLooseComparisons(place)) {
      const path = findAgedPath(operator, left, right);
      if (path === undefined || bounded.has(path)) continue;
      reporter.report('future-instant', place.span, { path });
      break;
    }
  }
}

/** The member whose age has a maximum, and no minimum. */
function findAgedPath(operator: Comparison, left: Expr, right: Expr): string | undefined {
  if (operator === '<' || operator === '<=') {
    if (left.kind === 'Now') return findStartPath(findShiftedInstant(right, '+'));
    const [now, member] = matchCall(left, ['-'])?.args ?? [];
    return now?.kind === 'Now' && member !== undefined ? formatRequestPath(member) : undefined;
  }
  if (operator !== '>' && operator !== '>=') return undefined;
  if (findShiftedInstant(right, '-')?.kind === 'Now') return findStartPath(left);
  const isFixed = listConstants(right) !== undefined;
  return isFixed && left.kind === 'Read' && issued.test(nameRead(left))
    ? formatRequestPath(left)
    : undefined;
}

/** The instant that a fixed duration is added to or subtracted from. */
function findShiftedInstant(expr: Expr, operator: '+' | '-'): Expr | undefined {
  const [first, second] = matchCall(expr, [operator])?.args ?? [];
  if (first === undefined || second === undefined) return undefined;
  if (listConstants(second) !== undefined) return first;
  return operator === '+' && listConstants(first) !== undefined ? second : undefined;
}

/** `undefined` if it is not a member of the request, or one that is usually in the future. */
function findStartPath(expr: Expr | undefined): string | undefined {
  if (expr === undefined || expr.type.kind !== 'Timestamp') return undefined;
  return ending.test(nameRead(expr)) ? undefined : formatRequestPath(expr);
}

/** Members that some rule compares with the time itself, or with `age`. */
function listPathsBeforeNow({ expr }: ConditionPlace): readonly string[] {
  const ages = [...collectExprs([expr])].flatMap((part) =>
    part.kind === 'Age' ? (formatRequestPath(part.of) ?? []) : [],
  );
  if (expr.kind !== 'Compare') return ages;
  const [left, right] = [unwrapBinding(expr.left), unwrapBinding(expr.right)];
  const other = left.kind === 'Now' ? right : right.kind === 'Now' ? left : undefined;
  const path = other === undefined ? undefined : formatRequestPath(other);
  return path === undefined ? ages : [...ages, path];
}
