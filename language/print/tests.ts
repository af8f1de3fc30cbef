// Tests: a line for each part of a step, those of a later step behind its `then`.

import type { ChangeNode, GrantNode, StepNode, StepSignalNode, TestNode } from '../ast.ts';
import { block, braces, type Doc, filled, group, hardline, indent, join, line } from './docs.ts';
import { printExpr } from './expressions.ts';
import { printJson, printNames, printNumber, printString } from './literals.ts';
import { printDemands, printSettings } from './obligations.ts';
import type { Original } from './original.ts';

export function printTest(node: TestNode, original: Original): Doc {
  const request =
    node.request.kind === 'String'
      ? ['from ', printString(node.request, original)]
      : printJson(node.request, original);
  const steps = node.steps.map((step, at) => [
    ...(at === 0 ? printStart(step, original) : [printLaterStart(step, original)]),
    printExpectation(step, original),
  ]);
  const parts = steps.map((step) => join(hardline, step));
  const keyword = node.session ? 'session ' : 'request ';
  return ['test ', printString(node.name, original), ' ', block([[keyword, request], ...parts])];
}

function printStart(node: StepNode, original: Original): Doc[] {
  const { at, after, grants, signals, asks, times, changes } = node;
  const start: Doc[] = [];
  if (at) start.push(`at ${at.text}`);
  if (after) start.push(`after ${after.text}`);
  start.push(...grants.map((grant) => printGrant(grant, original)));
  start.push(...signals.map((signal) => printSignal(signal, original)));
  if (asks) start.push(times ? ['ask ', printNumber(times, original), ' times'] : 'ask');
  if (changes.length > 0) start.push(['with ', printChanges(changes, original)]);
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

function printSignal({ name, at, payload }: StepSignalNode, original: Original): Doc {
  return [
    'signal ',
    printString(name, original),
    at ? ` at ${at.text}` : '',
    payload ? [' ', printJson(payload, original)] : '',
  ];
}

function printChanges(changes: readonly ChangeNode[], original: Original): Doc {
  const parts = changes.map((change) => printChange(change, original));
  return braces(parts, { opened: original.isOpened(changes) });
}

export function printChange({ path, value }: ChangeNode, original: Original): Doc {
  return [printExpr(path, original), ' = ', value ? printJson(value, original) : 'missing'];
}

/** What is too long goes on below: first what stands behind the reasons, a line for each part. */
function printExpectation(node: StepNode, original: Original): Doc {
  const { reasons, settings, demands, until } = node;
  const because = reasons && ['because ', indent(filled(printNames(reasons, original)))];
  const parts: Doc[] = [];
  if (settings) parts.push(['with ', printSettings(settings, original)]);
  if (demands) parts.push(printDemands(demands, original));
  if (until) parts.push(`until ${until.text}`);
  const head = group([`expect ${node.effect}`, because ? indent([line, because]) : '']);
  return group([head, indent(parts.map((part) => [line, part]))]);
}
