// Identifies what a session stores for a pattern: two versions of a policy with the same identity
// can take over each other's events. It consists of the text of the pattern and the meaning of the
// names in it. Windows, thresholds and the limit of keys are not part of it.

import type { EventPattern, Expr, ReadExpr, Table } from '../../model/model.ts';
import { collectExprs } from '../../model/operands.ts';
import { spellPath } from '../../model/reads.ts';
import { spellName } from '../../syntax/print/spelling.ts';
import { isCollection, showRange, type Type } from '../../types/types.ts';
import { compareCodePoints } from '../../types/values.ts';
import { formatEventPattern, formatField } from './text.ts';

/** `field` is what is stored of the newest event. */
export function identifyPattern(pattern: EventPattern, field: ReadExpr | undefined): string {
  const { condition, key } = pattern;
  const anyLimit = { ...pattern, key: key && { ...key, limit: 0 } };
  const ofEvent = key?.parts.map((part) => part.ofEvent) ?? [];
  const exprs = [condition, ...ofEvent, field].filter((expr) => expr !== undefined);
  const meanings = [...collectExprs(exprs)].flatMap(describeMeaning);
  return [
    formatEventPattern(anyLimit),
    field === undefined ? '' : formatField(field),
    ...[...new Set(meanings)].sort(compareCodePoints),
  ].join('\n');
}

function describeMeaning(expr: Expr): readonly string[] {
  switch (expr.kind) {
    case 'Read': {
      const fresh = expr.latest ? [] : expr.members.flatMap((member) => member.fresh ?? []);
      return [`${spellPath(expr)}: ${typeText(expr.type)} ${fresh.join(' ')}`];
    }
    case 'Lookup':
      return [`table ${expr.table.name}: ${formatTable(expr.table)}`];
    case 'InWindow':
      return [`window ${expr.window.name}: ${toPlain(expr.window)}`];
    default:
      expr.kind satisfies
        | ('Constant' | 'Selector' | 'Now' | 'Variable' | 'Binding' | 'Apply')
        | ('Compare' | 'Age' | 'Calendar' | 'And' | 'Or' | 'Not' | 'Known')
        | ('Presence' | 'Quantifier' | 'Aggregate' | 'If' | 'Else' | 'Set')
        | 'History';
      return [];
  }
}

function formatTable({ keys, value, external, rows }: Table): string {
  const types = `${keys.map(typeText).join(', ')} -> ${typeText(value)}`;
  return external ? `${types} external` : `${types} ${toPlain(rows)}`;
}

/** The type in full, with the members of enums. */
function typeText(type: Type): string {
  if (isCollection(type)) return `${type.kind}<${typeText(type.element)}>`;
  if (type.kind === 'Enum') {
    const members = type.members.map(spellName).join(type.ordered ? ' < ' : ', ');
    return `enum { ${members} } ${type.otherwise ?? ''}`;
  }
  if (type.kind === 'Record') {
    const members = [...type.members.values()].map(
      ({ name, type: own, optional, fresh, default: value }) =>
        `${name}${optional ? '?' : ''}: ${typeText(own)} ${fresh ?? ''} ${toPlain(value ?? null)}`,
    );
    return `{ ${members.join(', ')} }`;
  }
  return type.range === undefined ? type.kind : `${type.kind}(${showRange(type, type.range)})`;
}

function toPlain(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'bigint' ? `${each}n` : each,
  );
}
