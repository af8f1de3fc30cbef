// Advises about strings with placeholders that are equal for different values: `"{tenant}-{app}"` is `a-b-c` for the tenant
// `a` and for the tenant `a-b`. Values of placeholders can contain letters, digits, `-` and `_`; any other character
// between two of them is refused in a value, and so separates them.

import type { Reporter } from '../../diagnostics/diagnostics.ts';
import { isInterpolation, isShownValue } from '../../model/interpolation.ts';
import type { Expr } from '../../model/model.ts';
import { unwrapBinding } from '../../model/operands.ts';
import {
  type ConditionPlace,
  findComparedValue,
  findMemberPath,
  findShownSpan,
  matchCall,
} from './places.ts';

/** A text that a value of a placeholder can contain, too. */
const partOfNames = /^[\w-]*$/;

export function adviseOfTemplates(place: ConditionPlace, reporter: Reporter): void {
  if (!place.grants) return;
  const { expr } = place;
  const found = matchCall(expr, ['starts_with', 'ends_with', 'under']);
  const operands =
    expr.kind === 'Compare' && expr.operator === 'is'
      ? [expr.left, expr.right]
      : (found?.args.slice(1) ?? []);
  for (const operand of operands.map(unwrapBinding)) {
    if (!isInterpolation(operand)) continue;
    const value = findAmbiguous(operand.args, found?.name);
    if (value === undefined) continue;
    reporter.report('ambiguous-template', findShownSpan(place, operand), {
      path: formatValuePath(findComparedValue(value)),
    });
  }
}

/** A placeholder whose value can be longer or shorter while the whole stays equal, or begins or ends in the same way. */
function findAmbiguous(parts: readonly Expr[], operator: string | undefined): Expr | undefined {
  const text = (at: number) => readConstant(parts[at]);
  for (const [at, part] of parts.entries()) {
    if (!isFree(part)) continue;
    const isOpen = (after: number) => partOfNames.test(text(after) ?? '');
    const next = text(at + 1) === undefined ? at + 1 : at + 2;
    if (isFree(parts[next]) && (next === at + 1 || isOpen(at + 1))) return part;
    const isLast = at + 2 === parts.length && /[-_]$/.test(text(at + 1) ?? '');
    if (operator === 'starts_with' && isLast && isOpen(at + 1)) return part;
    const isFirst = at === 1 && /^[-_]/.test(text(0) ?? '');
    if (operator === 'ends_with' && isFirst && isOpen(0)) return part;
  }
  return undefined;
}

/** Whether the part is a value of the request that can be any name. */
function isFree(part: Expr | undefined): part is Expr {
  if (part === undefined || part.kind === 'Constant') return false;
  const value = findComparedValue(part);
  return value.type.kind === 'String' && !isShownValue(value);
}

function formatValuePath(value: Expr): string {
  return value.kind === 'Selector' ? value.which : (findMemberPath(value) ?? 'a placeholder');
}

function readConstant(part: Expr | undefined): string | undefined {
  return part?.kind === 'Constant' && typeof part.value === 'string' ? part.value : undefined;
}
