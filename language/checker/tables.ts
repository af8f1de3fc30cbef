// Checks tables: types and checks their rows, from the policy itself or from a file.

import type { Related } from '../diagnostics/diagnostics.ts';
import type { Table, TableRow } from '../model/model.ts';
import { resolvePath, type Span, spanTo } from '../support/source.ts';
import type { TableNode } from '../syntax/ast.ts';
import { readTableFile } from '../tables/read-table.ts';
import { isEquatable, type Type, typeName, type Value } from '../types/types.ts';
import type { Context } from './context.ts';
import type { Declarations } from './declarations.ts';
import { firstHere } from './related.ts';

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
  if (value.kind === 'Record' || value.kind === 'List')
    return fail(`the values of a table cannot be ${typeName(value)}`, node.value.span);
  const rows =
    node.from === undefined
      ? inlineRows(declarations, node, keyTypes, value, fail)
      : fileRows(context, node, keyTypes, value, fail);
  return (
    rows && {
      name: node.name.text,
      keys: keyTypes,
      value,
      rows,
      external: node.external,
      span: node.name.span,
    }
  );
}

type Fail = (why: string, span?: Span, related?: readonly Related[]) => undefined;

function inlineRows(
  declarations: Declarations,
  node: TableNode,
  keys: readonly Type[],
  value: Type,
  fail: Fail,
): readonly TableRow[] | undefined {
  const rows: TableRow[] = [];
  const seen = new Map<string, Span>();
  for (const entry of node.entries) {
    const entryKeys = keys.map((type, index) => {
      const key = entry.keys[index];
      return key && declarations.constantOf(key, type, "a table's key");
    });
    const entryValue = declarations.constantOf(entry.value, value, "a table's value");
    if (entryValue === undefined || entryKeys.includes(undefined)) return undefined;
    const shown = entryKeys.map((key) => JSON.stringify(String(key))).join(', ');
    const [first, last] = [entry.keys[0], entry.keys.at(-1)];
    const place = first && last ? spanTo(first.span, last.span) : entry.span;
    const before = seen.get(shown);
    if (before !== undefined)
      return fail(`duplicate key ${shown}`, place, [{ span: before, message: 'first here' }]);
    seen.set(shown, place);
    rows.push({ keys: entryKeys as readonly Value[], value: entryValue });
  }
  return rows;
}

function fileRows(
  context: Context,
  node: TableNode,
  keys: readonly Type[],
  value: Type,
  fail: Fail,
): readonly TableRow[] | undefined {
  const path = resolvePath(node.span.file, node.from?.value ?? '');
  const text = context.sources.get(path);
  if (text === undefined) {
    context.reportUnread(path, node.from?.span ?? node.span);
    return undefined;
  }
  const rows = readTableFile({ keys, value }, path, text);
  return typeof rows === 'string' ? fail(rows) : rows;
}

/** A host fills an external table by its name alone, so the name must be unique. */
export function checkExternalNames(context: Context, tables: readonly Table[]): void {
  const known = new Map<string, Table>();
  for (const table of tables.filter(({ external }) => external)) {
    const before = known.get(table.name);
    if (before === undefined) known.set(table.name, table);
    else {
      const related = firstHere(before.span);
      context.reporter.report('duplicate-name', table.span, { name: table.name }, { related });
    }
  }
}
