// The tests that a test with rows stands for: one for each row, of a single step, whose changes are those of
// all rows and then what the row's cells say. Comes in: the tree of a test. Goes out: trees of tests without
// rows. Their names tell the cells, and their spans are the row's, so that whatever is said of one points there.

import type { Span } from '../support/source.ts';
import type {
  CellNode,
  EachNode,
  ExprNode,
  RowNode,
  TestNode,
  TimestampNode,
} from '../syntax/ast.ts';
import { parseInstant } from '../types/time/instant.ts';

/** The text of a place. */
type Written = (span: Span) => string;

/** A test without rows is its own only case. */
export function casesOf(test: TestNode, written: Written): readonly TestNode[] {
  const { each, name } = test;
  if (each === undefined) return [test];
  return each.rows.map((row) => ({
    ...test,
    name: { ...name, value: `${name.value}: ${tellCells(each, row, written)}`, span: row.span },
    steps: [{ ...each, ...row, ...startOf(each, row), kind: 'Step' }],
    each: undefined,
  }));
}

/** The column of instants, which are those of the steps. */
export function isInstants(column: ExprNode): boolean {
  return column.kind === 'Reference' && column.name === 'at';
}

/** undefined: the cell tells none. */
export function instantIn({ value, span }: CellNode): TimestampNode | undefined {
  if (value?.kind !== 'JsonScalar') return undefined;
  const text: unknown = JSON.parse(value.json);
  if (typeof text !== 'string') return undefined;
  const milliseconds = parseInstant(text);
  return milliseconds === undefined ? undefined : { kind: 'Timestamp', span, milliseconds, text };
}

/** Of a row with too few cells, as many as it has. */
function pairs(
  { columns }: EachNode,
  { cells }: RowNode,
): readonly (readonly [column: ExprNode, cell: CellNode])[] {
  return columns.slice(0, cells.length).map((column, at) => [column, cells[at] as CellNode]);
}

function startOf(each: EachNode, row: RowNode): Pick<EachNode, 'at' | 'changes'> {
  const all = pairs(each, row);
  const instant = all.find(([column]) => isInstants(column))?.[1];
  const changed = all.filter(([column]) => !isInstants(column));
  return {
    at: instant ? instantIn(instant) : each.at,
    changes: [
      ...each.changes,
      ...changed.map(([path, { value, span }]) => ({ kind: 'Change', path, value, span }) as const),
    ],
  };
}

/** As they are written, on one line. */
function tellCells(each: EachNode, row: RowNode, written: Written): string {
  const told = pairs(each, row).map((pair) => {
    const [path, cell] = pair.map(({ span }) =>
      written(span).replace(gaps, (_, string?: string) => string ?? ' '),
    );
    return isInstants(pair[0]) ? `at ${cell}` : `${path} = ${cell}`;
  });
  return told.join(', ');
}

/** What stands between words; strings are kept. */
const gaps = /("(?:[^"\\]|\\.)*")|(?:\s|\/\/[^\n]*)+/g;
