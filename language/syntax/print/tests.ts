// Prints tests and fixtures: each part of a step is on its own line; the start of a later step follows its
// `then`.

import type {
  ChangeNode,
  EachNode,
  Expectation,
  FixtureNode,
  GrantNode,
  JsonNode,
  RequestNode,
  StepNode,
  StepSignalNode,
  StepStart,
  TestNode,
} from '../ast.ts';
import {
  block,
  type Doc,
  fillParts,
  group,
  hardline,
  indent,
  join,
  line,
  printBraces,
  printOnOneLine,
} from './docs.ts';
import { printExpr } from './expressions.ts';
import { printJson, printNames, printNumber, printString } from './literals.ts';
import { printDemands } from './obligations.ts';
import type { Original } from './original.ts';
import { printSettings } from './settings.ts';

export function printTest(node: TestNode, original: Original): Doc {
  const { each } = node;
  const steps = node.steps.map((step, index) => [
    ...(index === 0 ? printStart(step, original) : [printLaterStart(step, original)]),
    printExpectation(step, original),
  ]);
  const cases = each ? [[...printStart(each, original), printRows(each, original)]] : [];
  const parts = [...steps, ...cases].map((step) => join(hardline, step));
  const request = [node.session ? 'session ' : 'request ', printRequest(node.request, original)];
  return ['test ', printString(node.name, original), ' ', block([request, ...parts])];
}

export function printFixture(node: FixtureNode, original: Original): Doc {
  const { name, request, changes } = node;
  const parts: Doc[] = [`fixture ${name.text} `, printRequest(request, original)];
  if (changes.length > 0) parts.push(' with ', printChanges(changes, original));
  return parts;
}

function printRequest(node: RequestNode, original: Original): Doc {
  switch (node.kind) {
    case 'String':
      return ['from ', printString(node, original)];
    case 'Name':
      return `from ${node.text}`;
    case 'JsonObject':
      return printJson(node, original);
  }
}

function printStart(node: StepStart, original: Original): Doc[] {
  const { at, after, session, grants, signals, asks, asksLast, times, changes } = node;
  const start: Doc[] = [];
  if (at) start.push(`at ${at.text}`);
  if (after) start.push(`after ${after.text}`);
  if (session) start.push(['in session ', printString(session, original)]);
  start.push(...grants.map((grant) => printGrant(grant, original)));
  start.push(...signals.map((signal) => printSignal(signal, original)));
  const asking = times ? ['ask ', printNumber(times, original), ' times'] : 'ask';
  if (asks && !asksLast) start.push(asking);
  if (changes.length > 0) start.push(['with ', printChanges(changes, original)]);
  if (asks && asksLast) start.push(asking);
  return start;
}

function printLaterStart(step: StepNode, original: Original): Doc {
  const start = printStart(step, original);
  return group(['then', start.length === 0 ? '' : ' ', join(line, start)]);
}

function printGrant({ lasts, approver }: GrantNode, original: Original): Doc {
  const by = approver ? [' by ', printString(approver, original)] : '';
  return [`granted for ${lasts.text}`, by];
}

function printSignal({ of, name, at, payload }: StepSignalNode, original: Original): Doc {
  return [
    `${of} `,
    printString(name, original),
    at ? ` at ${at.text}` : '',
    payload ? [' ', printJson(payload, original)] : '',
  ];
}

function printChanges(changes: readonly ChangeNode[], original: Original): Doc {
  const parts = changes.map((change) => printChange(change, original));
  return printBraces(parts, { opened: original.isOpened(changes) });
}

export function printChange({ path, value }: ChangeNode, original: Original): Doc {
  return [printExpr(path, original), ' = ', printValue(value, original)];
}

function printValue(value: JsonNode | undefined, original: Original): Doc {
  return value ? printJson(value, original) : 'missing';
}

/** The maximum width of the cells of a row that are aligned in columns. */
const maxCellsWidth = 60;

function printRows({ columns, rows }: EachNode, original: Original): Doc {
  const paths = columns.map((column) => printExpr(column, original));
  const cells = rows.map((row) => row.cells.map(({ value }) => printValue(value, original)));
  const values = rows.flatMap((row) => row.cells.flatMap(({ value }) => value ?? []));
  const takesLines = values.some((value) => original.holdsComment(value));
  const widths = takesLines ? [] : measureColumns(cells);
  const printed = rows.map((row, index) => {
    const opensNext = rows[index + 1]?.cells[0]?.value?.kind === 'JsonObject';
    return [
      ...alignCells(cells[index] ?? [], widths),
      printExpectation(row, original, opensNext ? 'braces' : undefined),
    ];
  });
  return ['each ', indent(fillParts(paths)), ' ', block(printed)];
}

/** The width of each column with its comma; empty if a row is too wide or takes several lines. */
function measureColumns(rows: readonly (readonly Doc[])[]): readonly number[] {
  const widths: number[] = [];
  for (const cells of rows) {
    for (const [column, cell] of cells.entries()) {
      const text = printOnOneLine(cell);
      if (text.includes('\n')) return [];
      const comma = column + 1 < cells.length ? 1 : 0;
      widths[column] = Math.max(widths[column] ?? 0, text.length + comma);
    }
  }
  return widths.reduce((sum, width) => sum + width + 1, 0) > maxCellsWidth ? [] : widths;
}

function alignCells(cells: readonly Doc[], widths: readonly number[]): readonly Doc[] {
  return cells.flatMap((cell, column) => {
    const comma = column + 1 < cells.length ? ',' : '';
    const missing = (widths[column] ?? 0) - printOnOneLine(cell).length - comma.length;
    return [cell, comma, ' '.repeat(1 + Math.max(0, missing))];
  });
}

/**
 * Prints an expectation; if it is too wide, the parts after the reasons are on separate lines. `braces`: the
 * last obligation has braces even if they are empty, since a JSON object follows.
 */
function printExpectation(node: Expectation, original: Original, last?: 'braces'): Doc {
  const { reasons, settings, demands, lower, until } = node;
  const because = reasons && ['because ', indent(fillParts(printNames(reasons, original)))];
  const parts: Doc[] = [];
  if (settings) parts.push(['with ', printSettings(settings, original)]);
  if (demands) parts.push(printDemands(demands, original, lower || until ? undefined : last));
  if (lower) parts.push(['or lower ', printChanges(lower, original)]);
  if (until) parts.push(`until ${until.text}`);
  const head = group([`expect ${node.outcome}`, because ? indent([line, because]) : '']);
  return group([head, indent(parts.map((part) => [line, part]))]);
}
