// Tests as source text.

import type { ChangeNode, StepNode, TestNode } from '../ast.ts';
import { printExpr } from './expressions.ts';
import { printBraced, printJson, printNames, printString } from './literals.ts';
import { printDemands } from './obligations.ts';
import { printSettings } from './rules.ts';

const indent = '  ';

export function printTest(node: TestNode): string {
  const request =
    node.request.kind === 'String'
      ? `from ${printString(node.request.value)}`
      : printJson(node.request, indent);
  const steps = node.steps.map(printStep).join(`${indent}then\n`);
  return `test ${printString(node.name.value)} {\n${indent}request ${request}\n${steps}}`;
}

function printStep(node: StepNode): string {
  const lines: string[] = [];
  if (node.at) lines.push(`at ${node.at.text}`);
  if (node.changes.length > 0) {
    const changes = printBraced(
      node.changes.map(printTestChange),
      indent,
      indent.length + 'with '.length,
    );
    lines.push(`with ${changes}`);
  }
  const reasons = node.reasons ? ` because ${printNames(node.reasons)}` : '';
  const settings = node.settings ? ` with ${printSettings(node.settings, indent)}` : '';
  const obligations = node.demands ? ` ${printDemands(node.demands, indent)}` : '';
  const until = node.until ? ` until ${node.until.text}` : '';
  lines.push(`expect ${node.effect}${reasons}${settings}${obligations}${until}`);
  return lines.map((line) => `${indent}${line}\n`).join('');
}

export function printTestChange({ path, value }: ChangeNode): string {
  return `${printExpr(path)} = ${value ? printJson(value, `${indent}  `) : 'missing'}`;
}
