// Expands a test with rows to one test for each row, with a single step: it has the changes of all
// rows, then the changes of the row's cells. Takes and returns syntax trees. The name of each test
// contains the cells, and its span is the span of the row, so that diagnostics point there.

import type { Span } from '../../support/source.ts';
import type {
  CellNode,
  EachNode,
  ExprNode,
  RowNode,
  TestNode,
  TimestampNode,
} from '../../syntax/ast.ts';
import { parseInstant } from '../../types/time/instant.ts';

/** Returns the source at a span. */
type Written = (span: Span) => string;

/** Returns a test without rows unchanged. */
export function expandRows(test: TestNode, written: Written): readonly TestNode[] {
  const { each, name } = test;
  if (each === undefined) return [test];
  return each.rows.map((row) => ({
    ...test,
    name: { ...name, value: `${name.value}: ${formatCells(each, row, written)}`, span: row.span },
    steps: [{ ...each, ...row, ...makeRowStart(each, row), kind: 'Step' }],
    each: undefined,
  }));
}

/** Whether the column sets the instants of the steps. */
export function isInstants(column: ExprNode): boolean {
  return column.kind === 'Reference' && column.name === 'at';
}

/** Parses a cell as an instant; returns `undefined` if it is not one. */
export function parseCellInstant({ value, span }: CellNode): TimestampNode | undefined {
  if (value?.kind !== 'JsonScalar') return undefined;
  const text: unknown = JSON.parse(value.json);
  if (typeof text !== 'string') return undefined;
  const milliseconds = parseInstant(text);
  return milliseconds === undefined ? undefined : { kind: 'Timestamp', span, milliseconds, text };
}

/** Pairs columns and cells; a row with too few cells has fewer pairs. */
function pairCells(
  { columns }: EachNode,
  { cells }: RowNode,
): readonly (readonly [column: ExprNode, cell: CellNode])[] {
  return columns.slice(0, cells.length).map((column, index) => [column, cells[index] as CellNode]);
}

function makeRowStart(eachNode: EachNode, row: RowNode): Pick<EachNode, 'at' | 'changes'> {
  const all = pairCells(eachNode, row);
  const instant = all.find(([column]) => isInstants(column))?.[1];
  const changed = all.filter(([column]) => !isInstants(column));
  return {
    at: instant ? parseCellInstant(instant) : eachNode.at,
    changes: [
      ...eachNode.changes,
      ...changed.map(([path, { value, span }]) => ({ kind: 'Change', path, value, span }) as const),
    ],
  };
}

/** The cells as they are written, on one line. */
function formatCells(eachNode: EachNode, row: RowNode, written: Written): string {
  const texts = pairCells(eachNode, row).map((pair) => {
    const [path, cell] = pair.map(({ span }) =>
      written(span).replace(gaps, (_, string?: string) => string ?? ' '),
    );
    return isInstants(pair[0]) ? `at ${cell}` : `${path} = ${cell}`;
  });
  return texts.join(', ');
}

/** Matches space and comments between words; strings are kept. */
const gaps = /("(?:[^"\\]|\\.)*")|(?:\s|\/\/[^\n]*)+/g;
