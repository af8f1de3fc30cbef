// Checks the rows of a test: each has a cell for each column, and no column or row is duplicated.
// The values of the cells are checked in the tests that the rows are expanded to.

import { invariant } from '../../support/invariant.ts';
import { joinSpans, type Span } from '../../support/source.ts';
import type { EachNode, ExprNode, RowNode } from '../../syntax/ast.ts';
import type { Context } from '../context.ts';
import { readSpan } from '../written.ts';
import { printJsonNode } from './changes.ts';
import { isInstants, parseCellInstant } from './expand-rows.ts';

export function checkRows(context: Context, eachNode: EachNode): void {
  const { reporter } = context;
  const { columns, rows } = eachNode;
  if (rows.length === 0) reporter.report('no-rows', coverParts(columns), {});
  const known = new Map<string, ExprNode>();
  for (const column of columns) {
    const key = JSON.stringify(listPathNames(column));
    const first = known.get(key);
    if (first === undefined) known.set(key, column);
    else {
      const name = readSpan(context, column.span);
      const related = [{ span: first.span, message: 'first here' }];
      reporter.report('duplicate-column', column.span, { name }, { related });
    }
    if (isInstants(column)) checkStart(context, eachNode, column);
  }
  const seen = new Map<string, RowNode>();
  for (const row of rows) {
    const { cells } = row;
    if (cells.length !== columns.length) {
      const params = { cells: cells.length, columns: columns.length };
      const related = [{ span: coverParts(columns), message: 'the columns' }];
      reporter.report('wrong-cells', coverParts(cells), params, { related });
      continue;
    }
    checkInstants(context, eachNode, row);
    const key = JSON.stringify(cells.map(({ value }) => value && printJsonNode(value)));
    const first = seen.get(key);
    if (first === undefined) seen.set(key, row);
    else {
      const related = [{ span: coverParts(first.cells), message: 'first here' }];
      reporter.report('duplicate-row', coverParts(cells), {}, { related });
    }
  }
}

/** Reports an instant that is set twice. */
function checkStart({ reporter }: Context, { at, after }: EachNode, column: ExprNode): void {
  const other = at ?? after;
  if (other === undefined) return;
  const why = 'the instant is set by the column `at` of the rows and cannot be set twice';
  const related = [{ span: column.span, message: 'the column `at`' }];
  reporter.report('bad-test', other.span, { why }, { related });
}

function checkInstants({ reporter }: Context, { columns }: EachNode, { cells }: RowNode): void {
  for (const [index, cell] of cells.entries()) {
    const column = columns[index];
    if (column === undefined || !isInstants(column) || parseCellInstant(cell) !== undefined)
      continue;
    const why = `\`at\` takes an instant such as \`2026-12-25T00:00:00Z\``;
    reporter.report('bad-test', cell.span, { why });
  }
}

/** The names of a path, with or without quotes. */
function listPathNames(path: ExprNode): readonly string[] {
  if (path.kind === 'Access') return [...listPathNames(path.object), path.name.text];
  return path.kind === 'Reference' ? [path.name] : [];
}

/** The span of a list with at least one element. */
function coverParts(parts: readonly { readonly span: Span }[]): Span {
  const [first, last] = [parts[0], parts.at(-1)];
  invariant(
    first !== undefined && last !== undefined,
    'a row or a table header has at least one element',
  );
  return joinSpans(first.span, last.span);
}
