// Advises about levels that are strings: a restriction of one spelling misses the others.

import type { Reporter } from '../../diagnostics/diagnostics.ts';
import { unwrapBinding } from '../../model/operands.ts';
import {
  type ConditionPlace,
  findMemberPath,
  listConstantStrings,
  matchCall,
  nameRead,
} from './places.ts';

const level =
  /^(?:.*_)?(?:risk|severity|level|sensitivity|classification|criticality|priority|clearance)$/i;

export function adviseOfLevels({ expr, grants, span }: ConditionPlace, reporter: Reporter): void {
  const sides =
    expr.kind === 'Compare'
      ? expr.operator === (grants ? 'is not' : 'is')
        ? [expr.left, expr.right]
        : []
      : (matchCall(expr, [grants ? 'not in' : 'in'])?.args ?? []);
  const read = sides.map(unwrapBinding).find(({ kind }) => kind === 'Read');
  const [text] = sides.flatMap(listConstantStrings);
  if (read?.type.kind !== 'String' || text === undefined || !/\p{L}/u.test(text)) return;
  if (!level.test(nameRead(read))) return;
  reporter.report('level-as-string', span, { path: findMemberPath(read) ?? '', text });
}
