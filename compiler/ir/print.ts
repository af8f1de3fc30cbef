// Prints the IR as text, one line per rule, for people and golden files.

import type { Pattern } from '@nhipol/language/types';
import type { IrAddress, IrExpr } from './expressions.ts';
import type { IrModule, IrScope } from './ir.ts';
import { isIrEntry, listIrOperands } from './operands.ts';

export function printIr(ir: IrModule): string {
  const lines = [
    `facts ${ir.facts.size} bytes`,
    ...ir.rules.map((rule) => {
      const skip = rule.skipUnknown ? ' skipping unknown' : '';
      const inside = rule.inside === undefined ? '' : ` inside ${printIrExpr(rule.inside)}`;
      return `${rule.effect} #${rule.reason}${printScope(rule.scope)}${skip}: ${printIrExpr(rule.condition)}${inside}`;
    }),
    ...ir.scores.flatMap((score) => [
      `score${printScope(score.scope)}: ${score.bands.map((band) => `from ${band.from} ${band.effect}`).join(', ')}`,
      ...score.conditions.map(
        (item) => `  ${item.weight} #${item.reason}: ${printIrExpr(item.condition)}`,
      ),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function printScope({ subjects, actions, resources }: IrScope): string {
  const part = (name: string, ids: readonly number[] | undefined) =>
    ids === undefined ? '' : ` ${name} ${ids.join('|')}`;
  return part('for', subjects) + part('doing', actions) + part('on', resources);
}

function printAddress({ base, offset }: IrAddress): string {
  const of = base === 'facts' ? '' : isIrEntry(base) ? 'entry' : base.name;
  return `${of}+${offset}`;
}

function printIrExpr(expr: IrExpr): string {
  const operands = listIrOperands(expr).map(printIrExpr).join(' ');
  const time = expr.timeful ? '~' : '';
  switch (expr.kind) {
    case 'const':
      if (Array.isArray(expr.value)) return `{${expr.value.map(String).join(' ')}}`;
      return typeof expr.value === 'string' ? JSON.stringify(expr.value) : String(expr.value);
    case 'cell':
      return `${expr.path}@${printAddress(expr.address)}${time}${operands && `(${operands})`}`;
    case 'entry':
      return `(entry ${printAddress(expr.map)} ${operands})`;
    case 'presence':
      return `(${expr.present ? 'present' : 'missing'} ${printAddress(expr.address)})`;
    case 'knownRecord':
      return `(known${time} ${printAddress(expr.address)})`;
    case 'apply':
      return `(${expr.function}${time} ${operands}${printPattern(expr.pattern)})`;
    case 'lookup':
      return `(${expr.table.name}[] ${operands})`;
    case 'compare':
      return `(${expr.operator}${time} ${operands})`;
    case 'compareNow':
      return `(now ${expr.operator} ${operands})`;
    case 'compareAge':
      return `(age ${expr.operator} ${operands})`;
    case 'inWindow':
      return `(${expr.clock ? 'now ' : ''}in ${expr.window.name} ${operands})`;
    case 'calendar':
      return `(${expr.field} ${expr.zone.name} ${operands})`;
    case 'quantifier':
      return `(${expr.any ? 'any' : 'all'}${time} ${expr.variable.name} ${operands})`;
    case 'aggregate':
      return `(${expr.form}${time} ${expr.variable.name} ${operands})`;
    default:
      expr.kind satisfies
        | ('set' | 'knownCell' | 'known' | 'knownAge' | 'remembered' | 'and' | 'or')
        | ('not' | 'if' | 'else');
      return `(${expr.kind}${time} ${operands})`;
  }
}

function printPattern(pattern: Pattern | undefined): string {
  if (pattern === undefined) return '';
  const { language, text, separator, ignoringCase, searches } = pattern.source;
  const separated = separator === '/' ? '' : ` separated by ${JSON.stringify(separator)}`;
  return ` ${searches ? 'anywhere ' : ''}${language}"${text}"${separated}${ignoringCase ? ' ignoring case' : ''}`;
}
