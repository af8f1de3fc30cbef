// The canonical text of a history term or pattern: names resolved, constants inlined, every
// operation in parentheses. Terms with the same text are equivalent, provided that the tables and
// windows that they name have the same contents.

import { isEntry } from '../../model/entries.ts';
import type { EventKey, EventPattern, Expr, ReadExpr, Variable } from '../../model/model.ts';
import { quote, spellDecimal, spellName } from '../../syntax/print/spelling.ts';
import { isBytes } from '../../types/scalars.ts';
import { type HistoryWindow, periodWords } from '../../types/time/history-window.ts';
import type { Type, Value } from '../../types/types.ts';
import { compareCodePoints, showDuration, showValue } from '../../types/values.ts';

export function formatEventPattern({ of, condition, isShared, key }: EventPattern): string {
  const names = (word: string, list: readonly string[] | undefined) =>
    list === undefined
      ? []
      : [`${word} ${[...list].sort(compareCodePoints).map(quote).join(', ')}`];
  const kind = of.kind === 'decision' ? of.which : `${of.kind} ${quote(of.name)}`;
  const parts = [kind, ...names('doing', of.actions), ...names('on', of.resources)];
  const conditions = [
    ...(condition === undefined ? [] : [formatExpr(condition)]),
    ...formatCorrelation(key),
  ];
  if (conditions.length > 0) parts.push(`where ${conditions.join(' and ')}`);
  if (isShared) parts.push('across sessions');
  if (key !== undefined) parts.push(`${formatKey(key)}up to ${key.limit}`);
  return parts.join(' ');
}

function formatCorrelation(key: EventKey | undefined): readonly string[] {
  const parts = key?.parts.filter(({ origin }) => origin === 'where') ?? [];
  return parts.map(
    ({ ofEvent, ofRequest }) => `(${formatExpr(ofEvent)} is ${formatExpr(ofRequest)})`,
  );
}

/** The members after `per`, or an empty string if there are none. */
function formatKey({ parts }: EventKey): string {
  const per = parts.filter(({ origin }) => origin === 'per');
  if (per.length === 0) return '';
  const texts = per.map(({ ofRequest }) => formatExpr(ofRequest)).join(', ');
  return per.length === 1 ? `per ${texts} ` : `per (${texts}) `;
}

/** `, within 10m`, `, within today in "Europe/London"` */
export function formatHistoryWindow(window: HistoryWindow | undefined): string {
  if (window === undefined) return '';
  return window.kind === 'age'
    ? `, within ${showDuration(window.milliseconds)}`
    : `, within ${periodWords[window.unit]} in ${quote(window.zone.name)}`;
}

export function formatField({ members }: ReadExpr): string {
  return members
    .map((step) => (isEntry(step) ? `[${formatExpr(step.key)}]` : `.${spellName(step.name)}`))
    .join('');
}

export function formatExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'Constant':
      return formatValue(expr.type, expr.value);
    case 'Read':
      return `${fromText(expr.from)}${formatField(expr)}`;
    case 'Selector':
      return expr.which;
    case 'Now':
      return 'context.time';
    case 'Variable':
      return expr.variable.name;
    case 'Binding':
      return formatExpr(expr.binding.value);
    case 'Lookup':
      return `${expr.table.name}[${formatExprs(expr.keys)}]`;
    case 'Apply': {
      const { name, pattern } = expr.builtin;
      const { language, text = '', separator, ignoringCase, searches } = pattern?.source ?? {};
      const which =
        language === undefined
          ? ''
          : `${language}${quote(text)} ${quote(separator ?? '')} ${ignoringCase}${searches ? ' search' : ''}, `;
      return `${name}(${which}${formatExprs(expr.args)})`;
    }
    case 'Compare':
      return `(${formatExpr(expr.left)} ${expr.operator} ${formatExpr(expr.right)})`;
    case 'Age':
      return `age(${formatExpr(expr.of)})`;
    case 'InWindow':
      return `(${formatExpr(expr.of)} in ${expr.window.name})`;
    case 'Calendar':
      return `${expr.field}(${formatExpr(expr.of)}, ${quote(expr.zone.name)})`;
    case 'And':
    case 'Or':
      return `(${expr.operands.map(formatExpr).join(` ${expr.kind.toLowerCase()} `)})`;
    case 'Not':
      return `not ${formatExpr(expr.operand)}`;
    case 'Known':
      return `known(${formatExpr(expr.operand)})`;
    case 'Presence':
      return `(${formatExpr(expr.operand)} is ${expr.present ? 'present' : 'missing'})`;
    case 'Quantifier':
      return `(${expr.quantifier} ${expr.variable.name} in ${formatExpr(expr.collection)} satisfies ${formatExpr(expr.body)})`;
    case 'Aggregate': {
      const where = expr.condition === undefined ? '' : ` where ${formatExpr(expr.condition)}`;
      return `${expr.form}(${formatExpr(expr.body)} for ${expr.variable.name} in ${formatExpr(expr.collection)}${where})`;
    }
    case 'If':
      return `(if ${formatExpr(expr.condition)} then ${formatExpr(expr.then)} else ${formatExpr(expr.else)})`;
    case 'Else':
      return `(${formatExpr(expr.value)} else ${formatExpr(expr.fallback)})`;
    case 'Set':
      return `{ ${formatExprs(expr.elements)} }`;
    case 'History':
      return expr.term.text;
  }
}

function formatExprs(exprs: readonly Expr[]): string {
  return exprs.map(formatExpr).join(', ');
}

function fromText(from: string | Variable): string {
  return typeof from === 'string' ? from : from.name;
}

/** The value in full, unlike in messages. */
function formatValue(type: Type, value: Value): string {
  if (Array.isArray(value) && (type.kind === 'Set' || type.kind === 'List')) {
    const elements = (value as readonly Value[]).map((each) => formatValue(type.element, each));
    return `{ ${(type.kind === 'Set' ? elements.sort(compareCodePoints) : elements).join(', ')} }`;
  }
  if (type.kind === 'Decimal') return spellDecimal(value as bigint);
  const shown = showValue(type, value);
  if (type.kind === 'Enum') return spellName(shown);
  return isBytes(type) ? quote(shown) : shown;
}
