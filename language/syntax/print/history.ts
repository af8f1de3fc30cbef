// Prints history terms as calls, with event patterns as arguments.

import { periodWords } from '../../types/time/history-window.ts';
import type {
  EventKeyNode,
  EventPatternNode,
  ExprNode,
  HistoryNode,
  ScopeNameNode,
} from '../ast.ts';
import { type Doc, fillParts, group, indent, line, printBrackets, printOnOneLine } from './docs.ts';
import { printNumber, printScopeNames, printString } from './literals.ts';
import type { Original } from './original.ts';

/** Prints the expressions in a history term. */
type PrintExpr = (node: ExprNode, original: Original) => Doc;

export function printHistory(node: HistoryNode, original: Original, print: PrintExpr): Doc {
  const { form, member, pattern, start, within, period } = node;
  const events = printPattern(pattern, original, print);
  const parts = [member === undefined ? events : [print(member, original), ' of ', events]];
  if (start) parts.push(printPattern(start, original, print));
  if (within) parts.push(['within ', print(within, original)]);
  if (period)
    parts.push(['within ', periodWords[period.unit], ' in ', printString(period.zone, original)]);
  return [form, printBrackets('(', parts)];
}

function printPattern(node: EventPatternNode, original: Original, print: PrintExpr): Doc {
  const { events, signal, actions, resources, condition, across, key } = node;
  const names = (list: readonly ScopeNameNode[]) =>
    indent(fillParts(printScopeNames(list, original)));
  const parts: Doc[] = [];
  if (actions) parts.push(['doing ', names(actions)]);
  if (resources) parts.push(['on ', names(resources)]);
  if (condition) parts.push(['where ', print(condition, original)]);
  if (across) parts.push('across sessions');
  if (key) {
    const members = key.paths.length === 0 ? [] : ['per ', printKey(key, original, print), ' '];
    parts.push([...members, 'up to ', printNumber(key.limit, original)]);
  }
  const head = signal ? [`${events} `, printString(signal, original)] : events;
  return group([head, indent(parts.map((part) => [line, part]))]);
}

function printKey({ paths }: EventKeyNode, original: Original, print: PrintExpr): Doc {
  const parts = paths.map((path) => print(path, original));
  // Brackets at the start of an expression would belong to the key.
  const isList = parts.length !== 1 || printOnOneLine(parts).startsWith('(');
  return isList ? printBrackets('(', parts) : parts;
}
