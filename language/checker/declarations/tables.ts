// Checks tables: types and checks their rows, from the policy itself or from a file.

import { requestErrors } from '@nhipol/runtime/abi';
import type { Related } from '../../diagnostics/diagnostics.ts';
import type { Table, TableRow } from '../../model/model.ts';
import { joinSpans, resolvePath, type Span } from '../../support/source.ts';
import type { TableEntryNode, TableNode } from '../../syntax/ast.ts';
import { closeRows, isUnclosed } from '../../tables/closure.ts';
import { readTableFile } from '../../tables/read-table.ts';
import type { TableTypes } from '../../tables/rows.ts';
import { isEquatable, isSameType, type Type, typeName, type Value } from '../../types/types.ts';
import { showValue } from '../../types/values.ts';
import type { Context } from '../context.ts';
import { relateFirstDeclaration } from '../related.ts';
import type { Declarations } from './declarations.ts';
import { makeColumns, readRowMembers, recordProblem } from './table-records.ts';

export function checkTable(
  context: Context,
  declarations: Declarations,
  node: TableNode,
): Table | undefined {
  const fail: Fail = (why, span = node.from?.span ?? node.span, related = []) => {
    context.reporter.report('bad-table', span, { why }, { related });
    return undefined;
  };
  const keys = node.keys.map((key) => declarations.types.resolve(key));
  const value = declarations.types.resolve(node.value);
  if (value === undefined || keys.includes(undefined)) return undefined;
  const keyTypes = keys as readonly Type[];
  if (!keyTypes.every(isEquatable)) return fail('the keys of a table must be scalars or enums');
  if (value.kind === 'List' || value.kind === 'Map')
    return fail(`the values of a table cannot be ${typeName(value)}`, node.value.span);
  const problem = value.kind === 'Record' ? recordProblem(value) : undefined;
  if (problem !== undefined) return fail(problem, node.value.span);
  if (value.kind === 'Record' && node.external)
    return fail('an external table cannot have records as values', node.value.span);
  const { transitive } = node;
  if (transitive && !(value.kind === 'Set' && isOnlyKey(value.element, keyTypes)))
    return fail(
      'the values of a transitive table are sets of its keys: `String -> Set<String>`',
      node.value.span,
    );
  const rows =
    node.from === undefined
      ? inlineRows(context, declarations, node, keyTypes, value, fail)
      : readFileRows(context, node, { keys: keyTypes, value, transitive }, fail);
  if (rows !== undefined && transitive && countPairs(rows) > maxPairs)
    return fail(`a transitive table in a policy can lead from keys to at most ${maxPairs} values`);
  if (rows === undefined) return undefined;
  const { external, name } = node;
  const table = { name: name.text, keys: keyTypes, rows, external, transitive, span: name.span };
  return value.kind === 'Record'
    ? { ...table, value, columns: makeColumns(table, value) }
    : { ...table, value };
}

/** The maximum number of values in all rows of a transitive table that is compiled in. */
const maxPairs = 65_536;

function countPairs(rows: readonly TableRow[]): number {
  return rows.reduce((all, { value }) => all + (value as readonly Value[]).length, 0);
}

/** Whether the only key has this type. */
function isOnlyKey(element: Type, keys: readonly Type[]): boolean {
  const [key, ...others] = keys;
  return key !== undefined && others.length === 0 && isSameType(key, element);
}

type Fail = (why: string, span?: Span, related?: readonly Related[]) => undefined;

function inlineRows(
  context: Context,
  declarations: Declarations,
  node: TableNode,
  keys: readonly Type[],
  value: Type,
  fail: Fail,
): readonly TableRow[] | undefined {
  const rows: TableRow[] = [];
  const places: Span[] = [];
  const seen = new Map<string, Span>();
  for (const entry of node.entries) {
    const entryKeys = keys.map((type, index) => {
      const key = entry.keys[index];
      return key && declarations.evaluateConstant(key, type, "a table's key");
    });
    const row = inlineRow(context, declarations, entry.value, value);
    if (row === undefined || entryKeys.includes(undefined)) return undefined;
    const shown = entryKeys.map((key) => JSON.stringify(String(key))).join(', ');
    const [first, last] = [entry.keys[0], entry.keys.at(-1)];
    const place = first && last ? joinSpans(first.span, last.span) : entry.span;
    const before = seen.get(shown);
    if (before !== undefined)
      return fail(`duplicate key ${shown}`, place, [{ span: before, message: 'first here' }]);
    seen.set(shown, place);
    rows.push({ keys: entryKeys as readonly Value[], ...row });
    places.push(place);
  }
  if (!node.transitive) return rows;
  const closed = closeRows(rows);
  if (!isUnclosed(closed)) return closed;
  const span = places[closed.row];
  if (closed.cycle === undefined) {
    const { expected } = requestErrors.too_many;
    return fail(`this key leads to more than ${expected.replace('at most ', '')}`, span);
  }
  const findRowSpan = (key: Value) =>
    places[rows.findIndex(({ keys: [own] }) => own === key)] ?? node.span;
  reportCycle(context, keys[0] as Type, closed.cycle, span ?? node.span, findRowSpan);
  return undefined;
}

function inlineRow(
  context: Context,
  declarations: Declarations,
  node: TableEntryNode['value'],
  type: Type,
): Omit<TableRow, 'keys'> | undefined {
  if (type.kind === 'Record') {
    const members = readRowMembers(context, declarations, node, type);
    return members && { value: true, members };
  }
  if (node.kind === 'TableRow') {
    const why = `this row is a record, and the values of the table are ${typeName(type)}`;
    context.reporter.report('bad-table', node.span, { why });
    return undefined;
  }
  const value = declarations.evaluateConstant(node, type, "a table's value");
  return value === undefined ? undefined : { value };
}

/** Reports that a key leads back to itself. */
function reportCycle(
  context: Context,
  type: Type,
  cycle: readonly Value[],
  span: Span,
  findPlace?: (key: Value) => Span,
): void {
  const showKey = (key: Value | undefined) => showValue(type, key as Value);
  const related = cycle.slice(1, -1).map((key, index) => ({
    span: findPlace?.(key) ?? span,
    message: `\`${showKey(key)}\` leads to \`${showKey(cycle[index + 2])}\``,
  }));
  const path = cycle.map((key) => `\`${showKey(key)}\``).join(', ');
  const key = showKey(cycle[0]);
  const extra = findPlace === undefined ? {} : { related };
  context.reporter.report('table-cycle', span, { key, path }, extra);
}

function readFileRows(
  context: Context,
  node: TableNode,
  types: TableTypes,
  fail: Fail,
): readonly TableRow[] | undefined {
  const path = resolvePath(node.span.file, node.from?.value ?? '');
  const text = context.sources.get(path);
  if (text === undefined) {
    context.reportUnread(path, node.from?.span ?? node.span);
    return undefined;
  }
  const rows = readTableFile(types, path, text);
  if (typeof rows === 'string') return fail(rows);
  if (!('cycle' in rows)) return rows;
  reportCycle(context, types.keys[0] as Type, rows.cycle, node.from?.span ?? node.span);
  return undefined;
}

/** A host fills an external table by its name alone, so the name must be unique. */
export function checkExternalNames(context: Context, tables: readonly Table[]): void {
  const known = new Map<string, Table>();
  for (const table of tables.filter(({ external }) => external)) {
    const before = known.get(table.name);
    if (before === undefined) known.set(table.name, table);
    else {
      const related = relateFirstDeclaration(before.span);
      context.reporter.report('duplicate-name', table.span, { name: table.name }, { related });
    }
  }
}
